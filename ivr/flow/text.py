"""Texts that callers hear: one template per language, with typed slots such as `{account.balance|amount}`."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from ivr.diagnostics.problem import Place

from .evaluation import at_path
from .expressions import Expression, ExpressionError, parse_expression
from .standing_values import STANDING_VALUES, kind_to_advise

TEXTS, ANY_LANGUAGE = "texts", "*"
"""The name before those of line.yaml's texts, and the language of one that is written for all."""

_NOWHERE = Place("", 0, 0)
# Doubled braces come first, or "{{" would be taken for the beginning of a slot. A brace that stands alone comes last,
# as a fault.
_SLOT = re.compile(r"\{\{|\}\}|\{([^{}]*)\}|[{}]")
_PATH = re.compile(r"[^\W\d]\w*(\.\w+|\[[\w. +-]+\])*\Z")


class TemplateError(ValueError):
    """A slot cannot be parsed; message and cure are written for editors. `offset` counts characters from the start.

    `further` are the errors of other slots in the same text.
    """

    further: tuple[TemplateError, ...] = ()

    def __init__(self, message: str, cure: str, offset: int) -> None:
        self.cure = cure
        self.offset = offset
        super().__init__(message)


@dataclass(frozen=True)
class Slot:
    """A value inside a text: the path of its variable, and the value kind by which it is spoken.

    `item` is the value itself where a place in a list is part of it, as in `sites[number].name`.
    """

    path: tuple[str, ...]
    kind: str
    argument: str = ""
    offset: int = field(default=0, compare=False)
    place: Place | None = field(default=None, compare=False)
    item: Expression | None = None

    def value(self, values: Mapping[str, Any]) -> Any:
        """Return the value, or None for one that is not set."""
        return at_path(self.path, values) if self.item is None else self.item(values)


@dataclass(frozen=True)
class Template:
    """A text in one language: wording and slots, in order."""

    parts: tuple[str | Slot, ...]
    place: Place = field(compare=False)

    @cached_property
    def fixed(self) -> str | None:
        """Return the whole text if it has no slot, else None."""
        if any(True for _ in self.slots()):
            return None
        return "".join(part for part in self.parts if isinstance(part, str))

    @cached_property
    def names(self) -> frozenset[str]:
        """The variables that the slots read."""
        items = (slot.item for slot in self.slots() if slot.item)
        return frozenset({slot.path[0] for slot in self.slots()} | {path[0] for each in items for path in each.paths()})

    def slots(self) -> Iterator[Slot]:
        """Yield the slots in order."""
        return (part for part in self.parts if isinstance(part, Slot))

    def missing(self, values: Mapping[str, Any]) -> str:
        """Return the name of the first value that an answer lacks, or has null for, though the answer is there."""
        # Only holes in an answer that has come: that a variable is set at all is proved before a flow is published.
        parts = (slot for slot in self.slots() if len(slot.path) > 1 and slot.path[0] not in STANDING_VALUES)
        lacking = (slot for slot in parts if values.get(slot.path[0]) is not None and slot.value(values) is None)
        return next((".".join(slot.path) for slot in lacking), "")

    def fill(self, values: Mapping[str, Any], aloud: Callable[[Any, str, str], str]) -> str:
        """Fill the slots. A missing value leaves its slot empty: a text must never break a call."""
        return "".join(part if isinstance(part, str) else self._filled(part, values, aloud) for part in self.parts)

    @staticmethod
    def _filled(slot: Slot, values: Mapping[str, Any], aloud: Callable[[Any, str, str], str]) -> str:
        value = slot.value(values)
        if value is None:
            return ""
        return aloud(value, slot.kind, slot.argument)


def nearest_language(language: str, tags: Collection[str], families: Mapping[str, str]) -> str:
    """Choose from `tags` the requested language, else one of the same family, else the first."""
    if language in tags:
        return language
    family = families.get(language)
    # Another variety of a language, such as en-GB for en-US, is understood better than the first text in another
    # language.
    return next((tag for tag in tags if family and families.get(tag) == family), next(iter(tags)))


@dataclass(frozen=True)
class Text:
    """A text in one or several languages. `by_language` is never empty; its first entry is the fallback."""

    by_language: Mapping[str, Template]
    place: Place = field(compare=False)
    families: Mapping[str, str] = field(default_factory=dict, compare=False, repr=False)

    def language_for(self, language: str) -> str:
        """Return the language to use: the requested one, else one of the same family, else the first."""
        if language in self.by_language:
            return language
        return nearest_language(language, self.by_language, self.families)

    def template(self, language: str) -> Template:
        """Return the template of `language_for`."""
        return self.by_language[self.language_for(language)]


def parse_template(text: str, place: Place) -> Template:
    """Split a text at its slots; `{{` and `}}` are braces. Raises TemplateError for invalid slots."""
    parts: list[str | Slot] = []
    faults: list[TemplateError] = []
    last = 0
    for match in _SLOT.finditer(text):
        _wording(parts, text[last : match.start()])
        last = match.end()
        # Each faulty slot is noted, and the next one read, so that an editor sees all of them.
        if match.group() in ("{{", "}}"):
            _wording(parts, match.group()[0])
            continue
        try:
            parts.append(_slot(match))
        except TemplateError as fault:
            faults.append(fault)
    if faults:
        faults[0].further = tuple(faults[1:])
        raise faults[0]
    _wording(parts, text[last:])
    return Template(tuple(parts), place)


def _wording(parts: list[str | Slot], text: str) -> None:
    # Words around an escaped brace are one part: recordings and caches are looked up by whole texts.
    if text and parts and isinstance(parts[-1], str):
        parts[-1] += text
    elif text:
        parts.append(text)


def _slot(match: re.Match[str]) -> Slot:
    inside, offset = match.group(1), match.start()
    if inside is None:
        sign = match.group()
        cure = f'A value is written {{name|kind}}; to speak of a brace itself, write it twice: "{sign}{sign}".'
        raise TemplateError(f'A "{sign}" stands alone in this text.', cure, offset)
    path, bar, kind = (piece.strip() for piece in inside.partition("|"))
    if not _PATH.match(path):
        raise TemplateError(f'"{{{inside}}}" names no value.', "Write it as in {account.balance|amount}.", offset)
    if path.startswith(f"{TEXTS}.") and path.count(".") == 1:  # words of the line, not a value
        return Slot(tuple(path.split(".")), "", "", offset)
    # No default kind: "95588" read as a number is ninety-five thousand, and the wrong reading is noticed by callers
    # first.
    if not bar or not kind:
        message = f'"{{{inside}}}" does not say how the value is read aloud.'
        cure = f"Add a kind, as in {{{path}|{kind_to_advise(path)}}}; README.md beside the flows lists all kinds."
        raise TemplateError(message, cure, offset)
    name, _, argument = (piece.strip() for piece in kind.partition(":"))
    if "[" not in path:
        return Slot(tuple(path.split(".")), name, argument, offset)
    try:
        # The place is not known here; the field that holds the text puts it in.
        item = parse_expression(path, _NOWHERE)
    except ExpressionError as error:
        raise TemplateError(str(error), error.cure, offset) from None
    return Slot(next(item.paths()), name, argument, offset, item=item)
