"""Blueprints of the API: the token is checked for every path, refusals repeat no value."""

from __future__ import annotations

import pytest
from flask import Flask
from flask.testing import FlaskClient

from ivr.services.api_tokens import ApiTokens
from ivr.settings import Hidden
from ivr.stores.memory import MemoryStore
from ivr.web.api import ApiAccess, flag, json_body, text_of, token_blueprint


def client(token: str = "a-token") -> FlaskClient:
    access = ApiAccess(Hidden(token), ApiTokens(MemoryStore()))
    blueprint = token_blueprint("things", access)

    @blueprint.post("/echo")
    def echo() -> dict[str, object]:
        body = json_body()
        return {"name": text_of(body, "name", most=5), "open": flag(body, "open", default=True)}

    app = Flask(__name__)
    app.register_blueprint(blueprint)
    return app.test_client()


def post(body: object, authorization: str = "Bearer a-token") -> tuple[int, object]:
    reply = client().post("/api/things/echo", json=body, headers={"Authorization": authorization})
    return reply.status_code, reply.json


def test_the_right_token_answers_and_the_scheme_may_be_written_in_any_case() -> None:
    assert post({"name": " an "}) == (200, {"name": "an", "open": True})
    assert post({}, "bearer a-token") == (200, {"name": "", "open": True})


@pytest.mark.parametrize("authorization", ["", "Bearer", "Bearer another", "Basic a-token", "Bearer a-token é"])
def test_any_other_token_is_refused(authorization: str) -> None:
    reply = client().post("/api/things/echo", json={}, headers={"Authorization": authorization})
    assert (reply.status_code, reply.headers["WWW-Authenticate"]) == (401, "Bearer")


def test_without_a_token_in_the_settings_there_is_no_such_path() -> None:
    reply = client("").post("/api/things/echo", json={}, headers={"Authorization": "Bearer "})
    assert reply.status_code == 404


@pytest.mark.parametrize("body", [["a"], {"name": 7}, {"name": "toolong"}, {"open": "yes"}])
def test_a_body_of_another_shape_is_refused_without_its_value(body: object) -> None:
    status, answer = post(body)
    assert status == 400
    assert "toolong" not in str(answer)
