"""Read the values of conversation files one by one, so that all faults are reported, each with its place."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import datetime
from typing import Any, get_args

from ivr.carrier.caller import DTMF_KEYS, DeskAnswer, DialStatus
from ivr.diagnostics.problem import Problem
from ivr.yamlfile.plain_value import plain_value
from ivr.yamlfile.source import Mapping, Node, Scalar, Sequence
from ivr.yamlfile.suggest import did_you_mean

from .model import CODE, Expectation, ScriptedAnswer, StepPrompt

_AGENT = ("press", "talk", "ring")
AGENT_WORDS: dict[str, DeskAnswer] = {
    "takes": DeskAnswer(),
    "refuses": DeskAnswer(press="2"),
    "silent": DeskAnswer(press=""),
    "hangs_up": DeskAnswer(hangs_up=True),
    "gone": DeskAnswer(talk=3.0, lost=True),
    **{status: DeskAnswer(status) for status in get_args(DialStatus) if status != "completed"},
}
"""An agent's behaviour by keyword; with `gone` the telephone fails in the talk and the carrier does not report it."""
UNITS = {"ms": 0.001, "s": 1.0, "m": 60.0, "min": 60.0, "h": 3600.0, "": 1.0}


class BadValue(Exception):
    """A value is invalid; its problem was reported already."""


class File:
    """One file being read."""

    def __init__(self) -> None:
        self.problems: list[Problem] = []

    def report(self, node: Node, rule: str, message: str, cure: str = "") -> BadValue:
        """Report a problem; return the exception to raise if reading cannot continue."""
        self.problems.append(Problem(node.place, rule, message, cure))
        return BadValue()

    def fields(self, node: Node, allowed: tuple[str, ...], what: str) -> Fields:
        """Read a map; report unknown keys."""
        if not isinstance(node, Mapping):
            raise self.report(node, "wrong-type", f"{what} must be a map of `key: value` lines.")
        values = {key.text: value for key, value in node.entries}
        for key, _ in node.entries:
            if key.text not in allowed:
                free = [name for name in allowed if name not in values]
                cure = did_you_mean(key.text, free) or f"Known are {', '.join(allowed)}."
                self.report(key, "unknown-key", f"{what} has no `{key.text}`.", cure)
        return Fields(self, {name: value for name, value in values.items() if name in allowed})

    def text(self, node: Node, what: str) -> str:
        """Read a text that is not empty."""
        if not isinstance(node, Scalar):
            raise self.report(node, "wrong-type", f"`{what}` must be a text.")
        if not node.text.strip():
            cure = 'A key such as # must stand in quotes: "#".' if what == "press" else "Give it one, or take it out."
            raise self.report(node, "no-value", f"`{what}` has no value.", cure)
        return node.text

    def texts(self, node: Node, what: str) -> tuple[Expectation, ...]:
        """Read one text or a list of texts."""
        items = node.items if isinstance(node, Sequence) else (node,)
        return tuple(Expectation(item.place, self.text(item, what)) for item in items)

    def heard(self, node: Node, what: str) -> tuple[Expectation, ...]:
        """Read one text or a list of texts; a block names a step, and values that its text holds."""
        items = node.items if isinstance(node, Sequence) else (node,)
        return tuple(self._heard(item, what) for item in items)

    def _heard(self, node: Node, what: str) -> Expectation:
        if not isinstance(node, Mapping):
            return Expectation(node.place, self.text(node, what))
        step = node.get("step")
        if step is None:
            cure = 'Write it as {step: tell_balance, account.balance: "12.50"}.'
            raise self.report(node, "missing-key", f"This `{what}` names no `step`.", cure)
        values = {key.text: plain_value(value) for key, value in node.entries if key.text != "step"}
        return Expectation(node.place, StepPrompt(self.text(step, "step"), values))

    def placed(self, node: Node, what: str) -> Expectation:
        """Read one text with its place."""
        return Expectation(node.place, self.text(node, what), what)

    def words(self, node: Node, what: str) -> dict[str, str]:
        """Read a map of one-line texts."""
        if not isinstance(node, Mapping) or not node.entries:
            raise self.report(node, "wrong-type", f"`{what}` must be a map of `key: text` lines.")
        return {key.text: self.text(value, f"{what}.{key.text}") for key, value in node.entries}

    def truth(self, node: Node, what: str) -> bool:
        """Read true or false."""
        value = self.text(node, what)
        if value not in ("true", "false"):
            raise self.report(node, "wrong-type", f"`{what}` is true or false, not {value!r}.")
        return value == "true"

    def number(self, node: Node, what: str, most: float = float("inf")) -> float:
        """Read a number from 0 to `most`."""
        value = self.text(node, what)
        if not re.fullmatch(r"\d+(\.\d+)?", value) or float(value) > most:
            bound = f" from 0 to {most:g}" if most != float("inf") else " of 0 or more"
            raise self.report(node, "wrong-type", f"`{what}` must be a number{bound}, not {value!r}.")
        return float(value)

    def seconds(self, node: Node, what: str) -> float:
        """Read a duration in seconds."""
        value = self.text(node, what)
        match = re.fullmatch(r"(\d+(?:\.\d+)?)\s*(ms|s|min|m|h|)", value)
        if match is None:
            raise self.report(
                node, "wrong-type", f"`{what}` must be a time, not {value!r}.", "Write it as 2s or 500ms."
            )
        return float(match[1]) * UNITS[match[2]]

    def keys(self, node: Node, what: str) -> str:
        """Read keys of a telephone."""
        value = self.text(node, what)
        if not set(value.replace(CODE, "")) <= DTMF_KEYS:
            cure = 'Write them without blanks and in quotes: "1", "10128#", "*".'
            raise self.report(node, "wrong-keys", "A telephone has the keys 0-9, * and #.", cure)
        return value

    def entries(self, node: Node, what: str) -> tuple[str, ...]:
        """Read what is pressed at one prompt after another: one key each, or a list of entries."""
        if isinstance(node, Sequence):
            return tuple(self.keys(item, what) for item in node.items)
        return tuple(self.keys(node, what))

    def one_of(self, node: Node, what: str, allowed: tuple[str, ...]) -> str:
        """Read one of the `allowed` words."""
        value = self.text(node, what)
        if value not in allowed:
            message = f"`{what}` is one of {', '.join(allowed)}, not {value!r}."
            raise self.report(node, "wrong-value", message, did_you_mean(value, allowed))
        return value

    def patience(self, node: Node, what: str) -> float | None:
        """Read how long the caller waits, in seconds; `true` means until the next question."""
        value = self.text(node, what)
        if value == "false":
            raise self.report(
                node, "wrong-value", "`wait` can only be true.", "Take the line out, or write a time: 40s."
            )
        return None if value == "true" else self.seconds(node, what)

    def agent(self, node: Node, what: str) -> DeskAnswer:
        """Read an agent's behaviour: one keyword, or a key and times."""
        if isinstance(node, Scalar):
            return AGENT_WORDS[self.one_of(node, what, tuple(AGENT_WORDS))]
        take = self.fields(node, _AGENT, "`agent`").take
        return DeskAnswer(
            press=take("press", self.keys, "1"),
            talk=take("talk", self.seconds, 30.0),
            ring=take("ring", self.seconds, 6.0),
        )

    def time(self, node: Node, what: str) -> float:
        """Read a date and time as Unix time."""
        value = self.text(node, what)
        cure = "Write it as 2026-11-23T10:00+08:00."
        try:
            moment = datetime.fromisoformat(value)
        except ValueError:
            raise self.report(node, "wrong-type", f"`{what}` must be a date and time, not {value!r}.", cure) from None
        if moment.tzinfo is None:
            raise self.report(node, "wrong-type", f"`{what}` has no time zone.", cure)
        return moment.timestamp()

    def answers(self, node: Node, what: str) -> dict[str, ScriptedAnswer]:
        """Read how questions are answered: by question, its fields, `missing`, `error`, or `slow` with a time."""
        if not isinstance(node, Mapping):
            cure = 'Write each question on a line: bank.rates: {sell: "7.12"}'
            raise self.report(node, "wrong-type", f"`{what}` must be a map of questions.", cure)
        return {key.text: self._answer(key, body) for key, body in node.entries}

    def _answer(self, key: Scalar, node: Node) -> ScriptedAnswer:
        if isinstance(node, Mapping):
            late = node.get("slow")
            fields = {name.text: plain_value(value) for name, value in node.entries if name.text != "slow"}
            return ScriptedAnswer(key.place, "answer", fields, self.seconds(late, "slow") if late is not None else 0.0)
        outcome = self.one_of(node, key.text, ("missing", "error"))
        return ScriptedAnswer(key.place, "missing" if outcome == "missing" else "error")

    def value(self, node: Node) -> object:
        """Read any value, scalars as text; a bare null is None."""
        if isinstance(node, Sequence):
            return [self.value(item) for item in node.items]
        if isinstance(node, Mapping):
            return {key.text: self.value(value) for key, value in node.entries}
        plain = not node.quoted and not node.block
        return None if plain and node.text in ("", "~", "null") else node.text


class Fields:
    """The fields of one map, read one by one, so that all faults are reported."""

    def __init__(self, file: File, nodes: dict[str, Node]) -> None:
        self.file, self.nodes = file, nodes

    def take(self, name: str, read: Callable[[Node, str], Any], default: Any) -> Any:
        """Read a field; return the default for a missing or invalid one."""
        if name not in self.nodes:
            return default
        try:
            return read(self.nodes[name], name)
        # Reported already; the default lets the other fields be read and reported, too.
        except BadValue:
            return default
