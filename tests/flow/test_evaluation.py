"""Items of lists and times of day; what holds in general is in test_expressions.py."""

import pytest

from ivr.diagnostics.problem import Place
from ivr.flow.evaluation import at_path, item_of, same_form
from ivr.flow.expressions import parse_expression

SITES = {"sites": [{"name": "a"}, {"name": "b"}], "first": {"first": "own"}, "empty": []}


@pytest.mark.parametrize(
    ("path", "value"),
    [
        ("sites.1.name", "b"),
        ("sites.first.name", "a"),
        ("sites.last.name", "b"),
        ("sites.length", 2),
        ("sites.2.name", None),
        ("sites.name", None),
        ("first.first", "own"),
        ("empty.last", None),
        ("empty.length", 0),
    ],
)
def test_a_list_has_items_a_first_a_last_and_a_length(path, value):
    assert at_path(tuple(path.split(".")), SITES) == value


@pytest.mark.parametrize(
    ("container", "index", "item"),
    [
        (["a", "b"], 1, "b"),
        (["a", "b"], "1", "b"),
        (["a", "b"], 2, None),
        (["a", "b"], -1, None),
        (["a", "b"], "1.5", None),
        (["a", "b"], None, None),
        ({"a": 1}, "a", 1),
        ({"a": 1}, 0, None),
        ("ab", 0, None),
    ],
)
def test_an_item_that_is_not_there_is_none(container, index, item):
    assert item_of(container, index) == item


def test_times_compare_as_times_and_other_texts_as_they_are():
    assert same_form("9:00", "10:30") == ("09:00", "10:30")
    assert same_form("9:00", "late") == ("9:00", "late")
    assert same_form("2026-12-30", "9:00") == ("2026-12-30", "9:00")


@pytest.mark.parametrize(
    ("value", "negative"),
    [("12.30", "-12.30"), (5, "-5"), (0, "0"), ("9e9999999", "-9E+9999999"), ("1" * 40, "-" + "1" * 40)],
)
def test_the_negative_of_a_number_is_exact_and_never_raises(value, negative):
    assert str(parse_expression("-x", Place("", 1, 1))({"x": value})) == negative
