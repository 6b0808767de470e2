"""Fixes are carried out where they stand, from the end, and never over one another."""

from __future__ import annotations

from ivr.diagnostics.fixing import fixed
from ivr.diagnostics.problem import Fix, Place


def test_fixes_of_one_line_do_not_move_one_another() -> None:
    fixes = [Fix(Place("a", 1, 1, 2), "输入"), Fix(Place("a", 1, 4, 1), "!!")]
    assert fixed("键入 x", fixes) == ("输入 !!", 2)


def test_of_two_fixes_that_overlap_one_is_carried_out() -> None:
    text, made = fixed("abcdef", [Fix(Place("a", 1, 1, 4), "x"), Fix(Place("a", 1, 3, 3), "y")])
    assert (text, made) == ("abyf", 1)


def test_a_line_is_deleted_only_when_nothing_is_left_of_it() -> None:
    gone = Fix(Place("a", 2, 3, 3), "", whole_line=True)
    assert fixed("one\n  # x\ntwo", [gone]) == ("one\ntwo", 1)
    assert fixed("one\nk # x\ntwo", [Fix(Place("a", 2, 3, 3), "", whole_line=True)]) == ("one\nk\ntwo", 1)


def test_a_fix_behind_the_end_of_a_line_is_left_out() -> None:
    assert fixed("one", [Fix(Place("a", 1, 3, 9), "x"), Fix(Place("a", 7, 1, 1), "x")]) == ("one", 0)
