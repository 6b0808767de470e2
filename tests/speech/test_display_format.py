"""Values as people read them on a screen."""

from __future__ import annotations

import pytest

from ivr.speech.display_format import display_format
from ivr.speech.verbalize import VALUE_KINDS


@pytest.mark.parametrize(
    ("value", "kind", "argument", "zh", "en"),
    [
        ("12345.67", "amount", "", "12,345.67元", "¥12,345.67"),
        ("-5", "amount", "", "-5.00元", "¥-5.00"),
        ("99", "amount", "USD", "US$99.00", "US$99.00"),
        ("1234567", "number", "", "1,234,567", "1,234,567"),
        ("0128", "card_tail", "", "0128", "0128"),
        ("6217000000001000128", "card_tail", "", "0128", "0128"),
        ("202X", "id_tail", "", "202X", "202X"),
        ("GS26112101", "code", "", "GS26112101", "GS26112101"),
        ("+8613800138000", "phone", "", "13800138000", "13800138000"),
        ("2026-11-20", "date", "", "2026-11-20", "2026-11-20"),
        ("15:05", "time", "", "15:05", "15:05"),
        ("2026-11-20T15:05", "datetime", "", "2026-11-20 15:05", "2026-11-20 15:05"),
        (3, "count", "笔", "3笔", None),
        (1, "count", "payment", None, "1 payment"),
        (3, "count", "branch/branches", None, "3 branches"),
        ("2.1", "percent", "", "2.1%", "2.1%"),
        (7200, "duration", "", "2小时", "2 h"),
        ("北京分行", "text", "", "北京分行", "北京分行"),
    ],
)
def test_values_are_written_as_on_a_screen(value, kind, argument, zh, en):
    if zh is not None:
        assert display_format(value, kind, argument, "zh-CN") == zh
    if en is not None:
        assert display_format(value, kind, argument, "en-US") == en


def test_every_kind_that_can_be_read_aloud_can_be_written():
    for kind in VALUE_KINDS.values():
        argument = kind.argument_sample.get("zh-CN", "") if kind.argument == "required" else ""
        assert display_format(kind.sample, kind.name, argument, "zh-CN")


def test_what_cannot_be_written_is_refused_without_showing_it():
    with pytest.raises(ValueError, match="amount") as refused:
        display_format("a lot", "amount", "", "zh-CN")
    assert "a lot" not in str(refused.value)
    with pytest.raises(ValueError, match="no way"):
        display_format("1", "colour", "", "zh-CN")
