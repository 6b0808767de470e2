"""A way is dead only if the conditions above it take all of its callers, whatever the figures are."""

from __future__ import annotations

import pytest

from ivr.diagnostics.problem import Place
from ivr.flow.expressions import parse_expression
from ivr.flow.model import Target, Way
from ivr.flow.rules.dead_way import _dead

NOWHERE = Place("it.yaml", 1, 1)


def dead(*conditions: str) -> bool:
    route = tuple(Way(Target("bye", NOWHERE), parse_expression(text, NOWHERE)) for text in conditions)
    return any(True for _ in _dead(route))


@pytest.mark.parametrize(
    ("first", "second"),
    [
        ("caller.age >= 65", "caller.age >= 65"),
        ("caller.age >= 65", "caller.age > 65"),
        ("caller.age > 65", "caller.age >= 66"),
        ("caller.age < 18", "caller.age < 12"),
        ("caller.age <= 18", "caller.age < 18"),
        ("fee >= 0.1", "fee > 0.5"),
    ],
)
def test_a_narrower_condition_below_a_wider_one_is_dead(first, second):
    assert dead(first, second)


@pytest.mark.parametrize(
    ("first", "second"),
    [
        ("caller.age > 65", "caller.age >= 65"),
        ("caller.age < 18", "caller.age <= 18"),
        ("caller.age >= 65", "caller.age < 65"),
        ("fee >= 0.5", "fee > 0.1"),
        ("fee <= 0.5", "fee < 0.7"),
        ("fee > 1", "other > 2"),
    ],
)
def test_a_condition_that_takes_other_callers_is_alive(first, second):
    assert not dead(first, second)
