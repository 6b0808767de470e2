"""Turn YAML text into a tree whose values know their places; the only file that imports PyYAML.

It never builds Python values: scalars stay as written (`on`, `0755`, `12:30`, `~` are text), so the editor's word is
what the flow says. What YAML offers beyond plain data (anchors, aliases, tags, merge keys) and what it silently accepts
(repeated keys) is reported instead.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TypeAlias

import yaml

from ivr.problem import Place, Problem

MAX_BYTES = 5_000_000
MAX_DEPTH = 40


@dataclass(frozen=True)
class Scalar:
    """Text as it stands in the file; `place` is where it begins, quote or block sign included."""

    text: str
    place: Place
    quoted: bool = False
    block: bool = False

    @property
    def empty(self) -> bool:
        """Whether nothing was given: `key:` with nothing behind it. A quoted empty text was given."""
        return not self.text and not self.quoted and not self.block


@dataclass(frozen=True)
class Sequence:
    """A list; `place` is its first dash or opening bracket."""

    items: tuple[Node, ...]
    place: Place


@dataclass(frozen=True)
class Mapping:
    """Keys and values in the order of the file; `place` is the first key or the opening brace."""

    entries: tuple[tuple[Scalar, Node], ...]
    place: Place

    def get(self, key: str) -> Node | None:
        """Return the value of a key, or None."""
        return next((value for name, value in self.entries if name.text == key), None)

    def key(self, key: str) -> Scalar | None:
        """Return the key itself, for its place, or None."""
        return next((name for name, _ in self.entries if name.text == key), None)


Node: TypeAlias = Scalar | Sequence | Mapping


def read_file(path: Path, name: str) -> tuple[Node | None, list[Problem]]:
    """Read one file; `name` is how problems call it. What cannot be read is a problem, never an exception."""
    try:
        raw = path.read_bytes()
    except OSError as error:
        return None, [Problem(Place(name, 1, 1), "unreadable-file", f"The file cannot be read: {error.strerror}.")]
    text, problems = _decode(raw, name)
    if text is None:
        return None, problems
    node, found = read_text(text, name)
    return node, problems + found


def read_text(text: str, file: str) -> tuple[Node | None, list[Problem]]:
    """Read one YAML document. Returns None for the tree when nothing can be made of the text."""
    nodes, problems = read_documents(text, file)
    if len(nodes) > 1:
        place = nodes[1].place
        problems.append(Problem(place, "second-document", "A second document begins here.", "Use one file per flow."))
    return (nodes[0] if nodes else None), problems


def read_documents(text: str, file: str) -> tuple[list[Node], list[Problem]]:
    """Read all YAML documents of a text, separated by lines of three dashes."""
    composer = _Composer(file)
    try:
        nodes = list(composer.documents(text))
    except (yaml.YAMLError, _TooDeepError, UnicodeEncodeError) as error:
        return [], [*composer.problems, Problem(Place(file, 1, 1), "yaml", str(error))]
    return nodes, composer.problems


def _decode(raw: bytes, file: str) -> tuple[str | None, list[Problem]]:
    try:
        return raw.decode("utf-8"), []
    except UnicodeDecodeError:
        return None, [Problem(Place(file, 1, 1), "not-utf8", "The file is not UTF-8.", "Save it as UTF-8.")]


class _TooDeepError(Exception):
    """Nesting beyond what any flow needs."""


class _Composer:
    """Turns parser events into nodes, noting what the language does not allow."""

    def __init__(self, file: str) -> None:
        self.file = file
        self.problems: list[Problem] = []

    def documents(self, text: str) -> Iterator[Node]:
        events = iter(yaml.parse(text, yaml.CSafeLoader))
        for event in events:
            if isinstance(event, yaml.DocumentStartEvent):
                yield self._node(next(events), events, 0)

    def _node(self, event: yaml.Event, events: Iterator[yaml.Event], depth: int) -> Node:
        if depth > MAX_DEPTH:
            raise _TooDeepError
        place = self._place(event)
        if isinstance(event, yaml.ScalarEvent):
            return Scalar(event.value, place, event.style in ("'", '"'), event.style in ("|", ">"))
        if isinstance(event, yaml.SequenceStartEvent):
            items = []
            while not isinstance(event := next(events), yaml.SequenceEndEvent):
                items.append(self._node(event, events, depth + 1))
            return Sequence(tuple(items), place)
        if isinstance(event, yaml.MappingStartEvent):
            return self._mapping(place, events, depth)
        return Scalar("", place)

    def _mapping(self, place: Place, events: Iterator[yaml.Event], depth: int) -> Mapping:
        entries: dict[str, tuple[Scalar, Node]] = {}
        while not isinstance(event := next(events), yaml.MappingEndEvent):
            key = self._node(event, events, depth + 1)
            value = self._node(next(events), events, depth + 1)
            if isinstance(key, Scalar):
                entries.setdefault(key.text, (key, value))
        return Mapping(tuple(entries.values()), place)

    def _place(self, event: yaml.Event) -> Place:
        start, end = event.start_mark, event.end_mark
        length = end.column - start.column if start.line == end.line else 1
        return Place(self.file, start.line + 1, start.column + 1, max(1, length))
