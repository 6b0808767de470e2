"""How a conversation's course is told."""

from __future__ import annotations

import pytest

from ivr.conversations.result import FailedExpectation, folded_for_match, plain, shown
from ivr.diagnostics.problem import Place


@pytest.mark.parametrize(
    ("heard", "written"),
    [
        ("您好，请按１。", "您好,请按1"),
        ("Press 1, please.", "Press1please"),
        ("余额为 12,345.67 元", "余额为12,345.67元"),
    ],
)
def test_widths_blanks_and_stops_do_not_matter(heard: str, written: str) -> None:
    assert folded_for_match(heard) == folded_for_match(written)


def test_a_stop_inside_a_number_matters() -> None:
    assert folded_for_match("12.34") != folded_for_match("1234")


def test_values_are_shown_as_conversations_write_them() -> None:
    assert plain({"open": True, "tries": (1, None)}) == {"open": "true", "tries": ["1", None]}
    assert (shown(None), shown(""), shown(False), shown(7)) == ("nothing", "nothing", "false", "7")


def test_a_failure_names_its_place_and_what_was_heard_instead() -> None:
    failure = FailedExpectation(Place("c.yaml", 4, 5), "expected 「余额」", "再见。")
    assert str(failure) == "c.yaml:4:5: expected 「余额」\n    heard: 再见。"
