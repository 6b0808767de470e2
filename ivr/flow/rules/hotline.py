"""What must hold between the parts of `line.yaml`: names that are defined, segments that can be reached."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from ivr.diagnostics.problem import Place, Problem
from ivr.flow.expressions import Expression
from ivr.flow.model import ALWAYS, OWN_DESK, PRIORITIES, Hotline, Reference
from ivr.yamlfile.source import Mapping
from ivr.yamlfile.suggest import did_you_mean

from .values import GIVEN

_BY_SEGMENT = ("tier", "desk", "priority")
"""The parts of `caller` that only come from the segment."""


def check_line(line: Hotline, node: Mapping) -> Iterator[Problem]:
    """Check `line.yaml` as far as it goes by itself; `node` tells where things are written."""
    if "default" not in line.numbers:
        cure = 'Add "default:" with a flow, as in: default: main_menu'
        yield Problem(_place_of(node, "lines"), "no-default-line", '"lines" has no "default".', cure)
    yield from _hours(line, node)
    yield from _desks(line, node)
    yield from _segments(line, node)
    yield from _priorities(node)


def _hours(line: Hotline, node: Mapping) -> Iterator[Problem]:
    if ALWAYS in line.hours:
        message = f'"{ALWAYS}" names hours that never end, and cannot mean others.'
        yield Problem(_key(node, "hours", ALWAYS), "bad-name", message, "Take another name.")
    named = [number.hours for number in line.numbers.values()] + [desk.hours for desk in line.desks.values()]
    yield from _undefined(named, (*line.hours, ALWAYS), "unknown-hours", "opening hours", "hours")


def _desks(line: Hotline, node: Mapping) -> Iterator[Problem]:
    if OWN_DESK in line.desks:
        message = f'"{OWN_DESK}" stands for the desk of the caller\'s own segment, so no desk can be called that.'
        yield Problem(_key(node, "desks", OWN_DESK), "bad-name", message, "Take another name.")
    wanted = [Reference(line.desk, _place_of(node, "desk")), *(one.desk for one in line.segments.values())]
    wanted += [desk for one in line.desks.values() for desk in one.overflow]
    yield from _undefined(wanted, line.desks, "unknown-desk", "desk", "desks")


def _priorities(node: Mapping) -> Iterator[Problem]:
    queue = node.get("queue")
    given = queue.get("head_starts") if isinstance(queue, Mapping) else None
    for key, _ in given.entries if isinstance(given, Mapping) else ():
        if key.text not in PRIORITIES:
            cure = did_you_mean(key.text, PRIORITIES) or f"There are {', '.join(PRIORITIES)}."
            yield Problem(key.place, "unknown-priority", f'There is no priority "{key.text}".', cure)


def _segments(line: Hotline, node: Mapping) -> Iterator[Problem]:
    named = [number.segment for number in line.numbers.values() if number.segment]
    yield from _undefined(named, line.segments, "unknown-segment", "segment", "segments")
    by_number = {reference.name for reference in named}
    everyone = ""
    for name, segment in line.segments.items():
        if everyone and name not in by_number:
            message = f'Nobody belongs to "{name}": "{everyone}", which stands before it, takes all callers.'
            cure = f'Give "{everyone}" a "when", or put it last.'
            yield Problem(_key(node, "segments", name), "never-reached", message, cure)
        if segment.when is None:
            everyone = everyone or (name if name not in by_number else "")
        else:
            yield from _condition(segment.when)


def _condition(when: Expression) -> Iterator[Problem]:
    parts = [part for part in GIVEN["caller"] if part not in _BY_SEGMENT]
    for path in when.paths():
        if path[0] != "caller" or len(path) < 2 or path[1] in _BY_SEGMENT:
            message = f'"{".".join(path)}" is not known when the segment of a caller is looked for.'
            cure = f"Compare what is known of the caller: {', '.join(f'caller.{part}' for part in parts)}."
            yield Problem(when.place, "unknown-value", message, cure)
        elif path[1] not in parts and (near := did_you_mean(path[1], parts)):
            message = f'"caller" has no "{path[1]}", unless your bank gives it.'
            yield Problem(when.place, "unknown-value", message, near, "warning")


def _undefined(
    named: Iterable[Reference | None], there: Iterable[str], rule: str, what: str, key: str
) -> Iterator[Problem]:
    names = list(there)
    for reference in named:
        if reference is not None and reference.name not in names:
            message = f'There is no {what} "{reference.name}".'
            listed = f'Under "{key}" there {"is" if len(names) == 1 else "are"} {", ".join(names)}.'
            cure = did_you_mean(reference.name, names) or (listed if names else f'Define it under "{key}".')
            yield Problem(reference.place, rule, message, cure)


def _key(node: Mapping, block: str, name: str) -> Place:
    """Return where a name is written that a block defines."""
    written = node.get(block)
    key = written.key(name) if isinstance(written, Mapping) else None
    return key.place if key else node.place


def _place_of(node: Mapping, key: str) -> Place:
    """Return where the value of a key stands."""
    value = node.get(key)
    return node.place if value is None else value.place
