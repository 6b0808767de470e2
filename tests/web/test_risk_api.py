"""POST /api/risk: only for who has the token, and nothing is told in clear."""

from __future__ import annotations

from typing import Any

import pytest

from ivr.settings import Settings
from ivr.web import web_app
from tests.web_fixtures import API_TOKEN, NOW, Line

ZHANG = "+8613800000001"


def post(line: Line, body: Any, token: str = API_TOKEN) -> Any:
    headers = {"Authorization": f"Bearer {token}"} if token else {}
    return line.client.post("/api/risk", json=body, headers=headers)


def test_a_caller_is_marked_until_a_moment_and_the_mark_taken_back(line: Line):
    answer = post(line, {"number": "138 0000 0001", "until": "2026-11-23T18:00", "reason": "scam"})
    assert answer.status_code == 200
    assert answer.json == {"risk": True, "name": "138****0001", "until": "2026-11-23T18:00:00+08:00"}
    assert line.ivr.risks.standing([ZHANG], NOW + 7 * 3600)
    assert not line.ivr.risks.standing([ZHANG], NOW + 9 * 3600)
    assert post(line, {"number": ZHANG, "risk": False}).json == {"risk": False, "was": True}
    assert not line.ivr.risks.standing([ZHANG], NOW)


def test_a_customer_is_marked_until_it_is_taken_back_and_no_card_is_kept(line: Line):
    assert post(line, {"account": "C100001", "reason": "card 6217000000001000128"}).json["until"] is None
    assert line.ivr.risks.standing(["", "C100001"], NOW + 10**9)
    ((_, mark),) = line.ivr.risks.all(NOW)
    assert (mark["name"], mark["reason"]) == ("****01", "card …")


@pytest.mark.parametrize("token", ["", "wrong", API_TOKEN + "x", "钥匙"])
def test_nobody_without_the_token_gets_in(line: Line, token: str):
    headers = {"Authorization": f"Bearer {token}".encode()} if token else {}
    answer = line.client.post("/api/risk", json={"number": ZHANG}, headers=headers)
    assert (answer.status_code, answer.headers["WWW-Authenticate"]) == (401, "Bearer")
    assert not line.ivr.risks.standing([ZHANG], NOW)


def test_without_a_token_in_the_settings_there_is_no_such_path(line: Line):
    line.ivr.settings = Settings(audio=line.ivr.settings.audio)
    line.client = web_app(line.ivr).test_client()
    assert post(line, {"number": ZHANG}, "").status_code == 404


@pytest.mark.parametrize(
    "body",
    [
        None,
        [],
        {},
        {"number": ZHANG, "account": "C1"},
        {"number": 5},
        {"number": ZHANG, "risk": "yes"},
        {"number": ZHANG, "until": "soon"},
        {"number": ZHANG, "until": "2020-01-01"},
        {"number": "1" * 300},
    ],
)
def test_what_cannot_be_understood_is_refused_without_repeating_it(line: Line, body: Any):
    answer = post(line, body)
    assert answer.status_code == 400
    assert answer.json["error"]
    assert "138" not in answer.text
    assert line.client.get("/api/risk").status_code in (404, 405)
