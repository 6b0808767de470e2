"""Every value that is read is set somewhere, and no secret is spoken."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from keyword import iskeyword
from typing import Any

from ivr.diagnostics.problem import Place, Problem
from ivr.flow.expressions import CONSTANTS, Expression
from ivr.flow.model import Flow, Hotline, within
from ivr.flow.text import Slot, Template
from ivr.secret import SECRET_KINDS as SECRET_KINDS
from ivr.yamlfile.suggest import did_you_mean

GIVEN: Mapping[str, Mapping[str, str]] = {
    "call": {
        "number": "the number that was called",
        "language": "the language that is spoken now, such as `zh-CN`",
        "date": "today in China, as 2026-11-21",
        "time": "the time in China, as 15:05",
        "hour": "its hour, 0 to 23",
        "weekday": "1 for Monday to 7 for Sunday",
    },
    "caller": {
        "number": "the number that calls, as +8613800000001",
        "known": "whether the bank knows this number",
        "shown": "whether that is a telephone that can be called back; not so where it is withheld, or a SIP address",
        "segment": "the bank's group of customers: 'standard', 'vip', 'corporate' ...; 'none' for unknown numbers",
        "name": "the customer's name",
        "age": "the customer's age in years",
        "born": "the customer's date of birth",
        "customer": "the bank's own key for the customer",
        "profile": "the menu that was chosen in this call or an earlier one: 'elderly' or 'standard'; else none",
        "frequent": "the `reason`s that this number calls for most, two at most; none for elderly callers",
        "risk": "whether the bank warns of fraud with this number or customer: warn, and lead to a person",
        "tier": "the caller's segment in `line.yaml`; 'none' for callers of none",
        "desk": "the desk of that segment; for callers of none the `desk` of `line.yaml`",
        "priority": "the priority of that segment: 'normal', 'elderly', 'vip' ...",
    },
    "line": {
        "open": "whether the called number is open now, by its `hours` in `line.yaml`",
        "next_opening": "when it opens next, as 2026-11-23T09:00; none while it is open",
    },
    "desks": {
        "NAME.open": "whether that desk of `line.yaml` is open now",
        "NAME.next_opening": "when it opens next; none while it is open",
    },
    "queue": {
        "position": "the caller's place among those who wait for an agent; none for a caller who has not waited",
        "minutes": "the expected wait as it was told last; none while nobody can tell",
        "call_back": "whether the wait is long enough to offer a call back",
    },
    "identity": {"level": "the level that the caller has proved, 0 to 3"},
    "card": {"tail": "the last four digits of the card by which the caller was verified"},
}
"""Values that every flow can read, and their parts."""

_OPEN = ("caller", "card")
"""Of these the bank may give further parts."""


_DESK_PARTS = tuple(part.partition(".")[2] for part in GIVEN["desks"])


def check(flow: Flow, line: Hotline | None) -> Iterator[Problem]:
    """Check every value that a text or a condition reads, and what the flow gives back."""
    yield from _all_read(flow)
    yield from _of_the_line(flow, line)


def _all_read(flow: Flow) -> Iterator[Problem]:
    known, secrets = _known(flow), _secrets(flow)
    yield from _names(flow)
    for step in flow.written_steps():
        yield from _read_in(step, known | ({"item"} if step.for_one_item() is not step else set()), secrets)
    yield from _read_in(flow.globals, known, secrets)
    for name in flow.returns:
        if name not in known:
            message = f'"{name}" is given back, but nothing in this flow sets it.'
            yield Problem(flow.place_of("returns"), "unknown-value", message, _cure(name, known))
        elif name in secrets:
            message = f'"{name}" is secret and cannot be given back.'
            cure = "Use it in this flow, and give back what came of it."
            yield Problem(flow.place_of("returns"), "secret-spoken", message, cure)


def _names(flow: Flow) -> Iterator[Problem]:
    """Check that what steps set, and what the flow is given, can be read again."""
    for name in flow.parameters:
        yield from _name(name, flow.place_of("parameters"))
    for step in flow.written_steps():
        for name in step.sets():
            yield from _name(name, step.place_of("as" if "as" in step.places else step.kind))


def _name(name: str, place: Place) -> Iterator[Problem]:
    if name in GIVEN or name == "item":
        message = f'"{name}" is the name of a value that is there in every flow.'
        yield Problem(place, "bad-name", message, "Take another name.")
    elif not name.isidentifier() or name.startswith("_") or iskeyword(name) or name in CONSTANTS:
        message = f'"{name}" cannot be the name of a value: no text or condition could read it.'
        cure = "Take letters, digits and _ only, and none of the words of conditions."
        yield Problem(place, "bad-name", message, cure)


def _known(flow: Flow) -> frozenset[str]:
    return frozenset(GIVEN) | {name for step in flow.steps.values() for name in step.sets()} | set(flow.parameters)


def _secrets(flow: Flow) -> frozenset[str]:
    """Name the variables that hold a secret: collected as one, or set to another one."""
    found = {name for step in flow.steps.values() for name, holds in step.sets().items() if holds in SECRET_KINDS}
    copies = [pair for step in flow.steps.values() for pair in step.assigns().items()]
    while more := {name for name, value in copies if any(path[0] in found for path in value.paths())} - found:
        found |= more
    return frozenset(found)


def _of_the_line(flow: Flow, line: Hotline | None) -> Iterator[Problem]:
    """Check what is read of opening hours: single values only, which are worked out when they are read."""
    for path, place in _paths([flow.globals, *flow.written_steps()]):
        if path == ("line",):
            parts = " or ".join(f'"line.{part}"' for part in GIVEN["line"])
            yield Problem(place, "unknown-value", '"line" is several values.', f"Read {parts}.")
        elif path[0] == "desks" and (len(path) != 3 or path[2] not in _DESK_PARTS):
            desk = path[1] if len(path) > 1 else "general"
            cure = "Read " + " or ".join(f'"desks.{desk}.{part}"' for part in _DESK_PARTS) + "."
            yield Problem(place, "unknown-value", f'"{".".join(path)}" is no value.', cure)
        elif path[0] == "desks" and line is not None and path[1] not in line.desks:
            cure = did_you_mean(path[1], line.desks) or f"The desks are {', '.join(line.desks)}."
            yield Problem(place, "unknown-desk", f'"{path[1]}" is no desk of line.yaml.', cure)


def _paths(part: Any) -> Iterator[tuple[tuple[str, ...], Place]]:
    for template in within(part, Template):
        yield from ((slot.path, slot.place or template.place) for slot in template.slots())
    for expression in within(part, Expression):
        yield from ((path, expression.place) for path in expression.paths())


def _read_in(part: Any, known: frozenset[str], secrets: frozenset[str]) -> Iterator[Problem]:
    for template in within(part, Template):
        for slot in template.slots():
            yield from _value(slot.path, slot.place or template.place, known)
            if slot.path[0] in secrets:
                yield _spoken(slot, template)
    for expression in within(part, Expression):
        for path in expression.paths():
            yield from _value(path, expression.place, known)


def _spoken(slot: Slot, template: Template) -> Problem:
    message = f'"{slot.path[0]}" is secret and cannot be spoken.'
    cure = "Speak what the bank gives back for it, such as {card.tail|card_tail}, or nothing."
    return Problem(slot.place or template.place, "secret-spoken", message, cure)


def _value(path: tuple[str, ...], place: Place, known: frozenset[str]) -> Iterator[Problem]:
    if path[0] == "item" and "item" not in known:
        message = '"item" is there only in a step that has "each".'
        yield Problem(place, "unknown-value", message, 'Add "each:" with a list, or name another value.')
    elif path[0] not in known:
        yield Problem(place, "unknown-value", f'Nothing in this flow sets "{path[0]}".', _cure(path[0], known))
    elif len(path) > 1 and path[0] in GIVEN and path[0] != "desks" and path[1] not in GIVEN[path[0]]:
        yield from _part(path, place)


def _part(path: tuple[str, ...], place: Place) -> Iterator[Problem]:
    parts = GIVEN[path[0]]
    near = did_you_mean(path[1], parts)
    if path[0] not in _OPEN:
        message = f'"{path[0]}" has no "{path[1]}".'
        yield Problem(place, "unknown-value", message, near or f"It has {', '.join(parts)}.")
    elif near:
        message = f'"{path[0]}" has no "{path[1]}", unless your bank gives it.'
        yield Problem(place, "unknown-value", message, near, "warning")


def _cure(name: str, known: frozenset[str]) -> str:
    return did_you_mean(name, known) or f"There are {', '.join(sorted(known))}."
