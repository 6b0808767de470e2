"""Choices without a key have the key of their place in the menu. Keys that others write do not change it."""

from __future__ import annotations

from collections.abc import Iterator

from ivr.diagnostics.problem import Problem
from ivr.flow.model import Choice, Flow

from ._rule import Parts, Rule


def check(flow: Flow, parts: Parts) -> Iterator[Problem]:
    """Look in each menu for choices that a written key moves to another key than that of their place."""
    del parts
    for step in flow.written_steps():
        moved = list(_moved(step.own_choices()))
        if moved:
            shown = "; ".join(f"line {choice.place.line} has {choice.key}, not {key}" for choice, key in moved)
            message = f"Keys that choices of this menu write move the keys of others: {shown}."
            cure = "Write the key of every choice, or put those with a key of their own last."
            yield Problem(moved[0][0].place, RULE.id, message, cure, "warning")


def _moved(choices: tuple[Choice, ...]) -> Iterator[tuple[Choice, str]]:
    """Yield choices and the keys of their places. Two choices that share a key, each under its condition, have one."""
    places = 0
    seen: set[str] = set()
    for choice in choices:
        # Choices that share a key under two conditions take one place, since callers hear one of them.
        places += choice.key in set("123456789") - seen
        seen.add(choice.key)
        if choice.counted and choice.key != str(places):
            yield choice, str(places)


RULE = Rule("moved-keys", "A key that one choice writes moves the keys of other choices (warning).", flow=check)
