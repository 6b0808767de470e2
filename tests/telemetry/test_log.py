"""The log: one line of JSON an event, and nothing of an exception but its type and place."""

from __future__ import annotations

import json
import logging

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
