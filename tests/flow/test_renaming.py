"""Whole words are replaced at the places of a name, and nowhere else."""

from __future__ import annotations

from ivr.diagnostics.problem import Place
from ivr.flow.renaming import renamed
from ivr.flow.uses import NameUse


def test_only_the_places_of_the_name_change():
    texts = {"a": 'say: n is {n|number}, not {nn|number}\nwhen: n > 1 and x.n == "n"\n'}
    uses = [NameUse(Place("a", 1, 12, 1), "variable", "a"), NameUse(Place("a", 2, 7, 20), "variable", "a")]
    changed, count = renamed(texts, uses, "n", "number")
    assert count == 3
    assert changed["a"].startswith("say: n is {number|number}, not {nn|number}")
    assert "number > 1 and x.n" in changed["a"]


def test_a_name_that_stands_nowhere_changes_nothing():
    assert renamed({"a": "x: y\n"}, [NameUse(Place("a", 1, 1, 1), "step", "a")], "z", "w") == ({}, 0)
