"""Parse YAML text into a tree whose values carry their positions. No other module parses YAML.

Scalars stay text as written (`on`, `0755`, `12:30`, `~`). Anchors, aliases, tags, merge keys and repeated keys are
reported as problems. A slip is explained and corrected in memory, and parsing starts again, so that one run reports
them all; if every correction was certain, the tree of the corrected text is returned.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeAlias

import yaml

from ivr.diagnostics.problem import Place, Problem

from . import hints, plain_text
from .missing_dashes import items_without_dashes

MAX_DEPTH = 40
_MAX_ROUNDS = 40
_DOUBT = 20
# libyaml's events are not merged, so that << would become a key of that name.
_SPECIAL = {"<<": ("merge-key", '"<<" would merge another map into this one; merge keys are not used here.')}


@dataclass(frozen=True, slots=True)
class Scalar:
    """Text as written in the file; `place` is where it begins, quote or block sign included."""

    text: str
    place: Place
    quoted: bool = False
    block: bool = False

    @property
    def empty(self) -> bool:
        """Whether there is no value: `key:` with nothing behind it. A quoted empty text is a value."""
        return not self.text and not self.quoted and not self.block


@dataclass(frozen=True, slots=True)
class Sequence:
    """A list; `place` is its first dash or opening bracket."""

    items: tuple[Node, ...]
    place: Place


@dataclass(frozen=True, slots=True)
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
    """Read one file; `name` is its name in problems. A file that cannot be read is a problem, never an exception."""
    text, problems = plain_text.read_plain_text(path, name)
    if text is None:
        return None, problems
    node, slips = read_text(text, name)
    return node, problems + slips


def read_text(text: str, file: str) -> tuple[Node | None, list[Problem]]:
    """Read one YAML document. The tree is None if the text has errors that cannot be corrected with certainty."""
    nodes, problems = read_documents(text, file)
    if len(nodes) > 1:
        above = text.splitlines()[: nodes[1].place.line]
        line = next((n for n in range(len(above), 0, -1) if above[n - 1].startswith("---")), nodes[1].place.line)
        message = "A second document begins here; a flow file has one."
        cure = "Remove this line, or put what follows into a file of its own."
        problems.append(Problem(Place(file, line, 1, 3), "second-document", message, cure))
    return (nodes[0] if nodes else None), problems


def read_documents(text: str, file: str) -> tuple[list[Node], list[Problem]]:
    """Read all YAML documents of a text, separated by lines of three dashes. Empty documents are skipped."""
    lines, problems = plain_text.clean(text, file)
    if not lines:
        return [], problems
    reading = _Reading(file, lines)
    nodes = [node for node in reading.documents() if not (isinstance(node, Scalar) and node.empty)]
    problems += reading.problems
    if not nodes and not problems:
        message = "The file is empty, or has nothing but comments."
        problems.append(Problem(Place(file, 1, 1), "empty-file", message))
    return nodes, problems


class _TooDeepError(Exception):
    """Lists and maps are nested deeper than MAX_DEPTH."""

    def __init__(self, place: Place) -> None:
        self.place = place


class _Shifts:
    """Maps columns of corrected lines to the columns of the file."""

    def __init__(self) -> None:
        self._edits: dict[int, list[hints.Edit]] = {}

    def add(self, edit: hints.Edit) -> None:
        self._edits.setdefault(edit.line, []).append(edit)

    def column(self, line: int, column: int) -> int:
        # Backwards: the last edit was made in a line that the earlier ones had changed already.
        for edit in reversed(self._edits.get(line, ())):
            if column >= edit.start + len(edit.text):
                column += edit.end - edit.start - len(edit.text)
            elif column > edit.start:
                column = edit.start + min(column - edit.start, edit.end - edit.start)
        return column


class _Reading:
    """Reads one text: parse, explain what stops the parser, correct it, and parse again."""

    def __init__(self, file: str, lines: list[str]) -> None:
        self._file = file
        self._page = hints.SourcePage(lines)
        self._shifts = _Shifts()
        self._seen: set[tuple[str, int, int, str]] = set()
        self._sure = True
        self._doubtful: range = range(0)
        self.problems: list[Problem] = []

    def documents(self) -> list[Node]:
        # Each round corrects at least one slip; the bound ends a text in which a correction brings a new slip for
        # ever.
        for _ in range(_MAX_ROUNDS):
            composer = _Composer(self._file, self._shifts)
            try:
                nodes = composer.documents("\n".join(self._page.lines))
            except yaml.MarkedYAMLError as error:
                if not self._after_failure(_failure(error)):
                    return []
            except _TooDeepError as error:
                message = f"More than {MAX_DEPTH} levels of lists and maps stand inside one another."
                self.problems.append(Problem(error.place, "too-deep", message))
                return []
            else:
                # Slips that a parser accepts are looked for once it reads to the end: before that, what it made of
                # the text is not known.
                if not self._take_all(self._hidden(composer)):
                    self.problems += composer.problems if self._sure else []
                    return nodes if self._sure else []
        return []

    def _after_failure(self, failure: hints.ParserFailure) -> bool:
        """Record the cause; return whether parsing can be tried again."""
        # First what can be seen in single lines, such as a full-width colon: it is the usual cause of a failure far
        # below it.
        if self._take_all(hints.look(self._page, hints.block_texts(self._page.lines))):
            return True
        slip = hints.explain(self._page, failure)
        # Behind a correction that was a guess, the next failure may be its consequence, and would send editors to the
        # wrong line.
        if slip.line in self._doubtful:
            return False
        if not slip.sure:
            self._doubtful = range(slip.line, slip.line + _DOUBT)
        return self._take(slip) and bool(slip.edits)

    def _hidden(self, composer: _Composer) -> Iterator[hints.Slip]:
        """Find what the parser accepted silently. One kind at a time, since each correction shifts the text."""
        texts = [text for text in composer.texts if text.style]
        skip = {number for text in texts for number in range(text.line + 1, text.last + 1)}
        slips = list(hints.look(self._page, skip))
        slips = slips or [slip for text in composer.texts if (slip := hints.swallowed(self._page, text))][:1]
        return iter(slips or [hints.lone_words(self._page, lone) for lone in composer.lone][:1])

    def _take_all(self, slips: Iterable[hints.Slip]) -> bool:
        """Record slips; return whether one of them changed the text."""
        changed = [slip for slip in slips if self._take(slip) and slip.edits]
        return bool(changed)

    def _take(self, slip: hints.Slip) -> bool:
        """Record a slip and apply its edits; return False if it was recorded before."""
        # One line may lack several commas before keys of the same name; of other rules one slip tells all.
        column = slip.column if slip.rule == "missing-comma" else 0
        identity = (slip.rule, slip.line, column, slip.message if slip.rule != "indentation" else "")
        if identity in self._seen:
            return False
        self._seen.add(identity)
        self.problems.append(self._problem(slip))
        # A tree is returned only if each correction was certain: a guess must never reach callers.
        self._sure = self._sure and (slip.level != "error" or (slip.sure and bool(slip.edits)))
        # From right to left, so that an edit does not move the places of those still to be made.
        for edit in sorted(slip.edits, key=lambda edit: edit.start, reverse=True):
            self._page.lines[edit.line] = hints.mended(self._page.lines[edit.line], [edit])
            self._shifts.add(edit)
        return True

    def _problem(self, slip: hints.Slip) -> Problem:
        related = tuple((self._place(*where), message) for *where, message in slip.related)
        place = self._place(slip.line, slip.column, slip.length)
        return Problem(place, slip.rule, slip.message, slip.cure, slip.level, related)

    def _place(self, line: int, column: int, length: int) -> Place:
        start, end = (self._shifts.column(line, at) for at in (column, column + length))
        return Place(self._file, line + 1, start + 1, max(1, end - start))


def _failure(error: yaml.MarkedYAMLError) -> hints.ParserFailure:
    at = error.problem_mark or error.context_mark
    line, column = (at.line, at.column) if at else (0, 0)
    opened = (error.context_mark.line, error.context_mark.column) if error.context_mark else (line, column)
    return hints.ParserFailure(error.problem or "", error.context or "", line, column, opened)


class _Composer:
    """Turns parser events into nodes, and records what flows do not allow."""

    def __init__(self, file: str, shifts: _Shifts) -> None:
        self._file = file
        self._shifts = shifts
        self.problems: list[Problem] = []
        self.texts: list[hints.Long] = []
        self.lone: list[hints.Lone] = []

    def documents(self, text: str) -> list[Node]:
        # Events, since PyYAML's nodes come with its own types: `on`, 0755 and 12:30 stay the text that is written.
        take: Callable[[], Any] = yaml.CSafeLoader(text).get_event
        nodes = []
        while type(event := take()) is not yaml.StreamEndEvent:
            if type(event) is yaml.DocumentStartEvent:
                nodes.append(self._node(take(), take, 0))
        return nodes

    def _node(self, event: Any, take: Callable[[], Any], depth: int) -> Node:
        kind = type(event)
        place = self._place(event)
        # An alias can repeat its own parent, and a file of a few lines can expand to gigabytes.
        if kind is yaml.AliasEvent:
            self._refuse(place, "anchor", f'"*{event.anchor}" would repeat another part; aliases are not used here.')
            return Scalar("", place)
        if event.anchor or event.tag:
            self._check(event, place)
        if kind is yaml.ScalarEvent:
            return self._scalar(event, place)
        if depth > MAX_DEPTH:
            raise _TooDeepError(place)
        if kind is yaml.MappingStartEvent:
            return self._mapping(event, place, take, depth)
        items: list[Node] = []
        while type(event := take()) is not yaml.SequenceEndEvent:
            node = self._node(event, take, depth + 1)
            # A block that turned out to be several items, of which only the first has its dash.
            several = type(event) is yaml.MappingStartEvent and isinstance(node, Sequence)
            items += node.items if several and isinstance(node, Sequence) else [node]
        return Sequence(tuple(items), place)

    def _scalar(self, event: Any, place: Place) -> Scalar:
        style = event.style
        if event.start_mark.line != event.end_mark.line:
            # libyaml ends a block text at the beginning of the next line.
            last = event.end_mark.line - (event.end_mark.column == 0)
            self.texts.append(hints.Long(event.start_mark.line, event.start_mark.column, last, style or ""))
        return Scalar(event.value, place, style in ("'", '"'), style in ("|", ">"))

    def _mapping(self, opened: Any, place: Place, take: Callable[[], Any], depth: int) -> Mapping | Sequence:
        """Return a block; a list of blocks where its keys begin again and again, because dashes are missing."""
        written: list[tuple[Scalar, Node]] = []
        lone: list[Any] = []
        while type(event := take()) is not yaml.MappingEndEvent:
            key = self._node(event, take, depth + 1)
            behind = take()
            value = self._node(behind, take, depth + 1)
            # An empty value has no width: {a, b} is a block of two keys without values to YAML, and a list to
            # editors.
            if opened.flow_style and behind.start_mark.index == event.end_mark.index:
                lone.append(event)
            if not isinstance(key, Scalar):
                self._refuse(key.place, "key-not-text", "A key must be a word or text, not a list or map.")
                continue
            if key.text in _SPECIAL and not key.quoted:
                self._refuse(key.place, *_SPECIAL[key.text])
            written.append((key, value))
        items = [] if opened.flow_style else items_without_dashes([key.text for key, _ in written])
        if items:
            return self._list_without_dashes([written[start:end] for start, end in items], place)
        entries: dict[str, tuple[Scalar, Node]] = {}
        for key, value in written:
            self._check_repeated(key, entries)
            # The first of two equal keys is kept; a problem names both, so neither is used in a call.
            entries.setdefault(key.text, (key, value))
        self._note_lone(opened, lone, len(entries))
        return Mapping(tuple(entries.values()), place)

    def _list_without_dashes(self, items: list[list[tuple[Scalar, Node]]], place: Place) -> Sequence:
        key = items[1][0][0]
        message = f'"{key.text}" begins a new item of a list here, and has no dash.'
        cure = f'Begin each of the {len(items)} items with a dash, as in "- {key.text}: …".'
        self.problems.append(Problem(key.place, "missing-dash", message, cure))
        return Sequence(tuple(Mapping(tuple(item), item[0][0].place) for item in items), place)

    def _note_lone(self, opened: Any, lone: list[Any], entries: int) -> None:
        start = opened.start_mark
        for event in lone:
            mark = event.start_mark
            alone = len(lone) >= entries
            self.lone.append(
                hints.Lone(mark.line, mark.column, event.end_mark.column, (start.line, start.column), alone)
            )

    def _check_repeated(self, key: Scalar, entries: dict[str, tuple[Scalar, Node]]) -> None:
        if key.text in entries:
            first = entries[key.text][0].place
            message = f'"{key.text}" is given twice, here and in line {first.line}.'
            related = ((first, "the first"),)
            self.problems.append(Problem(key.place, "repeated-key", message, "Keep one.", related=related))

    def _check(self, event: Any, place: Place) -> None:
        if event.anchor:
            message = f'"&{event.anchor}" would name this part for repeating; anchors are not used here.'
            self._refuse(place, "anchor", message)
        if event.tag:
            name = event.tag.replace("tag:yaml.org,2002:", "!!")
            self._refuse(place, "tag", f'"{name}" is a YAML tag; tags are not used here.')

    def _refuse(self, place: Place, rule: str, message: str) -> None:
        in_text = "If it belongs to the text, put the whole text in quotes."
        cure = in_text if rule in ("anchor", "tag") else "Write it out as plain keys, each with its value."
        self.problems.append(Problem(place, rule, message, cure))

    def _place(self, event: Any) -> Place:
        start, end = event.start_mark, event.end_mark
        length = end.column - start.column if start.line == end.line else 1
        column = self._shifts.column(start.line, start.column)
        return Place(self._file, start.line + 1, column + 1, length or 1)
