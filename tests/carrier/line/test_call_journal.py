"""The journal of calls under way: what a killed process leaves."""

from __future__ import annotations

import stat
from pathlib import Path

import pytest

from ivr.carrier.line.call_journal import CallJournal
from ivr.carrier.requests import PhoneLine

LINE = PhoneLine(
    "http://127.0.0.1/voice", "+8613800000001", "ivr", token="a token", status_url="http://127.0.0.1/status"
)


def test_calls_that_did_not_end_are_found_once_and_without_the_token_on_disk(tmp_path: Path) -> None:
    file = tmp_path / "var" / "calls"
    first = CallJournal(file)
    first.begun("CA1", LINE)
    first.begun("CA2", LINE)
    first.over("CA1")
    assert "a token" not in file.read_text()
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    second = CallJournal(file)
    assert second.left("a token") == [("CA2", LINE)]
    assert CallJournal(file).left("a token") == []


@pytest.mark.parametrize("content", ["no json\n", '{"sid": "CA1"}\n', "[]\n"])
def test_an_unreadable_file_holds_none(tmp_path: Path, content: str) -> None:
    file = tmp_path / "calls"
    file.write_text(content)
    assert CallJournal(file).left("") == []


def test_without_a_file_nothing_is_kept() -> None:
    journal = CallJournal(None)
    journal.begun("CA1", LINE)
    assert journal.left("") == []
