"""The desk of a transfer: its name, or the value that names it."""

from __future__ import annotations

import pytest

from ivr.flow.desk_field import DeskField, WantedDesk

from .read_field import read

DESKS = ("general", "vip")


def wanted(text: str) -> WantedDesk:
    desk, reading = read(DeskField(), text)
    assert isinstance(desk, WantedDesk)
    assert not reading.problems
    return desk


@pytest.mark.parametrize(
    ("text", "values", "meant"),
    [
        ("vip", {}, "vip"),
        ("vip", {"vip": "general"}, "vip"),  # the name of a desk is the desk, whatever a variable holds
        ("segment", {}, "segment"),
        ("doctor.desk", {"doctor": {"desk": "vip"}}, "vip"),
        ("doctor.desk", {"doctor": {"desk": "nose"}}, ""),
        ("doctor.desk", {"doctor": {"desk": "segment"}}, ""),
        ("doctor.desk", {"doctor": {"desk": ["vip"]}}, ""),
        ("doctor.desk", {}, ""),
        ("choice", {"choice": "general"}, "general"),
        ("choice", {}, ""),
    ],
)
def test_a_desk_is_named_or_computed(text: str, values: dict[str, object], meant: str) -> None:
    assert wanted(text).among(DESKS, values) == meant


def test_a_computed_desk_has_the_path_of_its_value() -> None:
    paths = [wanted(text).path(DESKS) for text in ("vip", "segment", "doctor.desk", "choice")]
    assert paths == [(), (), ("doctor", "desk"), ("choice",)]


@pytest.mark.parametrize("text", ["[vip]", '"two words"', "a..b", '"1st"'])
def test_what_is_neither_a_name_nor_a_value_is_reported(text: str) -> None:
    desk, reading = read(DeskField(), text)
    assert desk is None
    assert reading.problems
