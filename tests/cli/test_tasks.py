"""`ivr tasks`: the list of calls that people make."""

from __future__ import annotations

import json
from typing import Any

import pytest
from click.testing import CliRunner, Result

from ivr.cli import main
from ivr.services.tasks import NewTask, Tasks, task_id
from tests.customers import ZHANG

NOW = 1_795_399_200.0


def ivr(*arguments: str) -> Result:
    return CliRunner().invoke(main, ["tasks", *arguments])


@pytest.fixture
def task(line_store: Any) -> str:
    new = NewTask(
        "message", int(NOW) + 900, call="CA1", number=ZHANG, reference="11231234", recording="https://example.com/RE1"
    )
    return task_id(Tasks(line_store).open(new, key="k", now=NOW))


def test_a_task_is_listed_taken_noted_and_done(task: str) -> None:
    line = ivr("list").stdout
    assert line.startswith(f"{task}  message        open   by 2026-11-23T10:15")
    assert "138****0001" in line
    assert "reference 11231234" in line
    assert "8001" in ivr("take", task, "--by", "8001").stdout
    assert ivr("note", task, "客户在开会", "--by", "8001").exit_code == 0
    assert " open " in ivr("done", task, "--outcome", "no_answer", "--by", "8001").stdout
    assert " closed " in ivr("done", task, "--note", "已解释", "--by", "8001").stdout
    assert ivr("list").stdout == "There is nothing to do.\n"
    assert [row["task"] for row in json.loads(ivr("list", "--all", "--json").stdout)] == [task]
    detail = ivr("show", task, "--numbers").stdout
    assert ZHANG in detail
    assert "ivr calls CA1 --recordings" in detail
    assert "8001: note 客户在开会" in detail
    assert json.loads(ivr("show", task, "--json").stdout)["attempts"][1]["outcome"] == "reached"


@pytest.mark.parametrize(
    ("arguments", "reason"),
    [
        (("show", "K1"), "no task K1"),
        (("done", "TASK", "--outcome", "fine"), "no_answer"),
        (("note", "TASK", " "), "words"),
    ],
)
def test_what_cannot_be_done_is_refused(task: str, arguments: Any, reason: str) -> None:
    refused = ivr(*(task if word == "TASK" else word for word in arguments))
    assert refused.exit_code == 2
    assert reason in refused.stderr
