"""Find the type of the values that conditions compare, for rules."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from ivr.flow.card_schemes import CARD_SCHEMES
from ivr.flow.model import Flow, Hotline, Step
from ivr.flow.paths_read import Path
from ivr.flow.questions import ANSWER_KINDS, AnswerField
from ivr.flow.standing_values import STANDING_VALUES, VALUE_TYPES

from ._questions import AnswerFields, fields_at
from ._rule import Parts
from ._values import BY_NAME

FLAG, NUMBER, DATE, TIME, DATETIME = "flag", "number", "date", "time", "datetime"
LITERAL_FORMS = {
    DATE: (re.compile(r"\d{4}-\d{2}-\d{2}"), "2026-12-30"),
    TIME: (re.compile(r"([01]\d|2[0-3]):[0-5]\d(:[0-5]\d)?"), "09:00"),
    DATETIME: (re.compile(r"\d{4}-\d{2}-\d{2}(T\d{2}:\d{2}.*)?"), "2026-12-30T09:00"),
}
"""The form of a literal that compares with a date or time, and a sample."""

_NUMBERS = {"number", "count", "ordinal", "duration", "amount", "percent"}


@dataclass(frozen=True)
class KindsOfValues:
    """The types and the possible texts of a flow's values; what is missing can be anything."""

    types: Mapping[str, str]
    answers: AnswerFields
    texts: Mapping[str, tuple[str, ...]]

    def type_of(self, path: Path) -> str:
        """Return the type of a value, or "" for one that can be anything."""
        if path[0] in STANDING_VALUES:
            name = f"{path[0]}.NAME.{path[2]}" if path[0] in BY_NAME and len(path) == 3 else ".".join(path)
            return VALUE_TYPES.get(name, "")
        if len(path) == 1:
            return self.types.get(path[0], "")
        fields = {_type_of_field(field) for field in fields_at(path, self.answers).fields}
        return fields.pop() if len(fields) == 1 else ""

    def texts_of(self, path: Path) -> tuple[str, ...]:
        """Return the texts that a value can be; nothing for one that can be any."""
        return self.texts.get(".".join(path), ())


def kinds_of_values(flow: Flow, parts: Parts, answers: AnswerFields) -> KindsOfValues:
    """Return the types and texts of a flow's values."""
    types: dict[str, set[str]] = {}
    for step in flow.steps.values():
        for name, holds in step.sets().items():
            types.setdefault(name, set()).add(holds if holds in (NUMBER, DATE, TIME) else "")
    single = {name: kinds.pop() for name, kinds in types.items() if len(kinds) == 1 and name not in flow.parameters}
    return KindsOfValues(single, answers, {**_texts_of_the_line(flow, parts.line), **_texts_of_menus(flow)})


def _texts_of_the_line(flow: Flow, line: Hotline | None) -> dict[str, tuple[str, ...]]:
    cards = {f"{name}.scheme": CARD_SCHEMES for step in flow.steps.values() for name in _cards(step)}
    standing = {
        "caller.profile": ("elderly", "standard"),
        "call.language": flow.languages,
    }
    if line is None:
        return {**cards, **standing}
    return {
        **cards,
        **standing,
        "caller.priority": line.classes.priorities,
        "caller.tier": (*line.segments, "none"),
        "caller.desk": tuple(line.desks),
    }


def _cards(step: Step) -> Iterator[str]:
    return (name for name, holds in step.sets().items() if holds == "pan")


def _texts_of_menus(flow: Flow) -> dict[str, tuple[str, ...]]:
    """Return the values of choices by the variable that keeps them, where nothing else sets it."""
    texts: dict[str, tuple[str, ...]] = {}
    others: set[str] = set(flow.parameters)
    for step in flow.steps.values():
        values = tuple(choice.value for choice in step.own_choices() if choice.value)
        for name, holds in step.sets().items():
            if holds == "text" and values:
                texts[name] = (*texts.get(name, ()), *values)
            else:
                others.add(name)
    return {name: values for name, values in texts.items() if name not in others}


def _type_of_field(field: AnswerField) -> str:
    if field.words == ANSWER_KINDS[FLAG].words:
        return FLAG
    if DATETIME in field.kinds:
        return DATETIME
    if field.kinds in ((DATE,), (TIME,)):
        return field.kinds[0]
    # The first kind is what the value is; the others are further ways to read it, as digits may be read as text.
    return NUMBER if field.kinds and set(field.kinds[:1]) <= _NUMBERS else ""
