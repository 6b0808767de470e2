"""What is sent to a declared question is what it takes."""

import pytest

from ivr.errors import LookupFailed
from ivr.flow.questions import DeclaredQuestion, QuestionField, type_fault
from ivr.session.step_registry import catalogue

TYPES = catalogue().taken_types


def field(kind: str, *, required: bool = True) -> QuestionField:
    return QuestionField("", "", required, lambda value: type_fault(TYPES[kind], "it", value))


RATES = DeclaredQuestion("", {"currency": field("text"), "day": field("date", required=False)}, {})


def test_what_goes_along_is_sent_only_where_it_is_taken():
    assert RATES.fitted({"currency": "USD", "call": "CA1", "customer": "C1", "day": None}) == {"currency": "USD"}


@pytest.mark.parametrize(
    ("values", "reason"),
    [
        ({}, "currency was not given"),
        ({"currency": ""}, "currency was not given"),
        ({"currency": "USD", "city": "x"}, "there is no field city"),
        ({"currency": "USD", "day": "soon"}, "day is no day"),
    ],
)
def test_what_does_not_fit_is_refused(values, reason):
    with pytest.raises(LookupFailed, match=reason):
        RATES.fitted(values)


@pytest.mark.parametrize(
    ("kind", "good", "bad"),
    [
        ("digits", "0128", "12a"),
        ("number", "12", "x"),
        ("amount", "12.50", "12.505"),
        ("date", "2026-11-21", "2026-13-01"),
        ("secret", "1234", ["1234"]),
    ],
)
def test_each_type_tells_what_does_not_fit(kind, good, bad):
    assert type_fault(TYPES[kind], "it", good) == ""
    assert type_fault(TYPES[kind], "it", bad)
