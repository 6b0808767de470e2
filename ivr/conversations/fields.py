"""The values of conversation files, read one by one: each knows its place, and a bad one doesn't hide the next."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from datetime import datetime
from difflib import get_close_matches
from typing import Any, get_args

import yaml

from ivr.carrier.caller import DTMF_KEYS, DeskAnswer, DialStatus
from ivr.diagnostics.problem import Place, Problem

from .model import CODE, Expectation

_AGENT = ("press", "talk", "ring")
AGENT_WORDS: Mapping[str, DeskAnswer] = {
    "takes": DeskAnswer(),
    "refuses": DeskAnswer(press="2"),
    "silent": DeskAnswer(press=""),
    "hangs_up": DeskAnswer(hangs_up=True),
    "gone": DeskAnswer(talk=3.0, lost=True),
    **{status: DeskAnswer(status) for status in get_args(DialStatus) if status != "completed"},
}
"""What an agent may do in one word; `gone` is a telephone that dies in the talk, of which the carrier tells nothing."""
UNITS = {"ms": 0.001, "s": 1.0, "m": 60.0, "min": 60.0, "h": 3600.0, "": 1.0}


class BadValue(Exception):
    """A value cannot be used; it has been reported already."""


class File:
    """One file being read."""

    def __init__(self, name: str) -> None:
        self.name = name
        self.problems: list[Problem] = []

    def place(self, node: yaml.Node) -> Place:
        """Return where a node stands."""
        mark, end = node.start_mark, node.end_mark
        length = max(1, end.column - mark.column) if end.line == mark.line else 1
        return Place(self.name, mark.line + 1, mark.column + 1, length)

    def report(self, node: yaml.Node, rule: str, message: str, cure: str = "") -> BadValue:
        """Keep a problem; raise what comes back where nothing more can be read."""
        self.problems.append(Problem(self.place(node), rule, message, cure))
        return BadValue()

    def fields(self, node: yaml.Node, known: tuple[str, ...], what: str) -> dict[str, yaml.Node]:
        """Take a map apart; report what does not belong."""
        if not isinstance(node, yaml.MappingNode):
            raise self.report(node, "wrong-type", f"{what} must be a map of `key: value` lines.")
        found: dict[str, yaml.Node] = {}
        for key, value in node.value:
            name = str(key.value)
            if name in found:
                self.report(key, "repeated-key", f"`{name}` stands here twice.", "Keep one of them.")
            elif name not in known:
                near = get_close_matches(name, known, 1)
                cure = f"Did you mean `{near[0]}`?" if near else f"Known are {', '.join(known)}."
                self.report(key, "unknown-key", f"{what} has no `{name}`.", cure)
            else:
                found[name] = value
        return found

    def text(self, node: yaml.Node, what: str) -> str:
        """Take a text that is not empty."""
        if not isinstance(node, yaml.ScalarNode):
            raise self.report(node, "wrong-type", f"`{what}` must be a text.")
        value = str(node.value)
        if not value.strip():
            cure = 'A key such as # must stand in quotes: "#".' if what == "press" else "Give it one, or take it out."
            raise self.report(node, "no-value", f"`{what}` has no value.", cure)
        return value

    def texts(self, node: yaml.Node, what: str) -> tuple[Expectation, ...]:
        """Take one text or a list of them."""
        nodes = node.value if isinstance(node, yaml.SequenceNode) else [node]
        return tuple(Expectation(self.place(one), self.text(one, what)) for one in nodes)

    def words(self, node: yaml.Node, what: str) -> dict[str, str]:
        """Take a map of one-line texts."""
        if not isinstance(node, yaml.MappingNode) or not node.value:
            raise self.report(node, "wrong-type", f"`{what}` must be a map of `key: text` lines.")
        return {str(key.value): self.text(value, f"{what}.{key.value}") for key, value in node.value}

    def truth(self, node: yaml.Node, what: str) -> bool:
        """Take true or false."""
        value = self.text(node, what)
        if value not in ("true", "false"):
            raise self.report(node, "wrong-type", f"`{what}` is true or false, not {value!r}.")
        return value == "true"

    def number(self, node: yaml.Node, what: str, most: float = float("inf")) -> float:
        """Take a number from 0 to `most`."""
        value = self.text(node, what)
        if not re.fullmatch(r"\d+(\.\d+)?", value) or float(value) > most:
            bound = f" from 0 to {most:g}" if most != float("inf") else " of 0 or more"
            raise self.report(node, "wrong-type", f"`{what}` must be a number{bound}, not {value!r}.")
        return float(value)

    def seconds(self, node: yaml.Node, what: str) -> float:
        """Take a time."""
        value = self.text(node, what)
        match = re.fullmatch(r"(\d+(?:\.\d+)?)\s*(ms|s|min|m|h|)", value)
        if match is None:
            raise self.report(
                node, "wrong-type", f"`{what}` must be a time, not {value!r}.", "Write it as 2s or 500ms."
            )
        return float(match[1]) * UNITS[match[2]]

    def keys(self, node: yaml.Node, what: str) -> str:
        """Take keys of a telephone."""
        value = self.text(node, what)
        if not set(value.replace(CODE, "")) <= DTMF_KEYS:
            cure = 'Write them without blanks and in quotes: "1", "10128#", "*".'
            raise self.report(node, "wrong-keys", "A telephone has the keys 0-9, * and #.", cure)
        return value

    def one_of(self, node: yaml.Node, what: str, known: tuple[str, ...]) -> str:
        """Take one of some words."""
        value = self.text(node, what)
        if value not in known:
            near = get_close_matches(value, known, 1)
            cure = f"Did you mean `{near[0]}`?" if near else ""
            raise self.report(node, "wrong-value", f"`{what}` is one of {', '.join(known)}, not {value!r}.", cure)
        return value

    def patience(self, node: yaml.Node, what: str) -> float | None:
        """Take how long somebody waits; `true` is until something is asked again."""
        value = self.text(node, what)
        if value == "false":
            raise self.report(
                node, "wrong-value", "`wait` can only be true.", "Take the line out, or write a time: 40s."
            )
        return None if value == "true" else self.seconds(node, what)

    def agent(self, node: yaml.Node, what: str) -> DeskAnswer:
        """Take what an agent does: one word, or a key and times."""
        if isinstance(node, yaml.ScalarNode):
            return AGENT_WORDS[self.one_of(node, what, tuple(AGENT_WORDS))]
        take = Fields(self, self.fields(node, _AGENT, "`agent`")).take
        return DeskAnswer(
            press=take("press", self.keys, "1"),
            talk=take("talk", self.seconds, 30.0),
            ring=take("ring", self.seconds, 6.0),
        )

    def time(self, node: yaml.Node, what: str) -> float:
        """Take a moment, as a Unix time."""
        value = self.text(node, what)
        cure = "Write it as 2026-11-23T10:00+08:00."
        try:
            moment = datetime.fromisoformat(value)
        except ValueError:
            raise self.report(node, "wrong-type", f"`{what}` must be a date and time, not {value!r}.", cure) from None
        if moment.tzinfo is None:
            raise self.report(node, "wrong-type", f"`{what}` has no time zone.", cure)
        return moment.timestamp()

    def value(self, node: yaml.Node) -> object:
        """Take any value, scalars as text; a bare null is None."""
        if isinstance(node, yaml.SequenceNode):
            return [self.value(one) for one in node.value]
        if isinstance(node, yaml.MappingNode):
            return {str(key.value): self.value(one) for key, one in node.value}
        plain = isinstance(node, yaml.ScalarNode) and not node.style
        return None if plain and node.value in ("", "~", "null") else str(node.value)


class Fields:
    """The fields of one map, read one by one so that a bad one doesn't hide the next."""

    def __init__(self, file: File, found: Mapping[str, yaml.Node]) -> None:
        self.file = file
        self.found = found

    def take(self, name: str, read: Callable[[yaml.Node, str], Any], default: Any) -> Any:
        """Read a field; what is missing or wrong is the default."""
        if name not in self.found:
            return default
        try:
            return read(self.found[name], name)
        except BadValue:
            return default
