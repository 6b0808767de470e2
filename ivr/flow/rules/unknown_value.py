"""Check that every value that is read is also set."""

from __future__ import annotations

from collections.abc import Iterator

from ivr.diagnostics.problem import Place, Problem
from ivr.flow.expressions import Expression
from ivr.flow.model import Flow, Hotline
from ivr.flow.paths_read import Path, paths_read
from ivr.flow.standing_values import OPEN_VALUES, STANDING_VALUES
from ivr.yamlfile.source import Mapping
from ivr.yamlfile.suggest import did_you_mean

from ._rule import Parts, Rule
from ._values import BY_NAME, is_value_by_name, names_set, readable_in

_BY_SEGMENT = ("tier", "desk", "priority")
"""The parts of `caller` that only come from the segment."""

_SAMPLE_NAMES = {"desks": "general", "hours": "counter"}


def check(flow: Flow, parts: Parts) -> Iterator[Problem]:
    """Check every value that a text or a condition reads, and those that the flow returns."""
    names = names_set(flow)
    words = frozenset(parts.line.classes.ticket_kinds) if parts.line else frozenset()
    if parts.line is not None:
        yield from _numbers(flow, parts.line)
        yield from _values_of_numbers(flow, parts.line)
    for step in flow.written_steps():
        for path, place, _ in paths_read(step):
            yield from _value(path, place, readable_in(step, names), words)
    for path, place, _ in paths_read(flow.globals):
        yield from _value(path, place, names)
    for name in flow.returns:
        if name not in names:
            message = f'"{name}" is returned, but nothing in this flow sets it.'
            yield Problem(flow.place_of("returns"), RULE.id, message, _cure(name, names))


def check_segments(line: Hotline, node: Mapping) -> Iterator[Problem]:
    """Check the conditions of segments, which are evaluated when only the caller's record is available."""
    del node
    for segment in line.segments.values():
        if segment.when is not None:
            yield from _condition(segment.when)


def _numbers(flow: Flow, line: Hotline) -> Iterator[Problem]:
    """Check every telephone number of line.yaml that the flow reads."""
    for path, place, _ in paths_read([flow.globals, *flow.written_steps()]):
        if path[0] == "numbers" and (len(path) != 2 or path[1] not in line.telephone_numbers):
            numbers = line.telephone_numbers
            cure = did_you_mean(path[-1], numbers) or f"line.yaml has {', '.join(numbers) or 'none'} under numbers."
            yield Problem(place, RULE.id, f'There is no number "{".".join(path[1:])}" in line.yaml.', cure)


def _values_of_numbers(flow: Flow, line: Hotline) -> Iterator[Problem]:
    """Check every value of the called number that the flow reads: each number that plays the flow must have it."""
    # A flow that no number plays may be led to from any of them.
    playing = {called for called, number in line.numbers.items() if number.flow.name == flow.name} or set(line.numbers)
    names = {name: None for number in line.numbers.values() for name in number.values}
    for path, place, _ in paths_read([flow.globals, *flow.written_steps()]):
        if path[:2] != ("line", "values"):
            continue
        if len(path) != 3 or path[2] not in names:
            cure = did_you_mean(path[-1], names) or f"The called numbers have {', '.join(names) or 'no values'}."
            yield Problem(place, RULE.id, f'No called number of line.yaml has a value "{".".join(path[2:])}".', cure)
        elif lacking := sorted(called for called in playing if path[2] not in line.values_of(called)):
            cure = f"Add it there, or under default for all numbers without one: values: {{{path[2]}: …}}"
            yield Problem(place, RULE.id, f'The called number "{lacking[0]}" has no value "{path[2]}".', cure)


def _value(path: Path, place: Place, names: frozenset[str], words: frozenset[str] = frozenset()) -> Iterator[Problem]:
    """Check one value; `words` are those of the line that stand for themselves in some keys."""
    if path[0] == "item" and "item" not in names:
        message = '"item" is there only in a step that has "each".'
        yield Problem(place, RULE.id, message, 'Add "each:" with a list, or name another value.')
    elif path[0] not in names:
        near = did_you_mean(path[0], names) or (did_you_mean(path[0], words) if len(path) == 1 else "")
        # Names of values are written small, so that a word with a capital was probably meant as a text.
        looks_like_text = len(path) == 1 and (not path[0].isascii() or path[0][0].isupper())
        as_text = f"If it is a text, write {{text: {path[0]}}}." if looks_like_text else ""
        yield Problem(
            place, RULE.id, f'Nothing in this flow sets "{path[0]}".', near or as_text or _cure(path[0], names)
        )
    elif path == ("line",):
        parts = " or ".join(f'"line.{part}"' for part in STANDING_VALUES["line"])
        yield Problem(place, RULE.id, '"line" is several values.', f"Read {parts}.")
    # Checked against line.yaml above, with the numbers and names that it has.
    elif path[0] == "numbers" or path[:2] == ("line", "values"):
        return
    elif path[0] in BY_NAME:
        yield from _value_by_name(path, place)
    elif len(path) > 1 and path[0] in STANDING_VALUES and path[1] not in STANDING_VALUES[path[0]]:
        yield from _part(path, place)


def _value_by_name(path: Path, place: Place) -> Iterator[Problem]:
    if not is_value_by_name(path, path[0]):
        name = path[1] if len(path) > 1 else _SAMPLE_NAMES[path[0]]
        parts = [part.partition(".")[2] for part in STANDING_VALUES[path[0]]]
        cure = "Read " + " or ".join(f'"{path[0]}.{name}.{part}"' for part in parts) + "."
        yield Problem(place, RULE.id, f'"{".".join(path)}" is no value.', cure)


def _part(path: Path, place: Place) -> Iterator[Problem]:
    parts = STANDING_VALUES[path[0]]
    near = did_you_mean(path[1], parts)
    if path[0] not in OPEN_VALUES:
        message = f'"{path[0]}" has no "{path[1]}".'
        yield Problem(place, RULE.id, message, near or f"It has {', '.join(parts)}.")
    elif near:
        yield _unless_the_bank_has_it(path, place, near)


def _condition(when: Expression) -> Iterator[Problem]:
    parts = [part for part in STANDING_VALUES["caller"] if part not in _BY_SEGMENT]
    for path in when.paths():
        if path[0] != "caller" or len(path) < 2 or path[1] in _BY_SEGMENT:
            message = f'"{".".join(path)}" is not available when a caller\'s segment is determined.'
            cure = f"Use the values of the caller: {', '.join(f'caller.{part}' for part in parts)}."
            yield Problem(when.place, RULE.id, message, cure)
        elif path[1] not in parts and (near := did_you_mean(path[1], parts)):
            yield _unless_the_bank_has_it(path, when.place, near)


# A warning: a bank may send parts of its own, and only a near miss is worth a word.
def _unless_the_bank_has_it(path: Path, place: Place, near: str) -> Problem:
    return Problem(place, RULE.id, f'"{path[0]}" has no "{path[1]}", unless your bank gives it.', near, "warning")


def _cure(name: str, names: frozenset[str]) -> str:
    if not (near := did_you_mean(name, names)) and not name.isascii():
        return f"If it is a text, write {{text: {name}}}."
    return near or f"There are {', '.join(sorted(names))}."


RULE = Rule(
    "unknown-value",
    "A text or condition reads a value that nothing sets (warning where only the bank can know).",
    flow=check,
    line=check_segments,
    whole=True,
)
