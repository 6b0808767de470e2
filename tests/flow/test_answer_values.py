"""Numbers of a service are read in one way, however they are written."""

from __future__ import annotations

import pytest

from ivr.calendar import CHINAS
from ivr.flow.answer_values import local_moment, plain_number, with_plain_values
from ivr.flow.questions import AnswerField


@pytest.mark.parametrize(
    ("written", "plain"),
    [
        ("12345.67", "12345.67"),
        ("12,345.67", "12345.67"),
        ("1,234,567", "1234567"),
        ("1.234567E4", "12345.67"),
        ("1e5", "100000"),
        ("0.30000000000000004", "0.3"),
        (0.1 + 0.2, "0.3"),
        ("\ufeff12.50", "12.50"),
        ("１２．５", "12.5"),
        (7, 7),
        (True, True),
        (None, None),
        ("12,34", "12,34"),
        ("NaN", "NaN"),
        ("1e999", "1e999"),
        ("lost", "lost"),
    ],
)
def test_a_number_has_one_form_and_anything_else_stays(written, plain):
    assert plain_number(written) == plain


def test_only_declared_numbers_are_changed_in_blocks_and_lists_too():
    amount, text = AnswerField("", "", ("amount",)), AnswerField("", "", ("text",))
    fields = {"items": AnswerField("", "", (), {"amount": amount, "text": text}, listed=True), "sum": amount}
    answer = {"sum": "1,000", "items": [{"amount": "1e2", "text": "1e2"}, None], "more": "1e2"}
    assert with_plain_values(answer, fields, CHINAS.local) == {
        "sum": "1000",
        "items": [{"amount": "100", "text": "1e2"}, None],
        "more": "1e2",
    }


@pytest.mark.parametrize(
    ("written", "local"),
    [
        ("2026-12-01T01:00:00Z", "2026-12-01T09:00:00"),
        ("2026-12-31T18:30:00.123+00:00", "2027-01-01T02:30:00"),
        ("2026-12-01 09:00+08:00", "2026-12-01T09:00:00"),
        ("2026-12-01T09:00:00", "2026-12-01T09:00:00"),
        ("2026-12-01", "2026-12-01"),
        ("15:05", "15:05"),
        ("2026-13-01T01:00:00Z", "2026-13-01T01:00:00Z"),
        (None, None),
    ],
)
def test_a_moment_with_a_zone_is_told_in_the_time_of_the_line(written, local):
    assert local_moment(written, CHINAS.local) == local


def test_a_day_that_another_zone_has_already_is_the_day_of_the_line():
    fields = {"due": AnswerField("", "", ("date",)), "text": AnswerField("", "", ("text",))}
    answer = {"due": "2026-12-01T17:00:00Z", "text": "2026-12-01T17:00:00Z"}
    plain = with_plain_values(answer, fields, CHINAS.local)
    assert plain == {"due": "2026-12-02T01:00:00", "text": "2026-12-01T17:00:00Z"}
