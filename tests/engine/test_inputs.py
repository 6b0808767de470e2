"""Inputs hide what callers typed and said from logs."""

from __future__ import annotations

from ivr.engine.inputs import Digits, Speech


def test_keys_and_words_are_not_shown_by_repr() -> None:
    assert "135790" not in repr(Digits("135790"))
    assert "密码" not in repr(Speech("我的密码", 0.9))


def test_inputs_compare_by_what_was_typed() -> None:
    assert Digits("1") != Digits("2")
    assert Speech("余额") == Speech("余额", None)
