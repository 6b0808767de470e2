"""`ivr queue`: who waits in which order, and call backs that are closed by hand."""

from __future__ import annotations

import json
import time

from click.testing import CliRunner

from ivr.cli import main
from tests.asking import ask


def ivr(*arguments):
    return CliRunner().invoke(main, list(arguments))


def enters(line_queue, call, number, now, **more):
    given = {"call": call, "desk": "general", "priority": "normal", "caller": number, "language": "zh-CN", "level": 1}
    return ask(
        line_queue, "queue.enter", {**given, "name": "张伟", "reason": "card", "context": {}, **more}, key=call, now=now
    )


def test_the_queue_shows_who_waits_in_the_order_of_being_served_and_no_whole_number(line_store, line_queue):
    now = time.time()
    ivr("agents", "add", "li.na", "--number", "+861085550121", "--desk", "general")
    ivr("agents", "ready", "li.na")
    assert enters(line_queue, "CA1", "+8613800000001", now - 60)["state"] == "ring"
    enters(line_queue, "CA2", "+8613800000003", now - 30)
    enters(line_queue, "CA3", "+8613800000002", now - 5, priority="vip")
    view = json.loads(ivr("queue", "--json").stdout)
    assert [(one["call"], one["position"]) for one in view["waiting"]] == [("CA3", 1), ("CA2", 2)]
    assert [(one["call"], one["agent"]) for one in view["with_agents"]] == [("CA1", "li.na")]
    shown = ivr("queue").stdout
    assert "138****0002" in shown
    assert "13800000002" not in shown


def test_a_call_back_that_was_made_by_hand_is_closed_once(line_store, line_queue):
    promise = ask(
        line_queue,
        "queue.call_back",
        {"call": "CA1", "desk": "general", "priority": "normal", "caller": "+8613800000001", "number": "+8613800000001",
         "language": "zh-CN", "level": 0, "name": "", "reason": "", "context": {}},
        key="k", now=time.time(),
    )  # fmt: skip
    assert promise["reference"] in ivr("queue").stdout
    assert ivr("queue", "done", promise["reference"]).stdout == f"Call back {promise['reference']} is closed.\n"
    assert ivr("queue", "done", promise["reference"]).exit_code == 2
    assert json.loads(ivr("queue", "--json").stdout)["call_backs"] == []


def test_without_a_store_nothing_is_made(tmp_path, monkeypatch):
    monkeypatch.setenv("IVR_STORE", f"sqlite:///{tmp_path}/none.db")
    assert (ivr("queue").exit_code, "There is no store at" in ivr("queue").stderr) == (0, True)
    assert ivr("queue", "done", "11234913").exit_code == 2
    assert not (tmp_path / "none.key").exists()
    assert not (tmp_path / "none.db").exists()
