"""Kinds of fields with one written value: what each takes and refuses, and that its sample is one."""

from __future__ import annotations

import pytest

from ivr.flow.fields import FieldKind
from ivr.flow.scalars import Flag, IdentityLevel, Name, OneOf, Seconds, Whole, WordField

from .read_field import assert_reads_its_sample, assert_refuses, assert_takes

KINDS: list[tuple[FieldKind[object], str, object]] = [
    (Name(), "main_menu", "main_menu"),
    (Name(), "查询-2", "查询-2"),
    (WordField(), "bank.balance", "bank.balance"),
    (WordField(), '""', ""),
    (OneOf(("keep", "drop")), "drop", "drop"),
    (IdentityLevel(), "L1", 1),
    (Flag(), "yes", True),
    (Flag(), "Off", False),
    (Flag(), "true", True),
    (Whole(1, 5), "5", 5),
    (Whole(0, 9), "007", 7),
    (Seconds(1, 60), "5s", 5.0),
    (Seconds(1, 60), "1m", 60.0),
    (Seconds(0, 60), "500ms", 0.5),
    (Seconds(1, 60), "2.5", 2.5),
]
REFUSED: list[tuple[FieldKind[object], str, str]] = [
    (Name(), "1st", "bad-name"),
    (Name(), "a b", "bad-name"),
    (Name(), "[a]", "wrong-type"),
    (WordField(), "", "wrong-type"),
    (OneOf(("keep", "drop")), "kep", "wrong-type"),
    (IdentityLevel(), "l1", "wrong-type"),
    (Flag(), "maybe", "wrong-type"),
    (Whole(1, 5), "6", "wrong-type"),
    (Whole(1, 5), "2.0", "wrong-type"),
    (Whole(1, 5), "９", "wrong-type"),
    (Whole(1, 5), "-1", "wrong-type"),
    (Whole(1, 5), "9" * 50, "wrong-type"),
    (Whole(1, 5), "0000000015", "wrong-type"),
    (Whole(1, 5), "1" + "0" * 5000, "wrong-type"),
    (Seconds(1, 60), "61", "wrong-type"),
    (Seconds(1, 60), "five", "wrong-type"),
    (Seconds(1, 60), "1h", "wrong-type"),
]


@pytest.mark.parametrize(("kind", "text", "value"), KINDS)
def test_what_a_kind_takes(kind, text, value):
    assert_takes(kind, text, value)


@pytest.mark.parametrize(("kind", "text", "rule"), REFUSED)
def test_what_a_kind_refuses(kind, text, rule):
    assert_refuses(kind, text, rule)


@pytest.mark.parametrize("kind", {type(kind): kind for kind, _, _ in KINDS}.values())
def test_the_sample_of_a_kind_can_be_read_by_it(kind):
    assert_reads_its_sample(kind)
