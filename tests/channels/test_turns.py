"""A request that a caller waits for gets a document whatever breaks, and one line of the log."""

from __future__ import annotations

import json

import pytest

from ivr.channels.turns import apologise, take_turn
from ivr.engine.inputs import Digits
from ivr.engine.ports import Incoming
from ivr.errors import BadRequest, StoreBusy, StoreError
from ivr.telemetry.metrics import Metrics
from tests.web_fixtures import Stub, stub

INCOMING = Incoming("CA1", 3, Digits("135790"), "key", "+8613800000001", "+86400")


@pytest.fixture
def host(tmp_path) -> Stub:
    return stub(tmp_path)


def taken(host: Stub, read=lambda: INCOMING) -> str:
    return take_turn(host.channel, host, Metrics(()), read).decode()


def test_a_turn_is_answered_by_the_session(host: Stub):
    assert "第4轮" in taken(host)
    assert host.asked == [INCOMING]


def test_a_request_that_cannot_be_read_gets_the_apology_and_a_person(host: Stub):
    def read() -> Incoming:
        raise BadRequest("no CallSid")

    assert "<Dial" in taken(host, read)
    assert host.asked == []


def test_whatever_breaks_the_caller_reaches_a_person_and_nothing_typed_is_logged(host: Stub, caplog):
    host.broken.add("answer")
    with caplog.at_level("INFO"):
        assert "<Dial" in taken(host)
    assert "135790" not in caplog.text


def test_without_a_desk_the_apology_says_goodbye(host: Stub):
    host.broken.add("desk")
    assert b"<Hangup" in apologise(host.channel, host, 1)
    host.broken.clear()
    assert b"attempt=3" in apologise(host.channel, host, 2)


def test_a_turn_is_one_line_with_its_outcome(host: Stub, caplog):
    with caplog.at_level("INFO", "ivr"):
        taken(host)
    facts = [record.__dict__ for record in caplog.records]
    text = json.dumps([str(fact) for fact in facts])
    assert "answered" in text
    assert "135790" not in text


@pytest.mark.parametrize(
    ("fault", "document", "heard"),
    [
        (StoreBusy("locked"), b"wait", "wait"),
        (StoreBusy("locked"), None, "<Dial"),
        (StoreError("damaged"), b"wait", "<Dial"),
    ],
)
def test_a_caller_waits_only_for_a_store_that_is_busy(host: Stub, monkeypatch, fault, document, heard):
    def fail(*_: object) -> bytes:
        raise fault

    monkeypatch.setattr(host, "answer", fail)
    answer = take_turn(host.channel, host, Metrics(()), lambda: INCOMING, lambda: document)
    assert heard in answer.decode()
