"""Kinds of fields of `line.yaml`: references with their place, opening hours, prepared announcements."""

from __future__ import annotations

import pytest

from ivr.flow.hotline_fields import OpeningHours, PreparedTexts, Referring
from ivr.flow.scalars import Name

from .read_field import read


def test_a_reference_keeps_where_it_was_written() -> None:
    reference, reading = read(Referring(Name()), "general")
    assert (reference.name, reference.place.line, reference.place.column) == ("general", 1, 8)
    assert not reading.problems


@pytest.mark.parametrize("text", ["always", "closed", OpeningHours().sample])
def test_opening_hours_are_a_word_or_spans_by_day(text: str) -> None:
    hours, reading = read(OpeningHours(), text)
    assert hours is not None
    assert not reading.problems


def test_every_faulty_day_is_told_at_its_key() -> None:
    hours, reading = read(OpeningHours(), '{mon: "9-25", blursday: 09:00-12:00, tue: 09:00-12:00}')
    assert hours is None
    assert [(problem.rule, problem.place.column) for problem in reading.problems] == [
        ("bad-hours", 9),
        ("bad-hours", 22),
    ]


def test_hours_that_hold_no_day_are_none() -> None:
    assert read(OpeningHours(), "{}")[0] is None


def test_prepared_texts_have_names_and_there_need_be_none() -> None:
    texts, reading = read(PreparedTexts(), "{outage: 正在维护。}")
    assert list(texts) == ["outage"]
    assert not reading.problems
    assert read(PreparedTexts(), "{}")[0] == {}


def test_a_prepared_text_holds_no_value_because_all_callers_hear_the_same() -> None:
    texts, reading = read(PreparedTexts(), '{outage: "您好{caller.name|text}。"}')
    assert texts is None
    assert "bad-slot" in {problem.rule for problem in reading.problems}


def test_a_lone_text_is_no_block_of_texts() -> None:
    texts, reading = read(PreparedTexts(), "正在维护。")
    assert texts is None
    assert "Give each text a name" in reading.problems[0].cure
