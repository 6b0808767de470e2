"""Dashes that were left out are found by keys that begin again; a key that is written twice is not mistaken for it."""

from __future__ import annotations

import pytest

from ivr.yamlfile.missing_dashes import items_without_dashes
from ivr.yamlfile.source import Mapping, Sequence, read_text


@pytest.mark.parametrize(
    ("keys", "items"),
    [
        ("label goto label goto", 2),
        ("label goto label goto label goto", 3),
        ("label phrases goto label goto", 2),
        ("say next", 0),
        ("say say next", 0),
        ("say next say", 0),
        ("say next next", 0),
        ("when goto goto when", 0),
    ],
)
def test_items_begin_where_the_first_key_comes_again_with_another(keys: str, items: int) -> None:
    assert len(items_without_dashes(keys.split())) == items


@pytest.mark.parametrize(
    "text",
    [
        "m:\n  a: 1\n  b: 2\n  a: 3\n  b: 4\n  a: 5\n  b: 6\n",
        "m:\n  - a: 1\n    b: 2\n    a: 3\n    b: 4\n  - a: 5\n    b: 6\n",
    ],
)
def test_one_problem_tells_of_all_and_the_items_are_read(text: str) -> None:
    root, problems = read_text(text, "f.yaml")
    assert [(problem.rule, problem.place.line) for problem in problems] == [("missing-dash", 4)]
    assert isinstance(root, Mapping)
    items = root.get("m")
    assert isinstance(items, Sequence)
    assert len(items.items) == 3
