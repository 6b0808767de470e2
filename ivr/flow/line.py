"""`line.yaml`: the telephone side of the service. Called numbers, opening hours, desks, segments and announcements."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from ..calendar import Hours
from ..problem import Place, Problem
from .checks.line import check_line
from .expressions import Expression
from .fields import Block, MapOf, Reading, option, options, read_options
from .model import PRIORITIES, CalledNumber, Desk, Line, Reference, Segment
from .references import OpeningHours, PreparedTexts, Referring
from .routes import Condition
from .scalars import Name, OneOf, Seconds, Word
from .source import Mapping as SourceMapping
from .source import Node
from .text import Text
from .wordings import Language

_HOURS = Referring(Name("the name of opening hours, or always"))
_DESK = Referring(Name("the name of a desk"))


@dataclass(frozen=True)
class NumberFields:
    """The keys of a called number."""

    flow: Reference = option(Referring(Name("the name of a flow")), help="The flow that it plays.")
    language: Reference | None = option(
        Referring(Language()), help="The language that its calls begin in.", default=None, shown="the flow's"
    )
    segment: Reference | None = option(
        Referring(Name("the name of a segment")),
        help="The segment that all its callers belong to.",
        default=None,
        shown="by the conditions of `segments`",
    )
    hours: Reference | None = option(
        _HOURS, help="When it is open: flows read `line.open`.", default=None, shown="always"
    )


@dataclass(frozen=True)
class SegmentFields:
    """The keys of a segment."""

    when: Expression | None = option(
        Condition(), help="Who belongs to it, by `caller.…`.", default=None, shown="everyone"
    )
    desk: Reference | None = option(
        _DESK, help="The desk that they get.", default=None, shown="the `desk` of line.yaml"
    )
    priority: str = option(OneOf(PRIORITIES), help="How urgent they are taken.", default="normal")


@dataclass(frozen=True)
class DeskFields:
    """The keys of a desk."""

    number: str = option(Word("a telephone number"), help="The number that reaches the desk, with country code.")
    timeout: float = option(Seconds(5, 600), help="How long it rings.", default=30.0, shown="30s")
    hours: Reference | None = option(_HOURS, help="When people are there.", default=None, shown="always")


@dataclass(frozen=True)
class LineFields:
    """The keys of `line.yaml`."""

    lines: Mapping[str, NumberFields] = option(
        MapOf(Block(NumberFields, "a called number", short="flow")),
        help="What each called number plays: a flow, or a block; `default` is for all others.",
    )
    desks: Mapping[str, DeskFields] = option(
        MapOf(Block(DeskFields, "a desk", short="number")), help="The desks by name: a number, or a block."
    )
    desk: str = option(Name("the name of a desk"), help="The desk that callers reach when all else fails.")
    hours: Mapping[str, Hours] = option(MapOf(OpeningHours()), help="Opening hours by name.", default=None)
    segments: Mapping[str, SegmentFields] = option(
        MapOf(Block(SegmentFields, "a segment")),
        help="Groups of callers by name; each caller belongs to the first whose condition holds.",
        default=None,
    )
    announcements: Mapping[str, Mapping[str, Text]] = option(
        MapOf(PreparedTexts()),
        help="The announcements that `ivr announce` can switch on, by name, and the texts prepared for each.",
        default=None,
    )


def read_line(node: Node | None, place: Place, *, given: bool) -> tuple[Line | None, list[Problem]]:
    """Read `line.yaml`. `given` tells whether the file is there at all; if it can't be parsed that was said already."""
    reading = Reading()
    if node is None:
        if not given:
            cure = "It names the flow for each called number (lines), the desks, and the desk for emergencies (desk)."
            reading.problem(place, "no-line-file", "There is no line.yaml beside the flows.", cure)
        return None, reading.problems
    if not isinstance(node, SourceMapping):
        cure = f"Its keys are {', '.join(wish.key for wish in options(LineFields))}."
        reading.problem(node.place, "wrong-type", 'A file "line.yaml" is a block of keys.', cure)
        return None, reading.problems
    values = read_options(node, options(LineFields), reading, what="line.yaml")
    if values is None:
        return None, reading.problems
    line = _line(LineFields(**values))
    problems = [*check_line(line, node)]
    return (None if any(problem.level == "error" for problem in problems) else line), problems


def _line(fields: LineFields) -> Line:
    return Line(
        numbers={called: CalledNumber(**vars(number)) for called, number in fields.lines.items()},
        desks={name: Desk(name, desk.number, int(desk.timeout), desk.hours) for name, desk in fields.desks.items()},
        desk=fields.desk,
        hours=fields.hours or {},
        segments={name: Segment(name, **vars(segment)) for name, segment in (fields.segments or {}).items()},
        announcements=fields.announcements or {},
    )
