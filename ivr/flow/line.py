"""`line.yaml`: the telephone side of the service. Called numbers and their flows, and the desks where people answer."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from ..problem import Place, Problem
from .fields import Block, MapOf, Reading, option, options, read_options
from .model import Desk, Line
from .near import did_you_mean
from .scalars import Name, Seconds, Word
from .source import Mapping as SourceMapping
from .source import Node


@dataclass(frozen=True)
class DeskFields:
    """The keys of a desk."""

    number: str = option(Word("a telephone number"), help="The number that reaches the desk, with country code.")
    timeout: float = option(Seconds(5, 600), help="How long it rings.", default=30.0, shown="30s")


@dataclass(frozen=True)
class LineFields:
    """The keys of `line.yaml`."""

    lines: Mapping[str, str] = option(
        MapOf(Name("the name of a flow")), help="The flow for each called number; `default` is for all others."
    )
    desks: Mapping[str, DeskFields] = option(
        MapOf(Block(DeskFields, "a desk", short="number")), help="The desks by name: a number, or {number, timeout}."
    )
    desk: str = option(Name("the name of a desk"), help="The desk that callers reach when all else fails.")


def read_line(node: Node | None, place: Place, *, given: bool) -> tuple[Line | None, list[Problem]]:
    """Read `line.yaml`. `given` tells whether the file is there at all; if it can't be parsed that was said already."""
    reading = Reading()
    if node is None:
        if not given:
            cure = "It names the flow for each called number (lines), the desks, and the desk for emergencies (desk)."
            reading.problem(place, "no-line-file", "There is no line.yaml beside the flows.", cure)
        return None, reading.problems
    if not isinstance(node, SourceMapping):
        reading.problem(
            node.place, "wrong-type", 'A file "line.yaml" is a block of keys.', "Its keys are lines, desks and desk."
        )
        return None, reading.problems
    values = read_options(node, options(LineFields), reading, what="line.yaml")
    if values is None:
        return None, reading.problems
    fields = LineFields(**values)
    if "default" not in fields.lines:
        cure = 'Add "default:" with a flow, as in: default: main_menu'
        reading.problem(place_of(node, "lines"), "no-default-line", '"lines" has no "default".', cure)
    if fields.desk not in fields.desks:
        message = f'There is no desk "{fields.desk}".'
        cure = did_you_mean(fields.desk, fields.desks) or f"The desks are {', '.join(fields.desks)}."
        reading.problem(place_of(node, "desk"), "unknown-desk", message, cure)
    desks = {name: Desk(name, desk.number, int(desk.timeout)) for name, desk in fields.desks.items()}
    written = node.get("lines")
    assert isinstance(written, SourceMapping)  # noqa: S101
    places = {key.text: value.place for key, value in written.entries}
    return (None if reading.problems else Line(fields.lines, desks, fields.desk, places)), reading.problems


def place_of(node: SourceMapping, key: str) -> Place:
    """Return where the value of a key stands."""
    value = node.get(key)
    return node.place if value is None else value.place
