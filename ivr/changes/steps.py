"""Differences between a step before and after: its kind, choices, words, ways, level and settings."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, fields
from typing import Any

from ivr.flow.expressions import Expression
from ivr.flow.model import Choice, Route, Step, Target, Way
from ivr.flow.parts_within import within
from ivr.flow.text import Text

from .choices import ChoiceComparison
from .model import Difference
from .texts import text_differences

_NOT_SETTINGS = frozenset({"name", "place", "places", "requires"})


@dataclass(frozen=True)
class StepComparison:
    """A step of a flow in the old and the new release. `renamed` returns the new name of an old step."""

    flow: str
    old: Step
    new: Step
    renamed: Callable[[str], str]

    def differences(self) -> Iterator[Difference]:
        """Yield every difference."""
        if type(self.old) is not type(self.new):
            yield self._difference("kind", before=self.old.kind, after=self.new.kind)
        choices = (self.old.own_choices(), self.new.own_choices())
        yield from ChoiceComparison(self.flow, self.new.name, *choices, self.renamed).differences()
        yield from self._ways()
        yield from self._level()
        yield from text_differences(self.flow, self.old, self.new)
        if type(self.old) is type(self.new):
            yield from self._settings()

    def _ways(self) -> Iterator[Difference]:
        """Yield the ways that lead elsewhere now. Ways of choices are left out: `ChoiceComparison` compares them."""
        chosen = self.old.choice_outcomes() if self.old.own_choices() else frozenset()
        chosen |= self.new.choice_outcomes() if self.new.own_choices() else frozenset()
        before = {name: route for name, route in self.old.exits().items() if name not in chosen}
        after = {name: route for name, route in self.new.exits().items() if name not in chosen}
        for outcome in dict.fromkeys([*before, *after]):
            was, now = self._route(before.get(outcome, ())), _route(after.get(outcome, ()), str)
            if was == now:
                continue
            kind = "way" if was and now else "way_added" if now else "way_removed"
            yield self._difference(kind, outcome=outcome, before=was, after=now)

    def _level(self) -> Iterator[Difference]:
        before, after = self.old.requires, self.new.requires
        if before != after:
            yield self._difference(
                "level_up" if after > before else "level_down", before=f"L{before}", after=f"L{after}"
            )

    def _settings(self) -> Iterator[Difference]:
        for spec in fields(self.new):
            if spec.name in _NOT_SETTINGS:
                continue
            before, after = getattr(self.old, spec.name), getattr(self.new, spec.name)
            if before != after and not any(True for each in (before, after) for _ in within(each, _ELSEWHERE)):
                name = spec.metadata.get("key") or spec.name
                yield self._difference("setting", name=name, before=value_text(before), after=value_text(after))

    def _route(self, route: Route) -> str:
        return _route(route, self.renamed)

    def _difference(self, kind: str, **facts: str) -> Difference:
        return Difference(kind, self.flow, self.new.name, facts)


_ELSEWHERE = (Text, Choice, Way, Target)
"""Parts that are compared as words, choices and ways."""


def _route(route: Route, renamed: Callable[[str], str]) -> str:
    """Return a route in words."""
    parts = [renamed(way.goto.name) + (f" ({way.when.text})" if way.when else "") for way in route]
    return ", ".join(parts)


def value_text(value: Any) -> str:
    """Return the value of a setting as an editor would write it; "-" for none."""
    match value:
        case None | "" | ():
            return "-"
        case bool():
            return "yes" if value else "no"
        case Expression():
            return value.text
        case float():
            return f"{value:g}"
        case Mapping():
            return ", ".join(f"{name}: {value_text(inner)}" for name, inner in value.items())
        case tuple() | list():
            return ", ".join(map(value_text, value))
    return str(getattr(value, "name", value))
