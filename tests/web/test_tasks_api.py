"""/api/tasks: what the desk's software does is what `ivr tasks` does."""

from __future__ import annotations

import pytest

from ivr.services.tasks import NewTask, Tasks, task_id
from tests.customers import ZHANG
from tests.web.test_agents_api import ask
from tests.web_fixtures import NOW, Line


@pytest.fixture
def task(line: Line) -> str:
    return task_id(Tasks(line.ivr.store).open(NewTask("unhappy", int(NOW) + 60, number=ZHANG), key="k", now=NOW))


def test_a_task_is_taken_noted_and_done(line: Line, task: str) -> None:
    assert [one["number"] for one in ask(line, "GET", "/api/tasks").json] == ["138****0001"]
    assert ask(line, "POST", f"/api/tasks/{task}/take", {"by": "8001"}).json["owner"] == "8001"
    assert ask(line, "POST", f"/api/tasks/{task}/note", {"by": "8001", "text": "在开会"}).status_code == 200
    done = ask(line, "POST", f"/api/tasks/{task}/done", {"by": "8001", "outcome": "solved", "text": "好"})
    assert done.json["state"] == "closed"
    assert ask(line, "GET", "/api/tasks").json == []
    assert [one["task"] for one in ask(line, "GET", "/api/tasks?all=1").json] == [task]
    assert ask(line, "GET", f"/api/tasks/{task}?numbers=1").json["number"] == ZHANG


def test_what_cannot_be_done_is_refused(line: Line, task: str) -> None:
    assert ask(line, "GET", "/api/tasks/K1").status_code == 404
    assert ask(line, "POST", f"/api/tasks/{task}/dance", {}).status_code == 404
    assert ask(line, "POST", f"/api/tasks/{task}/done", {"by": "8001", "outcome": "fine"}).status_code == 400
    assert ask(line, "POST", f"/api/tasks/{task}/take", {}).status_code == 400
    assert ask(line, "GET", "/api/tasks", token="wrong").status_code == 401
