"""Parts of a release are found in the order written, however deep they stand."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import fields, is_dataclass
from pathlib import Path
from typing import Any

import pytest

from ivr.flow.expressions import Expression
from ivr.flow.loader import load
from ivr.flow.model import Choice, within
from ivr.flow.text import Template, Text
from ivr.session.step_registry import catalogue

FLOWS = Path(__file__).parents[2] / "flows"


def plainly_within(value: Any, kind: type | tuple[type, ...]) -> Iterator[Any]:
    """Yield what `within` yields, by plain recursion."""
    if isinstance(value, kind):
        yield value
    if isinstance(value, Mapping):
        parts = list(value.values())
    elif isinstance(value, list | tuple):
        parts = list(value)
    else:
        parts = [getattr(value, spec.name) for spec in fields(value)] if is_dataclass(value) else []
    for part in parts:
        yield from plainly_within(part, kind)


@pytest.mark.parametrize("kind", [Text, Template, Expression, Choice, (Template, Expression)])
def test_every_part_of_every_step_is_found_as_plain_recursion_finds_it(kind: type | tuple[type, ...]) -> None:
    steps = [step for flow in load(FLOWS, catalogue()).flows.values() for step in flow.steps.values()]
    for step in steps:
        parts = list(plainly_within(step, kind))
        assert [id(part) for part in parts] == [id(part) for part in within(step, kind)]
    assert steps


def test_containers_are_searched_in_their_own_order() -> None:
    assert list(within({"a": [1, ("x", 2)], "b": {"c": "y"}}, str)) == ["x", "y"]
    assert list(within([1, [2, [3]]], list)) == [[1, [2, [3]]], [2, [3]], [3]]
    assert list(within(None, str)) == []
