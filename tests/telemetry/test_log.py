"""The log: one line of JSON an event, and nothing of an exception but its type and place."""

from __future__ import annotations

import io
import json
import logging
import random
import sys
from collections.abc import Iterator

import pytest

from ivr.telemetry import log


@pytest.fixture
def lines(caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch) -> pytest.LogCaptureFixture:
    monkeypatch.setattr(log.LOG, "propagate", True)
    caplog.set_level(logging.INFO, logger=log.LOG.name)
    return caplog


def test_an_event_is_one_line_with_its_fields_in_their_own_script(lines: pytest.LogCaptureFixture) -> None:
    log.line("turn", call="CA1", words="余额\n两行")
    [text] = lines.messages
    assert json.loads(text) == {"event": "turn", "call": "CA1", "words": "余额\n两行"}
    assert "余额" in text
    assert "\n" not in text


def test_a_fault_tells_type_and_place_and_never_its_text(lines: pytest.LogCaptureFixture) -> None:
    try:
        int("135790 is a PIN")
    except ValueError as wrong:
        log.fault("turn", wrong, call="CA1")
    fault = json.loads(lines.messages[0])
    assert (fault["fault"], fault["call"]) == ("ValueError", "CA1")
    assert fault["at"][-1].startswith("test_log.py:")
    assert "135790" not in lines.messages[0]


TEXTS = ("CA" + "1" * 32, "", 'a"b\\c', "余额\n\x00\x7f\u2028", "é")


@pytest.fixture
def stderr(monkeypatch: pytest.MonkeyPatch) -> Iterator[io.StringIO]:
    written = io.StringIO()
    before = log.LOG.handlers[:], log.LOG.propagate, log.LOG.level
    monkeypatch.setattr(sys, "stderr", written)
    log.to_stderr()
    yield written
    log.LOG.handlers[:], log.LOG.propagate = before[:2]
    log.LOG.setLevel(before[2])


def test_the_line_of_a_turn_is_that_of_any_event(stderr: io.StringIO) -> None:
    at = random.Random(20)
    for _ in range(3_000):
        call, kind, outcome = (at.choice(TEXTS) for _ in range(3))
        turn, ms = at.choice((None, 0, 7, 10**9)), round(at.choice((0.0, at.random(), at.random() * 1e5)), 2)
        log.turn_line(call=call, turn=turn, kind=kind, outcome=outcome, ms=ms)
        log.line("turn", call=call, turn=turn, input=kind, outcome=outcome, ms=ms)
        first, second = stderr.getvalue().removesuffix("\n").split("\n")
        assert first == second
        stderr.seek(0)
        stderr.truncate()


def test_a_line_reaches_whatever_else_listens_to_the_log(stderr: io.StringIO, monkeypatch: pytest.MonkeyPatch) -> None:
    heard = io.StringIO()
    monkeypatch.setattr(log.LOG, "handlers", log.LOG.handlers[:1])
    log.line("first")
    monkeypatch.setattr(logging.getLogger(), "handlers", [logging.StreamHandler(heard)])
    monkeypatch.setattr(log.LOG, "propagate", True)
    log.line("second")
    monkeypatch.setattr(log.LOG, "propagate", False)
    monkeypatch.setattr(log.LOG, "handlers", [*log.LOG.handlers, logging.StreamHandler(heard)])
    log.line("third")
    assert stderr.getvalue() == '{"event": "first"}\n{"event": "second"}\n{"event": "third"}\n'
    assert heard.getvalue() == '{"event": "second"}\n{"event": "third"}\n'


def test_a_level_and_a_filter_of_the_log_are_heeded(stderr: io.StringIO, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(log.LOG, "filters", [lambda record: "secret" not in record.getMessage()])
    log.line("secret")
    log.line("shown")
    log.LOG.setLevel(logging.ERROR)
    log.line("too low")
    log.turn_line(call="", turn=1, kind="", outcome="", ms=0.0)
    assert stderr.getvalue() == '{"event": "shown"}\n'


def test_a_log_that_cannot_be_written_breaks_no_turn(stderr: io.StringIO) -> None:
    stderr.close()
    log.line("turn")
