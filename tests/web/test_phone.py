"""/phone of the server: off unless a line serves a telephone."""

from __future__ import annotations

from flask import Flask

from ivr.web import phone


def fetched(phone_url: str) -> tuple[int, str]:
    app = Flask("test")
    app.register_blueprint(phone.routes(phone_url))
    answer = app.test_client().get("/phone")
    return answer.status_code, answer.headers.get("Location", "")


def test_the_way_to_the_telephone_is_there_only_where_it_is_switched_on(line) -> None:
    assert fetched("") == (404, "")
    assert fetched("http://127.0.0.1:8091/phone") == (302, "http://127.0.0.1:8091/phone")
    assert line.client.get("/phone").status_code == 404
