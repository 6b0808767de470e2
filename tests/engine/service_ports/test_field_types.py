"""Fields of questions take their type, refuse others by the field's name, and never repeat a value."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest

from ivr.engine.service_ports import field_types as types
from ivr.errors import LookupFailed
from ivr.secret import Secret

PIN = Secret("pin", "135790")
RATE = types.RateType(Decimal("0.5"), Decimal("1.5"))


@pytest.mark.parametrize(
    ("kind", "value", "read"),
    [
        (types.TextType(), "  a b ", "a b"),
        (types.TextType(), None, ""),
        (types.TextType(3), "abcdef", "abc"),
        (types.ShortTextType(3), " ab", " ab"),
        (types.ShortTextType(), None, ""),
        (types.CarrierTextType(3), 12345, "123"),
        (types.CarrierTextType(), None, ""),
        (types.PrivateType(), PIN, PIN),
        (types.PrivateType(), "  ", ""),
        (types.PrivateType(), None, ""),
        (types.PrivateTextsType(), ["a", None, PIN, 5], ("a", PIN, "5")),
        (types.PrivateTextsType(), None, ()),
        (types.WordsType(), ["card_tail", "PIN", "135790", "pin"], ("card_tail", "pin")),
        (types.WordsType(1), ("a", "b"), ("a",)),
        (types.OneWordType(("a", "b")), " a ", "a"),
        (types.OneWordType(("a", "b")), None, ""),
        (types.NameType(), "zh-CN", "zh-CN"),
        (types.NumberType(), "anonymous", ""),
        (types.NumberType(), "+8613800000001", "+8613800000001"),
        (types.WholeType(0, 10), "10", 10),
        (types.WholeType(0, 10), 0, 0),
        (types.WholeType(0, 10), "", None),
        (types.SecondsType(), 2, 2.0),
        (RATE, 1.25, "1.25"),
        (RATE, "0.6666", "0.667"),
        (RATE, None, ""),
        (types.FlagType(), "yes", True),
        (types.FlagType(), "no", False),
        (types.FlagType(), 1, True),
        (types.FlagType(), None, False),
    ],
)
def test_a_value_is_brought_into_its_form(kind: types.FieldType, value: Any, read: Any) -> None:
    assert kind.read("field", value) == read


@pytest.mark.parametrize(
    ("kind", "value"),
    [
        (types.TextType(), 135790),
        (types.TextType(), PIN),
        (types.ShortTextType(5), "135790"),
        (types.PrivateType(5), PIN),
        (types.PrivateType(), 135790),
        (types.PrivateTextsType(), "135790"),
        (types.WordsType(), {"135790": 1}),
        (types.OneWordType(("a", "b")), "135790"),
        (types.NameType(), "135790"),
        (types.WholeType(0, 10), 135790),
        (types.WholeType(0, 10), "135790"),
        (types.WholeType(0, 10**9), "1234567890123"),
        (types.WholeType(0, 10**9), "1" * 5000),
        (types.WholeType(0, 10), -1),
        (types.WholeType(0, 10), True),
        (types.WholeType(0, 10), 1.5),
        (types.WholeType(0, 10), "１"),
        (types.SecondsType(), "135790"),
        (types.SecondsType(), True),
        (RATE, "135790"),
        (RATE, 1.6),
        (RATE, "1e0"),
        (RATE, True),
    ],
)
def test_a_wrong_value_is_refused_by_the_name_of_its_field_alone(kind: types.FieldType, value: Any) -> None:
    with pytest.raises(LookupFailed) as refused:
        kind.read("field", value)
    assert str(refused.value).startswith("field ")
    assert "135790" not in str(refused.value)


def test_bounds_and_words_are_named_for_editors() -> None:
    assert types.WholeType(1, 5).words == "a whole number from 1 to 5"
    assert types.OneWordType(("a", "b")).words == "one of a, b"
    assert RATE.words == "a number from 0.5 to 1.5"


def test_lists_and_maps_for_an_agent_keep_the_newest_texts_and_no_secret() -> None:
    assert types.texts(["a", PIN, "bcd", 5], each=2, most=2) == ("a", "bc")
    assert types.texts("abc", most=2) == ()
    assert types.entries({"a": "1", "pin": PIN, "b": "234"}, each=2, most=2) == {"b": "23"}
    assert types.entries(None, most=2) == {}
