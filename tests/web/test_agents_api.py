"""/api/agents and /api/queue: only for who has the token; what the desktop does is what `ivr agents` does."""

from __future__ import annotations

from typing import Any

import pytest

from ivr.engine.ports import Saved
from tests.asking import ask as ask_service
from tests.web_fixtures import API_TOKEN, NOW, Line

LI = {"number": "+861085550121", "desks": ["vip", "general"], "languages": ["zh-CN", "en-US"]}


def ask(line: Line, method: str, path: str, body: Any = None, token: str = API_TOKEN) -> Any:
    headers = {"Authorization": f"Bearer {token}"}
    return line.client.open(path, method=method, json=body, headers=headers) if body is not None else line.client.open(
        path, method=method, headers=headers
    )  # fmt: skip


def waits(line: Line, call: str, now: float) -> Any:
    given = {"call": call, "desk": "general", "priority": "normal", "caller": "+8613800000001", "language": "zh-CN",
             "level": 1, "name": "张伟", "reason": "card", "context": {}}  # fmt: skip
    return ask_service(line.ivr.queue, "queue.enter", given, key=call, now=now)


def test_an_agent_signs_on_takes_a_break_and_leaves(line: Line):
    added = ask(line, "PUT", "/api/agents/li.na", LI)
    assert (added.status_code, added.json["state"], added.json["languages"]) == (200, "off", ["zh", "en"])
    assert ask(line, "POST", "/api/agents/li.na/ready").json["state"] == "ready"
    paused = ask(line, "POST", "/api/agents/li.na/pause", {"why": "lunch"}).json
    assert (paused["state"], paused["why"]) == ("paused", "lunch")
    assert ask(line, "POST", "/api/agents/li.na/off").json["state"] == "off"
    assert [one["name"] for one in ask(line, "GET", "/api/agents").json] == ["li.na"]
    assert ask(line, "DELETE", "/api/agents/li.na").status_code == 204
    assert ask(line, "GET", "/api/agents").json == []


@pytest.mark.parametrize(
    ("method", "path", "body", "status", "told"),
    [
        ("PUT", "/api/agents/x", {**LI, "number": "010"}, 400, "country code"),
        ("PUT", "/api/agents/x", {**LI, "desks": ["gold"]}, 400, "gold"),
        ("PUT", "/api/agents/x", {**LI, "desks": "vip"}, 400, "desks is not a list"),
        ("PUT", "/api/agents/x", [1], 400, "not a JSON object"),
        ("POST", "/api/agents/x/ready", None, 400, "no agent"),
        ("POST", "/api/agents/x/dance", None, 404, ""),
        ("POST", "/api/queue/call_backs/1/done", None, 404, "no open call back"),
    ],
)
def test_what_cannot_be_done_is_refused_with_the_reason(line: Line, method, path, body, status, told):
    answer = ask(line, method, path, body)
    assert answer.status_code == status
    assert told in answer.get_data(as_text=True)
    assert ask(line, "GET", "/api/agents").json == []


@pytest.mark.parametrize("path", ["/api/agents", "/api/queue", "/api/agents/li.na/ready"])
@pytest.mark.parametrize("token", ["", "wrong"])
def test_nobody_without_the_token_sees_or_changes_anything(line: Line, path: str, token: str):
    ask(line, "PUT", "/api/agents/li.na", LI)
    assert ask(line, "POST" if path.endswith("ready") else "GET", path, token=token).status_code == 401
    assert ask(line, "GET", "/api/agents").json[0]["state"] == "off"


def test_the_queue_is_shown_with_masked_numbers(line: Line):
    ask(line, "PUT", "/api/agents/li.na", LI)
    ask(line, "POST", "/api/agents/li.na/ready")
    assert waits(line, "CA1", NOW - 40)["state"] == "ring"
    assert waits(line, "CA2", NOW - 20)["state"] == "wait"
    shown = ask(line, "GET", "/api/queue")
    assert [one["call"] for one in shown.json["with_agents"]] == ["CA1"]
    assert [(one["call"], one["waited"], one["level"]) for one in shown.json["waiting"]] == [("CA2", 20, 1)]
    assert "13800000001" not in shown.get_data(as_text=True)


def test_an_agent_wraps_a_talk_up(line: Line):
    line.ivr.store.save(Saved("CA1", 1, "k", b"", b""), [], expected=None)
    body = {"call": "CA1", "reason": "lost_card", "result": "solved", "note": "已补卡"}
    assert ask(line, "POST", "/api/agents/li.na/wrap-up", body).status_code == 204
    assert [row.kind for row in line.ivr.store.journal("CA1")] == ["wrap_up"]
    assert ask(line, "POST", "/api/agents/li.na/wrap-up", {**body, "call": "CA9"}).status_code == 404
    assert ask(line, "POST", "/api/agents/li.na/wrap-up", {**body, "result": "fine"}).status_code == 400
