"""Read line.yaml: called numbers, opening hours, desks, segments, the queue, sites and announcements."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

from ivr.calendar import Hours, LineCalendar
from ivr.calendar.line_calendar import MAINLAND, MAINLAND_ZONE, NO_HOLIDAYS
from ivr.diagnostics.problem import Place, Problem
from ivr.yamlfile.source import Mapping as SourceMapping
from ivr.yamlfile.source import Node, Sequence

from .class_fields import PriorityFields, PriorityName, SurveyQuestionFields, named_priorities, own_classes
from .endings import LONGEST_GOING_ON
from .expressions import Expression
from .fields import Block, FieldKind, ListOf, MapOf, Reading, Schema, object_schema, option, options, read_options
from .hotline_fields import OpeningHours, PreparedTexts, Referring
from .model import CalledNumber, Desk, Hotline, Reference, Segment, Site
from .ordinary_numbers import AGENT_TELEPHONES
from .own_classes import (
    COMPLAINT,
    FRAUD,
    NORMAL,
    TICKET_KINDS,
)
from .routes import ChoiceFields, Condition
from .rules import check_line
from .scalars import Flag, Name, Seconds, Whole, WordField
from .shared_parts import PARAMETERS
from .telephone_field import AgentTelephones, DialledNumber, NumberPrefix, SpokenNumber
from .text import Template, Text
from .text_field import LanguageField, LineTextField
from .waiting import CALL_BACKS_AN_HOUR, HEAD_STARTS, PREEMPTING, Waiting
from .zone_field import CountryField, TimeZoneField

_HOURS = Referring(Name("the name of opening hours, or always"))
_DESK = Referring(Name("the name of a desk"))


@dataclass(frozen=True)
class NumberFields:
    """The keys of a called number."""

    flow: Reference = option(Referring(Name("the name of a flow")), help="The flow that it plays.")
    language: Reference | None = option(
        Referring(LanguageField()), help="The language that its calls begin in.", default=None, shown="the flow's"
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
    values: Mapping[str, str] = option(
        MapOf(WordField("a text", "Pudong")),
        help="Texts by name, which flows read as `line.values.name`; a number without one has that of `default`.",
        default=None,
    )


@dataclass(frozen=True)
class SegmentFields:
    """The keys of a segment."""

    when: Expression | None = option(
        Condition(), help="The condition for its callers, by `caller.…`.", default=None, shown="everyone"
    )
    desk: Reference | None = option(
        _DESK, help="The desk that they get.", default=None, shown="the `desk` of line.yaml"
    )
    priority: str = option(PriorityName(), help="The priority of its callers in the queue.", default=NORMAL)


@dataclass(frozen=True)
class DeskFields:
    """The keys of a desk."""

    number: str = option(
        DialledNumber(),
        help="The number that reaches the desk, with country code. Once it has agents, they are rung instead.",
    )
    timeout: float = option(
        Seconds(5, 600), help="How long the desk rings; an agent's telephone rings 20s.", default=30.0, shown="30s"
    )
    hours: Reference | None = option(_HOURS, help="The opening hours of the desk.", default=None, shown="always")
    overflow: tuple[Reference, ...] = option(
        ListOf(_DESK, lone=True),
        help="Desks whose agents serve its callers too, when none of its own is free.",
        default=(),
        shown="none",
    )
    overflow_after: float = option(
        Seconds(0, 600), help="How long callers wait for its own agents first.", default=0.0, shown="0s"
    )
    reserved: float | None = option(
        Seconds(0, 600),
        help="After how long without a call its agents take callers of any other desk.",
        default=None,
        shown="they help only desks that overflow to theirs",
    )
    wrap_up: float = option(
        Seconds(0, 600), help="The time that an agent gets between two calls.", default=30.0, shown="30s"
    )
    record: bool = option(
        Flag(), help="Whether conversations are recorded; callers are told so first.", default=False, shown="no"
    )


@dataclass(frozen=True)
class WaitingFields:
    """The keys of `queue`."""

    head_starts: Mapping[str, float] = option(
        MapOf(Seconds(0, 3600)),
        help="By how much callers of a priority are served before others who came at the same time.",
        default=None,
        shown="{complaint: 60s, elderly: 90s, vip: 120s, fraud: 1000s}",
    )
    bound: float = option(
        Seconds(10, 3600),
        help="Callers who have waited this long are served before all others, in order of arrival.",
        default=180.0,
        shown="180s",
    )
    most: int = option(
        Whole(0, 100_000), help="How many may wait; more are offered a call back or a message.", default=200
    )
    announce: float = option(
        Seconds(20, 600), help="How often callers hear their place and the expected wait.", default=75.0, shown="75s"
    )
    elderly_announce: float = option(
        Seconds(20, 600), help="The same for callers of the priority elderly.", default=50.0, shown="50s"
    )
    piece: float = option(
        Seconds(3, 60),
        help="The longest music before the queue is asked again for a free agent.",
        default=15.0,
        shown="15s",
    )
    music: str = option(
        WordField("the name of a sound file"),
        help="The music while waiting: a file of the audio folder, as long as `piece`.",
        default="",
        shown="silence",
    )
    place_kept: float = option(
        Seconds(0, 3600), help="How long the place of a dropped caller is kept.", default=600.0, shown="10m"
    )
    call_back_from: float = option(
        Seconds(0, 3600), help="The expected wait from which a call back is offered.", default=180.0, shown="180s"
    )
    elderly_call_back_from: float = option(
        Seconds(0, 3600), help="The same for callers of the priority elderly.", default=60.0, shown="60s"
    )
    call_back_tries: int = option(Whole(1, 5), help="How often a call back is tried.", default=2)
    call_back_retry: float = option(
        Seconds(30, 3600), help="How long after one try the next follows.", default=300.0, shown="5m"
    )
    call_back_to: tuple[str, ...] = option(
        ListOf(NumberPrefix(), lone=True),
        help="The beginnings of the numbers that may be called back; `caller.shown` is false for others.",
        default=("+86",),
        shown='"+86"',
    )
    agent_telephones: tuple[str, ...] = option(
        ListOf(AgentTelephones(), lone=True),
        help="Which telephones agents may have: beginnings of ordinary numbers, and sip:HOST for SIP addresses there.",
        default=AGENT_TELEPHONES,
        shown='"+86"',
    )
    call_backs_an_hour: int = option(
        Whole(1, 100_000),
        help="How many call backs may be promised within an hour, over all numbers.",
        default=CALL_BACKS_AN_HOUR,
    )


@dataclass(frozen=True)
class SiteFields:
    """The keys of a site."""

    weight: int = option(Whole(1, 1000), help="Its share of the calls, beside those of the other sites.", default=1)


@dataclass(frozen=True)
class SharedChoice(FieldKind[Node]):
    """A choice without an aim, or with one; or a list of the names of others."""

    words: str = "a choice, or a list of names"
    sample: str = "{label: 返回主菜单, do: main_menu}"

    def read(self, node: Node, reading: Reading) -> Node | None:
        """Check the keys of a choice, and return it as written."""
        if isinstance(node, Sequence):
            return None if ListOf(Name("the name of a choice")).read(node, reading) is None else node
        if not isinstance(node, SourceMapping):
            self.wrong(node, reading)
            return None
        return None if read_options(node, options(ChoiceFields), reading, what="a choice") is None else node

    def schema(self) -> Schema:
        """Return the schema."""
        return {"anyOf": [object_schema(options(ChoiceFields)), {"type": "array", "items": {"type": "string"}}]}


@dataclass(frozen=True)
class SharedStep(FieldKind[Node]):
    """A step as flows write it, whose values `$name` are given by the flow that uses it."""

    words: str = "a step, with parameters"
    sample: str = "{parameters: [again], menu: [{label: 再听一遍, goto: $again}]}"

    def read(self, node: Node, reading: Reading) -> Node | None:
        """Return the step; its keys are checked where it is used."""
        if not isinstance(node, SourceMapping):
            self.wrong(node, reading)
            return None
        wanted = node.get(PARAMETERS)
        names = ListOf(Name()).read(wanted, reading) if wanted is not None else ()
        return None if names is None else node

    def schema(self) -> Schema:
        """Return the schema."""
        return {"type": "object", "properties": {PARAMETERS: ListOf(Name()).schema()}}


@dataclass(frozen=True)
class LineFields:
    """The keys of `line.yaml`."""

    lines: Mapping[str, NumberFields] = option(
        MapOf(Block(NumberFields, "a called number", short="flow")),
        help="The called numbers, each with a flow or a block; `default` is for all others.",
    )
    desks: Mapping[str, DeskFields] = option(
        MapOf(Block(DeskFields, "a desk", short="number")), help="The desks by name: a number, or a block."
    )
    desk: str = option(Name("the name of a desk"), help="The desk that callers reach when all else fails.")
    hours: Mapping[str, Hours] = option(MapOf(OpeningHours()), help="Opening hours by name.", default=None)
    timezone: str = option(
        TimeZoneField(), help="The time zone of hours, dates and reports.", default=MAINLAND_ZONE, shown=MAINLAND_ZONE
    )
    holidays: str = option(
        CountryField(),
        help="The country whose public holidays `holiday` means, such as GB, or GB-SCT for a part of it; or none.",
        default="",
        shown="CN; in other time zones none",
    )
    segments: Mapping[str, SegmentFields] = option(
        MapOf(Block(SegmentFields, "a segment")),
        help="Groups of callers by name; each caller belongs to the first whose condition holds.",
        default=None,
    )
    queue: WaitingFields | None = option(
        Block(WaitingFields, "the rules of the queue"),
        help="How callers wait for an agent, and which is served first.",
        default=None,
        shown="the defaults of its keys",
    )
    priorities: Mapping[str, PriorityFields] = option(
        MapOf(Block(PriorityFields, "a priority", short="head_start")),
        help="Priorities of the line's own, least urgent first, beside normal, complaint and fraud.",
        default=None,
        shown="elderly, vip and loss",
    )
    ticket_kinds: tuple[str, ...] = option(
        ListOf(Name()), help="The kinds of tickets.", default=(), shown=", ".join(TICKET_KINDS)
    )
    survey_questions: Mapping[str, SurveyQuestionFields] = option(
        MapOf(Block(SurveyQuestionFields, "a question")),
        help="Questions of surveys, beside satisfaction and recommend.",
        default=None,
    )
    go_on_within: float = option(
        Seconds(0, int(LONGEST_GOING_ON)),
        help="How long after being cut off a caller is offered to go on, by a step `go_on`; 0s for never.",
        default=600.0,
        shown="10m",
    )
    sites: Mapping[str, SiteFields] = option(
        MapOf(Block(SiteFields, "a site", short="weight")),
        help="The places where agents work: a weight, or a block.",
        default=None,
    )
    choices: Mapping[str, Node] = option(
        MapOf(SharedChoice()),
        help="Choices by name, which any menu uses: a choice, or a list of the names of others.",
        default=None,
    )
    steps: Mapping[str, Node] = option(
        MapOf(SharedStep()), help="Steps by name, which any flow uses, with `parameters`.", default=None
    )
    texts: Mapping[str, Mapping[str, Template]] = option(
        MapOf(LineTextField()), help="Texts by name, which any flow uses as `{texts.name}`.", default=None
    )
    numbers: Mapping[str, str] = option(
        MapOf(SpokenNumber()),
        help="Telephone numbers by name, which any flow reads as `numbers.name`.",
        default=None,
    )
    dial_out: tuple[str, ...] = option(
        ListOf(NumberPrefix(), lone=True),
        help="The beginnings of the numbers that `transfer: {number: …}` may dial.",
        default=(),
        shown="none",
    )
    announcements: Mapping[str, Mapping[str, Text]] = option(
        MapOf(PreparedTexts()),
        help="The announcements that `ivr announce` can switch on, by name, and the texts prepared for each.",
        default=None,
    )


def read_line(
    node: Node | None, place: Place, *, exists: bool, reading: Reading | None = None, judged: bool = True
) -> tuple[Hotline | None, list[Problem]]:
    """Read line.yaml. `exists` is false if the file is missing; a file that cannot be parsed was reported already.

    `reading` has the supported languages and value kinds; without them any is accepted. `judged` by the rules for it.
    """
    reading = reading or Reading()
    # Empty, not None: a `{texts.x}` in a text of line.yaml is then an unknown text, with its place.
    reading.line_texts = {}  # its own texts are not made of one another
    reading.classes = named_priorities(node)
    if node is None:
        if not exists:
            cure = "It names the flow for each called number (lines), the desks, and the desk for emergencies (desk)."
            reading.problem(place, "no-line-file", "There is no line.yaml beside the flows.", cure)
        return None, reading.problems
    if not isinstance(node, SourceMapping):
        cure = f"Its keys are {', '.join(declared.key for declared in options(LineFields))}."
        reading.problem(node.place, "wrong-type", 'A file "line.yaml" is a block of keys.', cure)
        return None, reading.problems
    values = read_options(node, options(LineFields), reading, what="line.yaml")
    if values is None:
        return None, reading.problems
    line = _line(LineFields(**values))
    # Warnings leave the line usable: a desk that helps out nowhere has worked before the rule was there.
    problems = check_line(line, node) if judged else []
    return (None if any(problem.level == "error" for problem in problems) else line), problems


def _line(fields: LineFields) -> Hotline:
    # Only the mainland's calendar is assumed: a line in London with Chinese holidays would be closed on the wrong
    # days without a word in its file.
    usual = MAINLAND if fields.timezone == MAINLAND_ZONE else NO_HOLIDAYS
    calendar = LineCalendar(fields.timezone, fields.holidays or usual)
    return Hotline(
        numbers={called: _number(number) for called, number in fields.lines.items()},
        # TwiML takes whole seconds, so that a ring of 20.5s is one of 20.
        desks={name: Desk(name, **{**vars(desk), "timeout": int(desk.timeout)}) for name, desk in fields.desks.items()},
        desk=fields.desk,
        hours={name: replace(hours, calendar=calendar) for name, hours in (fields.hours or {}).items()},
        calendar=calendar,
        segments={name: Segment(name, **vars(segment)) for name, segment in (fields.segments or {}).items()},
        announcements=fields.announcements or {},
        texts=fields.texts or {},
        telephone_numbers=fields.numbers or {},
        waiting=_waiting(fields),
        classes=own_classes(fields.priorities, fields.ticket_kinds, fields.survey_questions),
        dial_out=fields.dial_out,
        go_on_within=fields.go_on_within,
        sites={name: Site(name, site.weight) for name, site in (fields.sites or {}).items()},
    )


def _number(fields: NumberFields) -> CalledNumber:
    return CalledNumber(**{**vars(fields), "values": fields.values or {}})


def _waiting(fields: LineFields) -> Waiting:
    """Return the settings of the queue; priorities without an entry get their default head starts."""
    queue, own = vars(fields.queue) if fields.queue else {}, fields.priorities
    starts, first = HEAD_STARTS, PREEMPTING
    if own is not None:
        starts = {name: HEAD_STARTS[name] for name in (COMPLAINT, FRAUD)}
        starts |= {name: priority.head_start for name, priority in own.items()}
        first = frozenset({FRAUD, *(name for name, priority in own.items() if priority.before_all)})
    # A line that changes the head start of VIPs alone must not take that of fraud and loss away.
    return Waiting(**{**queue, "head_starts": {**starts, **(queue.get("head_starts") or {})}, "preempting": first})
