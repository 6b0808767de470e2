"""The wiring: one request, one turn; the same again, the same reply; live calls keep the flows they began with."""

from __future__ import annotations

import json
import threading
import time
from dataclasses import replace
from pathlib import Path

import pytest
from msgspec.structs import replace as replace_call

from ivr.app import build
from ivr.demo.bank.serving import BackgroundBank
from ivr.engine.inputs import CallStarted, DialEnded, Digits, HungUp, NoInput
from ivr.engine.ports import Incoming
from ivr.errors import FlowError, FlowStuck
from ivr.flow.loader import load
from ivr.services.publishing.audit import AuditEntry
from ivr.services.publishing.service import Publishing
from ivr.session.session import TURN_LIMIT
from ivr.session.step_registry import catalogue
from ivr.settings import Hidden, Settings

FLOWS = Path(__file__).parents[2] / "flows"


@pytest.fixture(scope="module")
def bank():
    with BackgroundBank() as running:
        yield running


@pytest.fixture(params=["memory:", "sqlite"])
def settings(request, tmp_path, bank):
    store = f"sqlite:///{tmp_path}/ivr.db" if request.param == "sqlite" else request.param
    return Settings(store=store, flows=FLOWS, bank_url=bank.url)


@pytest.fixture
def ivr(settings, shipped):
    running = build(settings, release=shipped)
    yield running
    running.store.close()


def ask(ivr, turn, given, *, call="CA1", key=None):
    key = key or ivr.seal.fingerprint(f"{turn} {given!r} {getattr(given, 'keys', '')}".encode())
    return ivr.session.answer(
        ivr.channels["twilio"], Incoming(call, turn, given, key, "+8613800000001", "+861000")
    ).decode()


RING = CallStarted("+8613800000001", "+861000")


def test_a_call_goes_through_to_the_balance(ivr):
    assert "查询余额，请按1" in ask(ivr, None, RING)
    ask(ivr, 1, Digits("1"))
    ask(ivr, 2, Digits("0128"))
    assert "一万二千三百四十五元六角七分" in ask(ivr, 3, Digits("135790"))
    assert ivr.session.facts("CA1")["level"] == 1


def test_the_same_request_again_gets_the_same_bytes_and_runs_nothing(ivr):
    ask(ivr, None, RING)
    once = ask(ivr, 1, NoInput(), key="k")
    assert ask(ivr, 1, NoInput(), key="k") == once
    assert ivr.session.facts("CA1")["errors"] == 1


def test_the_same_request_many_times_at_once_runs_once(settings, bank, shipped):
    asked = []

    def lookup(source, question, *, deadline, key):
        asked.append(source)
        return {"segment": "standard", "age": 30}

    ivr = build(settings, lookup=lookup, release=shipped)
    replies = []
    at_once = threading.Barrier(8)

    def ring():
        at_once.wait()
        replies.append(ask(ivr, None, RING, key="k"))

    threads = [threading.Thread(target=ring) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(set(replies)) == 1
    assert len(replies) == 8
    assert asked == ["bank.caller"]
    ivr.store.close()


def test_a_late_request_for_a_turn_that_is_over_hears_where_the_call_stands(ivr):
    ask(ivr, None, RING)
    ask(ivr, 1, Digits("4"))
    ask(ivr, 2, Digits("2"))
    now = ivr.session.facts("CA1")
    late = ask(ivr, 1, Digits("1"), key="other")
    assert "再听一遍，请按1" in late
    assert (ivr.session.facts("CA1")["step"], ivr.session.facts("CA1")["errors"]) == (now["step"], 0)


def test_a_turn_from_the_future_is_answered_too(ivr):
    ask(ivr, None, RING)
    assert "查询余额" in ask(ivr, 99, Digits("1"))


def test_a_call_that_the_store_lost_begins_again(ivr):
    assert "查询余额，请按1" in ask(ivr, 7, Digits("1"), call="CAlost")


def test_an_ended_call_is_only_ever_hung_up(ivr):
    ask(ivr, None, RING)
    ask(ivr, 1, HungUp("completed"))
    assert ask(ivr, 2, Digits("1")).endswith("<Response><Hangup /></Response>")
    ivr.session.hang_up(Incoming("CA1", None, HungUp("completed"), "z"))
    assert ivr.live() == 0


def test_a_status_callback_ends_the_call_once_and_unknown_calls_are_ignored(ivr):
    ask(ivr, None, RING)
    for call in ("CA1", "CA1", "CAnever"):
        ivr.session.hang_up(Incoming(call, None, HungUp("completed"), f"status {call}"))
    ended = [row for row in ivr.store.journal("CA1") if row.kind == "ended"]
    assert len(ended) == 1
    assert ivr.live() == 0


def test_the_journal_tells_the_path_and_nothing_that_was_typed(ivr):
    ask(ivr, None, RING)
    for turn, keys in ((1, "1"), (2, "0128"), (3, "246802"), (4, "135790")):
        ask(ivr, turn, Digits(keys))
    rows = ivr.store.journal("CA1")
    path = [json.loads(row.data).get("outcome") for row in rows if row.kind == "outcome"]
    assert "key 1" in path
    assert not any(pin in row.data for row in rows for pin in ("135790", "246802"))


def test_a_caller_may_go_on_under_the_flows_that_the_call_began_with(settings, tmp_path):
    if settings.store == "memory:":
        pytest.skip("a memory store does not outlive its process")
    flows = tmp_path / "flows"
    flows.mkdir()
    for file in FLOWS.glob("*.yaml"):
        (flows / file.name).write_text(file.read_text("utf-8"), "utf-8")
    first = build(replace(settings, flows=flows))
    ask(first, None, RING)
    menu = flows / "main_menu.yaml"
    menu.write_text(menu.read_text("utf-8").replace("查询余额", "余额查询"), "utf-8")
    edited = load(flows, catalogue())
    assert "查询余额，请按1" in ask(first, None, RING, call="CA2")  # not live as long as it is not published
    entry = AuditEntry(0, time.time(), "publish", "8001", why="clearer")
    Publishing(first.store).publish(edited, entry, expected=first.release.version)
    second = build(replace(settings, flows=tmp_path / "gone"))
    assert second.release.version == edited.version
    for number, server in enumerate([first, second]):
        assert "余额查询，请按1" in ask(server, None, RING, call=f"CA3{number}")
    assert "查询余额，请按1" in ask(second, 1, Digits("#"))
    first.store.close()
    second.store.close()


def test_a_call_without_end_is_stopped(ivr):
    ask(ivr, None, RING)
    saved, codec = ivr.store.load("CA1"), ivr.session.codec
    late = codec.freeze(replace_call(codec.thaw(saved.call), turn=TURN_LIMIT), ivr.clock())
    ivr.store.save(replace(saved, turn=TURN_LIMIT, call=late), [], expected=1)
    with pytest.raises(FlowStuck):
        ask(ivr, TURN_LIMIT, Digits("#"))


def test_a_secret_between_two_turns_is_in_the_vault_and_the_key_opens_none_in_the_store(ivr):
    ring = CallStarted("+8613912345678", "+861000")
    ask(ivr, None, ring)
    ask(ivr, 1, Digits("1"))
    ask(ivr, 2, Digits("6217000000001000128"))
    saved = ivr.store.load("CA1")
    opened = ivr.seal.reopen(saved.call[1:], saved.call[:1]) + ivr.session.codec.open_reply(saved.reply)
    assert b"6217000000001000128" not in saved.call + opened + saved.key.encode()
    assert ivr.store.vault.read("call CA1 3")
    assert "一万二千三百" in ask(ivr, 3, Digits("135790"))
    assert not [turn for turn in range(9) if ivr.store.vault.read(f"call CA1 {turn}")]


def test_broken_flows_are_told_all_at_once(settings, tmp_path):
    (tmp_path / "broken.yaml").write_text("flow: broken\nstart: nowhere\nsteps:\n  a: {sy: 您好, next: b}\n", "utf-8")
    with pytest.raises(FlowError) as refused:
        build(replace(settings, flows=tmp_path, store="memory:"))
    assert {problem.rule for problem in refused.value.problems} >= {"no-line-file", "unknown-step-kind"}


def test_choices_are_known_and_told_when_taken(ivr):
    there = ivr.choices_there()
    assert ("main_menu", "main", "key 1") in there
    ask(ivr, None, RING)
    ask(ivr, 1, Digits("4"))
    assert ("main_menu", "main", "key 4") in ivr.choices_taken()


def test_a_busy_desk_is_not_the_end(ivr):
    ask(ivr, None, RING)
    ask(ivr, 1, Digits("0"))
    assert "打您现在的电话" in ask(ivr, 2, DialEnded("busy"))
    assert "<Record" in ask(ivr, 3, Digits("2"))


def test_back_ends_that_cannot_be_used_are_named_and_the_server_is_ready_all_the_same(ivr, settings):
    outbox = ("sms", "messages stay in the outbox, so one-time codes reach no caller")
    assert _services(ivr) == [outbox]
    gone = build(replace(settings, store="memory:", bank_url="http://127.0.0.1:1"))
    assert _services(gone) == [("bank", "cannot be reached"), outbox]
    assert all(ok for _, ok, _ in gone.ready())
    twilio = replace(settings, store="memory:", bank_url="", sms_from="MG" + "0" * 32, account_sid="AC" + "0" * 32)
    assert _services(build(replace(twilio, auth_token=Hidden("0" * 32)))) == [("bank", "no address is set")]


def _services(ivr):
    """Return the services that do not work; from December on, days off that are unknown stand beside them."""
    return [(name, why) for name, why in ivr.degraded() if name != "days off"]
