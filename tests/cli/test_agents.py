"""`ivr agents` and `ivr queue`: signing on and off, refusals with the reason, who waits in which order."""

from __future__ import annotations

import json
import time

import pytest
from click.testing import CliRunner

from ivr.cli import main
from ivr.crypto import Seal
from ivr.flow.loader import load
from ivr.services.queue.repository import QueueRepository
from ivr.services.queue.service import Queue
from ivr.session.step_registry import catalogue
from ivr.settings import Settings
from ivr.stores import open_store
from tests.asking import ask

LINE = """
lines: {default: a}
desks: {general: "+861085550100", vip: {number: "+861085550188", overflow: general}}
desk: general
sites: {beijing: 3, chengdu: 1}
"""
FLOW = """
flow: a
start: bye
agent: person
steps:
  bye: {hangup: 再见。}
  person: {transfer: general, otherwise: bye}
"""


@pytest.fixture
def store(tmp_path, monkeypatch):
    (tmp_path / "flows").mkdir()
    (tmp_path / "flows" / "line.yaml").write_text(LINE, encoding="utf-8")
    (tmp_path / "flows" / "a.yaml").write_text(FLOW, encoding="utf-8")
    monkeypatch.setenv("IVR_FLOWS", str(tmp_path / "flows"))
    monkeypatch.setenv("IVR_STORE", f"sqlite:///{tmp_path}/ivr.db")
    monkeypatch.setenv("TWILIO_AUTH_TOKEN", "a" * 32)
    store = open_store(f"sqlite:///{tmp_path}/ivr.db")
    yield store
    store.close()


@pytest.fixture
def queue(store, tmp_path):
    line = load(tmp_path / "flows", catalogue()).line
    return Queue(QueueRepository(store), store, Seal.from_settings(Settings.from_environment()), line)


def ivr(*arguments):
    return CliRunner().invoke(main, list(arguments))


def enters(queue, call, number, now, **more):
    given = {"call": call, "desk": "general", "priority": "normal", "caller": number, "language": "zh-CN", "level": 1}
    return ask(
        queue, "queue.enter", {**given, "name": "张伟", "reason": "card", "context": {}, **more}, key=call, now=now
    )


def test_an_agent_is_added_signed_on_paused_and_removed(store):
    added = ivr("agents", "add", "li.na", "--number", "+861085550121", "--desk", "vip", "--site", "beijing")
    assert added.exit_code == 0, added.output
    assert added.stdout.split() == ["li.na", "off", "vip", "at", "beijing", "+861085550121"]
    assert " ready " in ivr("agents", "ready", "li.na").stdout
    assert "paused (lunch)" in ivr("agents", "pause", "li.na", "--why", "lunch").stdout
    listed = json.loads(ivr("agents", "list", "--json").stdout)
    assert [(one["name"], one["state"], one["languages"]) for one in listed] == [("li.na", "paused", ["zh"])]
    assert ivr("agents", "remove", "li.na").stdout == "li.na is removed.\n"
    assert "There are no agents" in ivr("agents", "list").stdout


@pytest.mark.parametrize(
    ("arguments", "reason"),
    [
        (("add", "x", "--number", "010", "--desk", "vip"), "country code"),
        (("add", "x", "--number", "+861085550121", "--desk", "gold"), 'no desk "gold"'),
        (("add", "x", "--number", "+861085550121", "--desk", "vip", "--site", "hefei"), 'no site "hefei"'),
        (("ready", "nobody"), 'no agent "nobody"'),
        (("site", "hefei", "down"), "beijing, chengdu"),
    ],
)
def test_what_cannot_be_done_is_refused_with_the_reason_and_changes_nothing(store, arguments, reason):
    refused = ivr("agents", *arguments)
    assert refused.exit_code == 2
    assert reason in refused.stderr
    assert json.loads(ivr("agents", "list", "--json").stdout) == []


def test_the_queue_shows_who_waits_in_the_order_of_being_served_and_no_whole_number(store, queue):
    now = time.time()
    ivr("agents", "add", "li.na", "--number", "+861085550121", "--desk", "general")
    ivr("agents", "ready", "li.na")
    assert enters(queue, "CA1", "+8613800000001", now - 60)["state"] == "ring"
    enters(queue, "CA2", "+8613800000003", now - 30)
    enters(queue, "CA3", "+8613800000002", now - 5, priority="vip")
    view = json.loads(ivr("queue", "--json").stdout)
    assert [(one["call"], one["position"]) for one in view["waiting"]] == [("CA3", 1), ("CA2", 2)]
    assert [(one["call"], one["agent"]) for one in view["with_agents"]] == [("CA1", "li.na")]
    shown = ivr("queue").stdout
    assert "138****0002" in shown
    assert "13800000002" not in shown


def test_a_call_back_that_was_made_by_hand_is_closed_once(store, queue):
    promise = ask(
        queue,
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
    assert ivr("queue").exit_code == 2
    assert not (tmp_path / "none.db").exists()
