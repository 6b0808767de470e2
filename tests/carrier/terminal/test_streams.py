"""A terminal of two streams: what is piped in is shown, and its end ends the input."""

from __future__ import annotations

import io

from ivr.carrier.terminal.streams import Streams, terminal


def test_what_was_read_is_shown_behind_its_prompt() -> None:
    shown = io.StringIO()
    streams = Streams(io.StringIO("1\r\n\nlast"), shown)
    assert [streams.ask("> ") for _ in range(4)] == ["1", "", "last", None]
    streams.show("您好。")
    assert shown.getvalue() == "> 1\n> \n> last\n您好。\n"


def test_piped_input_gets_plain_streams(monkeypatch) -> None:
    monkeypatch.setattr("sys.stdin", io.StringIO())
    assert isinstance(terminal(), Streams)
