"""Reads conversation files. Every value remembers its place; all problems of all files come at once, with a cure."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import datetime
from difflib import get_close_matches
from pathlib import Path
from typing import Any, cast, get_args

import yaml

from ..errors import FlowError
from ..problem import Place, Problem
from .caller import KEYS, DialStatus
from .conversation import CODE, Announced, Bank, Conversation, Deed, Turn, Wish

_TOP = ("conversation", "flow", "to", "from", "at", "weight", "bank", "announce", "desks", "secret", "turns")
_BANK = ("slow_ms", "fail_rate")
_ANNOUNCED = ("slot", "preset", "text", "until", "lines", "drill", "from")
_DEEDS = ("press", "say", "wait", "silence", "record", "dial", "hang_up")
_HEARD = ("hear", "hear_not", "text_message")
_TURN = (*_HEARD, *_DEEDS, "confidence", "talk", "after", "repeat_request", "bank", "secret", "expect")
_UNITS = {"ms": 0.001, "s": 1.0, "m": 60.0, "min": 60.0, "h": 3600.0, "": 1.0}


class _Refused(Exception):
    """A value cannot be used; it has been reported already."""


class _File:
    """One file being read."""

    def __init__(self, name: str) -> None:
        self.name = name
        self.problems: list[Problem] = []

    def place(self, node: yaml.Node) -> Place:
        mark, end = node.start_mark, node.end_mark
        length = max(1, end.column - mark.column) if end.line == mark.line else 1
        return Place(self.name, mark.line + 1, mark.column + 1, length)

    def report(self, node: yaml.Node, rule: str, message: str, cure: str = "") -> _Refused:
        self.problems.append(Problem(self.place(node), rule, message, cure))
        return _Refused()

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
        if not isinstance(node, yaml.ScalarNode):
            raise self.report(node, "wrong-type", f"`{what}` must be a text.")
        value = str(node.value)
        if not value.strip():
            cure = 'A key such as # must stand in quotes: "#".' if what == "press" else "Give it one, or take it out."
            raise self.report(node, "no-value", f"`{what}` has no value.", cure)
        return value

    def texts(self, node: yaml.Node, what: str) -> tuple[Wish, ...]:
        nodes = node.value if isinstance(node, yaml.SequenceNode) else [node]
        return tuple(Wish(self.place(one), self.text(one, what)) for one in nodes)

    def words(self, node: yaml.Node, what: str) -> dict[str, str]:
        """Take a map of one-line texts."""
        if not isinstance(node, yaml.MappingNode) or not node.value:
            raise self.report(node, "wrong-type", f"`{what}` must be a map of `key: text` lines.")
        return {str(key.value): self.text(value, f"{what}.{key.value}") for key, value in node.value}

    def truth(self, node: yaml.Node, what: str) -> bool:
        value = self.text(node, what)
        if value not in ("true", "false"):
            raise self.report(node, "wrong-type", f"`{what}` is true or false, not {value!r}.")
        return value == "true"

    def number(self, node: yaml.Node, what: str, most: float = float("inf")) -> float:
        value = self.text(node, what)
        if not re.fullmatch(r"\d+(\.\d+)?", value) or float(value) > most:
            bound = f" from 0 to {most:g}" if most != float("inf") else " of 0 or more"
            raise self.report(node, "wrong-type", f"`{what}` must be a number{bound}, not {value!r}.")
        return float(value)

    def seconds(self, node: yaml.Node, what: str) -> float:
        value = self.text(node, what)
        match = re.fullmatch(r"(\d+(?:\.\d+)?)\s*(ms|s|min|m|h|)", value)
        if match is None:
            raise self.report(
                node, "wrong-type", f"`{what}` must be a time, not {value!r}.", "Write it as 2s or 500ms."
            )
        return float(match[1]) * _UNITS[match[2]]

    def keys(self, node: yaml.Node, what: str) -> str:
        value = self.text(node, what)
        if not set(value.replace(CODE, "")) <= KEYS:
            cure = 'Write them without blanks and in quotes: "1", "10128#", "*".'
            raise self.report(node, "wrong-keys", "A telephone has the keys 0-9, * and #.", cure)
        return value

    def one_of(self, node: yaml.Node, what: str, known: tuple[str, ...]) -> str:
        value = self.text(node, what)
        if value not in known:
            near = get_close_matches(value, known, 1)
            cure = f"Did you mean `{near[0]}`?" if near else ""
            raise self.report(node, "wrong-value", f"`{what}` is one of {', '.join(known)}, not {value!r}.", cure)
        return value

    def time(self, node: yaml.Node, what: str) -> float:
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


class _Fields:
    """The fields of one map, read one by one so that a bad one doesn't hide the next."""

    def __init__(self, file: _File, found: Mapping[str, yaml.Node]) -> None:
        self.file = file
        self.found = found

    def take(self, name: str, read: Callable[[yaml.Node, str], Any], default: Any) -> Any:
        if name not in self.found:
            return default
        try:
            return read(self.found[name], name)
        except _Refused:
            return default


def read(paths: Iterable[Path]) -> list[Conversation]:
    """Read files, and every .yaml file of folders. Raises FlowError with every problem found."""
    problems: list[Problem] = []
    conversations: list[Conversation] = []
    for path in paths:
        for file in sorted(path.rglob("*.yaml")) if path.is_dir() else [path]:
            found, wrong = _read_file(file)
            conversations += found
            problems += wrong
    if problems:
        raise FlowError(problems)
    return conversations


def read_text(text: str, name: str = "<conversation>") -> list[Conversation]:
    """Read conversations from a text. Raises FlowError with every problem found."""
    conversations, problems = _read_text(text, name)
    if problems:
        raise FlowError(problems)
    return conversations


def _read_file(path: Path) -> tuple[list[Conversation], list[Problem]]:
    try:
        text = path.read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        reason = "is not UTF-8 text" if isinstance(error, UnicodeDecodeError) else f"cannot be read: {error.strerror}"
        return [], [Problem(Place(str(path), 1, 1), "unreadable", f"The file {reason}.")]
    return _read_text(text, str(path))


def _read_text(text: str, name: str) -> tuple[list[Conversation], list[Problem]]:
    file = _File(name)
    conversations: list[Conversation] = []
    try:
        for node in _documents(text):
            try:
                conversations.append(_conversation(file, node))
            except _Refused:
                continue
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark
        place = Place(name, mark.line + 1 if mark else 1, mark.column + 1 if mark else 1)
        file.problems.append(Problem(place, "yaml", f"This is not YAML: {error.problem}.", _cure(text, place)))
    except yaml.YAMLError as error:
        file.problems.append(Problem(Place(name, 1, 1), "yaml", f"This is not YAML: {error}."))
    if not conversations and not file.problems:
        file.problems.append(Problem(Place(name, 1, 1), "empty-file", "The file holds no conversation."))
    return conversations, file.problems


def _documents(text: str) -> Iterator[yaml.Node]:
    for node in yaml.compose_all(text, Loader=yaml.CSafeLoader):
        if not (isinstance(node, yaml.ScalarNode) and not node.value):
            yield node


def _cure(text: str, place: Place) -> str:
    lines = text.splitlines()
    line = lines[place.line - 1] if place.line <= len(lines) else ""
    if re.search(r":\s*\*", line):
        return 'A key such as * must stand in quotes: press: "*".'
    if "\t" in line:
        return "Indent with blanks, not tabs."
    if "\uff1a" in line:
        return "Use the half-width colon and a blank: `: `."
    if line.count(": ") > 1:
        return "A text that holds a colon and a blank must stand in quotes."
    return "Check the indentation and the quotes of this line and the one before."


def _conversation(file: _File, node: yaml.Node) -> Conversation:
    found = file.fields(node, _TOP, "A conversation")
    take = _Fields(file, found).take
    for name in ("conversation", "turns"):
        if name not in found:
            file.report(node, "missing-key", f"This conversation has no `{name}`.")
    if "flow" not in found and "to" not in found:
        file.report(node, "missing-key", "This conversation calls nobody.", "Give it a `flow`, or a number in `to`.")
    return Conversation(
        place=file.place(found.get("conversation", node)),
        title=take("conversation", file.text, ""),
        flow=take("flow", file.text, ""),
        turns=tuple(_turns(file, found["turns"])) if "turns" in found else (),
        to=take("to", file.text, ""),
        caller=take("from", file.text, "+8613800000001"),
        at=take("at", file.time, None),
        weight=take("weight", file.number, 1.0),
        bank=_bank(file, found["bank"]) if "bank" in found else Bank(),
        announced=tuple(_announced(file, found["announce"])) if "announce" in found else (),
        desks=take("desks", file.words, {}),
        secret=take("secret", file.truth, False),
    )


def _bank(file: _File, node: yaml.Node, *, mid_call: bool = False) -> Bank:
    if isinstance(node, yaml.ScalarNode):
        if mid_call:
            file.report(
                node, "wrong-value", "Within a call, `bank` is a map.", "Write {fail_rate: 1} or {slow_ms: 9000}."
            )
        elif node.value != "gone":
            file.report(node, "wrong-value", "`bank` is `gone`, or a map of slow_ms and fail_rate.")
        return Bank(gone=True)
    try:
        take = _Fields(file, file.fields(node, _BANK, "`bank`")).take
    except _Refused:
        return Bank()
    rate = take("fail_rate", lambda one, what: file.number(one, what, 1.0), 0.0)
    return Bank(slow_ms=int(take("slow_ms", file.number, 0)), fail_rate=rate)


def _announced(file: _File, node: yaml.Node) -> Iterator[Announced]:
    for one in node.value if isinstance(node, yaml.SequenceNode) else [node]:
        try:
            found = file.fields(one, _ANNOUNCED, "`announce`")
        except _Refused:
            continue
        take = _Fields(file, found).take
        if "slot" not in found or ("preset" in found) == ("text" in found):
            file.report(one, "missing-key", "`announce` names a `slot`, and either a `preset` or a `text`.")
        yield Announced(
            slot=take("slot", file.text, ""),
            preset=take("preset", file.text, ""),
            texts=take("text", file.words, {}),
            until=take("until", file.time, None),
            lines=tuple(wish.value for wish in take("lines", file.texts, ())),
            drill=take("drill", file.truth, False),
            callers=tuple(wish.value for wish in take("from", file.texts, ())),
        )


def _turns(file: _File, node: yaml.Node) -> Iterator[Turn]:
    if not isinstance(node, yaml.SequenceNode) or not node.value:
        file.report(node, "wrong-type", "`turns` must be a list with at least one turn, each beginning with `- `.")
        return
    for one in node.value:
        try:
            yield _turn(file, one)
        except _Refused:
            continue


def _turn(file: _File, node: yaml.Node) -> Turn:
    found = file.fields(node, _TURN, "A turn")
    if not found:
        raise file.report(node, "empty-turn", "This turn says nothing.", "Give it `hear`, a deed or `expect`.")
    fields = _Fields(file, found)
    take = fields.take
    deed = _deed(fields, node)
    return Turn(
        place=file.place(node),
        hear=take("hear", file.texts, ()),
        hear_not=take("hear_not", file.texts, ()),
        text_message=take("text_message", file.texts, ()),
        deed=deed,
        press=take("press", file.keys, ""),
        say=take("say", file.text, ""),
        confidence=take("confidence", lambda one, what: file.number(one, what, 1.0), None),
        record=take("record", file.seconds, 0.0),
        dial=cast("DialStatus", take("dial", lambda one, w: file.one_of(one, w, get_args(DialStatus)), "completed")),
        talk=take("talk", file.seconds, 30.0),
        leaves="hang_up" in found and deed in ("dial", "record"),
        after=take("after", file.seconds, None),
        repeat=take("repeat_request", file.truth, False),
        secret=take("secret", file.truth, False),
        expect=_expect(file, found["expect"]) if "expect" in found else {},
        bank=_bank(file, found["bank"], mid_call=True) if "bank" in found else None,
    )


_TOGETHER = ({"record", "press"}, {"record", "hang_up"}, {"dial", "hang_up"})
_NEEDS = {"confidence": "say", "talk": "dial"}


def _deed(fields: _Fields, node: yaml.Node) -> Deed | None:
    """Find the one thing that the caller does; report combinations that make no sense."""
    file, found = fields.file, fields.found
    deeds = [name for name in found if name in _DEEDS]
    if len(deeds) > 1 and set(deeds) not in _TOGETHER:
        words = " and ".join(f"`{name}`" for name in deeds)
        file.report(node, "two-deeds", f"A caller does one thing a turn, not {words}.", "Make it two turns.")
    for name in ("wait", "silence", "hang_up"):
        if fields.take(name, file.truth, True) is False:
            file.report(found[name], "wrong-value", f"`{name}` can only be true.", "Take the line out.")
    for name, needed in _NEEDS.items():
        if name in found and needed not in found:
            file.report(found[name], "misplaced-key", f"`{name}` goes with `{needed}` only.")
    for name in ("after", "repeat_request", "bank"):
        if name in found and not deeds:
            file.report(found[name], "misplaced-key", f"`{name}` needs something that the caller does.")
    chosen = next((name for name in ("record", "dial", *_DEEDS) if name in deeds), None)
    return cast("Deed | None", "wait" if chosen == "silence" else chosen)


def _expect(file: _File, node: yaml.Node) -> dict[str, Wish]:
    if not isinstance(node, yaml.MappingNode) or not node.value:
        file.report(node, "wrong-type", "`expect` must be a map of facts, such as {step: main}.")
        return {}
    return {str(key.value): Wish(file.place(key), file.value(one), str(key.value)) for key, one in node.value}
