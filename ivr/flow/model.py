"""The model of the flow language: flows, steps, choices, routes, the hotline. Must not run a call."""

from __future__ import annotations

import functools
from abc import ABC, abstractmethod
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, ClassVar, Self

from ivr.calendar import CHINAS, Hours, LineCalendar
from ivr.diagnostics.problem import Place

from .desk_field import WantedDesk
from .expressions import Expression
from .fields import option
from .outside_services import Lookups
from .own_classes import NORMAL, OwnClasses
from .phrasebook import SHIPPED_PHRASES, Phrasebooks
from .profiles import Profile
from .scalars import IdentityLevel
from .text import Template, Text
from .waiting import Waiting

RETURN = "return"
"""The target that ends a sub-flow and continues after the step that runs it."""

ALWAYS = "always"  # the predefined name of opening hours that never end


@dataclass(frozen=True)
class Target:
    """Where a route leads: a step of the same flow, another flow, or `return`."""

    name: str
    place: Place = field(compare=False)


@dataclass(frozen=True)
class Way:
    """One guarded target of a route: taken if its condition holds or it has none."""

    goto: Target
    when: Expression | None = None


Route = tuple[Way, ...]
"""Ways in order; the first whose condition holds is taken."""


@dataclass(frozen=True)
class Phrases:
    """The phrases that callers may say for a choice, per language."""

    by_language: Mapping[str, tuple[str, ...]]
    place: Place = field(compare=False)

    def for_language(self, language: str) -> tuple[str, ...]:
        """Return the phrases in `language`, or an empty tuple."""
        return self.by_language.get(language, ())


@dataclass(frozen=True)
class Choice:
    """A key or phrase and its effect: go to a step, or one of the universals in `do`; `value` is stored.

    `to` is the language in which the call goes on; `do: language` without it switches to the flow's next one. `counted`
    tells a key that the place in the list gave from one that an editor wrote; `reach` is "here" for a choice whose
    phrases count in its own menu only (`ivr/flow/reach.py`).
    """

    key: str
    label: Text | None
    phrases: Phrases | None
    goto: Target | None
    do: str
    when: Expression | None
    reason: str
    value: str
    place: Place = field(compare=False)
    to: str = ""
    counted: bool = field(default=False, compare=False)
    reach: str = ""

    @property
    def switches_language(self) -> bool:
        """Return whether it is spoken in the language that it switches to."""
        return self.do == "language" or bool(self.to)


@dataclass(frozen=True)
class NestedFlow:
    """A flow that a step runs, and the values of its parameters."""

    name: str
    values: Mapping[str, Expression]


@dataclass(frozen=True)
class AskedQuestion:
    """A question to a back end as an editor wrote it, and the variable that keeps its answer, if any."""

    source: Reference
    fields: Mapping[str, Expression]
    save_as: str = ""


@dataclass(frozen=True, kw_only=True)
class Step(ABC):
    """One step of a flow. Step kinds are subclasses in `ivr/steps`, one file each, with fields and behaviour."""

    kind: ClassVar[str]
    written_as: ClassVar[tuple[str, str] | None] = None
    """The key and value that name the kind in flow files where a key has several kinds; None where it is the key."""
    # Traits: other packages read these, so that no step kind is named outside `ivr/steps`.
    listens: ClassVar[bool] = False
    """Whether it waits for the caller: the turn ends in it, and the next turn begins with the caller's input."""
    speaks: ClassVar[bool] = True
    """Whether its texts are spoken; False for a text message."""
    replayable: ClassVar[bool] = False
    """Whether "repeat" plays it again, until the caller has answered a step that listens."""
    returnable: ClassVar[bool] = False
    """Whether "back" returns to it after it was left."""
    ends: ClassVar[bool] = False
    """Whether the call ends in it."""
    reaches_person: ClassVar[bool] = False
    """Whether it connects the caller with an agent."""
    open_to_all: ClassVar[bool] = False
    """Whether the flow's `requires` does not apply, because it leads to an agent, ends the call, or reveals nothing."""
    refusable: ClassVar[bool] = False
    """Whether silence or a wrong answer is a refusal, after which the call goes on by "next"."""
    passed_by: ClassVar[str] = ""  # the outcome by which a step that listens lets most callers pass without a word
    records: ClassVar[bool] = False  # whether it listens for a message, so that no key answers it
    affirms: ClassVar[str] = ""
    """The outcome by which a caller agrees to what is about to be done; "" for a step that does not ask."""
    fetches: ClassVar[bool] = False
    """Whether it takes an entry for which a caller may have to fetch a card or paper."""
    looks_up: ClassVar[bool] = False
    """Whether its variables hold answers of a back end, which only a caller of the same identity level may hear."""

    name: str
    place: Place = field(compare=False)
    places: Mapping[str, Place] = field(default_factory=dict, compare=False, repr=False)
    requires: int = option(
        IdentityLevel(),
        help="The identity level that the caller must have; a caller without it is verified first.",
        default=0,
        shown="L0",
    )

    @abstractmethod
    def exits(self) -> Mapping[str, Route]:
        """Return every outcome of the step and its route."""

    def sets(self) -> Mapping[str, str]:
        """Return the variables that the step sets: to "map", "text", "number", "date", "time", a secret or "value"."""
        return {}

    def protects(self) -> bool:
        """Return whether the step's input is secret: it must not be typed ahead, logged or repeated."""
        return False

    def faults(self) -> Iterator[tuple[str, str, str]]:
        """Yield faults among the step's own keys: the key, the message and the cure."""
        return iter(())

    @classmethod
    def in_front_of(cls, protected: Step, name: str) -> Step | None:
        """Return a step of this kind that verifies the caller before `protected`; None if the kind does not verify."""
        del protected, name
        return None

    def silences(self) -> int:
        """Return the silences after which the step gives up; 0 for as many as other failures."""
        return 0

    def proves(self) -> int:
        """Return the identity level of a caller who leaves the step by "next"; 0 if it verifies nothing."""
        return 0

    def nested(self) -> NestedFlow | None:
        """Return the flow that the step runs, or None."""
        return None

    def assigns(self) -> Mapping[str, Expression]:
        """Return the variables that the step computes: name to expression."""
        return {}

    def asks(self) -> AskedQuestion | None:
        """Return the question that the step asks a back end by its name."""
        return None

    def own_choices(self) -> tuple[Choice, ...]:
        """Return the step's own choices, without the global ones."""
        return ()

    def choice_outcomes(self) -> frozenset[str]:
        """Return the outcomes that are callers' choices, which conversations should cover."""
        return frozenset()

    def desk(self) -> WantedDesk:
        """Return the desk of line.yaml that the step needs; one without a name for none."""
        return WantedDesk()

    def dialled_number(self) -> Expression | None:
        """Return the value with the number that the step dials instead of a desk's; None for none."""
        return None

    def priority(self) -> str:
        """Return the priority at which the step connects its callers; "" for their own."""
        return ""

    def announcement(self) -> str:
        """Return the announcement of line.yaml that the step needs; "" for none."""
        return ""

    def for_one_item(self) -> Self:
        """Return the step as it runs for one item of its list; the step itself if it has no list."""
        return self

    def items_of(self) -> Expression | None:
        """Return the list whose items the step reads one by one as `item`; None for no list."""
        return None

    def items_at_once(self) -> int:
        """Return how many items of its list the step reads at the most; 0 for no list."""
        return 0

    def fails_by(self) -> frozenset[str]:
        """Return the outcomes by which the call goes on without the variables that the step sets."""
        return frozenset({"error", "missing", "failed", "no_input", "unverified"})

    def place_of(self, key: str) -> Place:
        """Return the place of a key's value; if the key is not written, that of the step's name."""
        return self.places.get(key, self.place)


@dataclass(frozen=True)
class Flow:
    """One flow file: its named steps, its start, and its global choices.

    `places` are those of the file's keys; `unread` are the names of invalid steps. A flow with one is never run.
    """

    name: str
    language: str
    languages: tuple[str, ...]
    profile: Profile
    start: str
    agent: str
    main_menu: str
    globals: tuple[Choice, ...]
    globals_of: str
    steps: Mapping[str, Step]
    parameters: tuple[str, ...]
    returns: tuple[str, ...]
    place: Place = field(compare=False)
    places: Mapping[str, Place] = field(default_factory=dict, compare=False, repr=False)
    unread: frozenset[str] = frozenset()

    def place_of(self, key: str) -> Place:
        """Return the place of a key's value; if the key is not written, that of the file."""
        return self.places.get(key, self.place)

    @functools.cached_property
    def conditional_globals(self) -> tuple[Choice, ...]:
        """The global choices that have a condition."""
        return tuple(choice for choice in self.globals if choice.when is not None)

    def written_steps(self) -> Iterator[Step]:
        """Yield the steps that an editor wrote, without the generated ones that verify the caller."""
        return (step for name, step in self.steps.items() if "." not in name)


@dataclass(frozen=True)
class Reference:
    """The name of something defined elsewhere, and the place where it is used."""

    name: str
    place: Place = field(compare=False)


@dataclass(frozen=True)
class CalledNumber:
    """The entry of a called number: its flow, with language, segment, opening hours and values if they are set."""

    flow: Reference
    language: Reference | None = None
    segment: Reference | None = None
    hours: Reference | None = None
    values: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Segment:
    """A group of callers: its condition (without `when`: everyone), its desk if it has one, and its priority."""

    name: str
    when: Expression | None = None
    desk: Reference | None = None
    priority: str = NORMAL


@dataclass(frozen=True)
class Desk:
    """A group of agents: its telephone number, how long it rings in seconds, and its opening hours.

    The number is dialled while the desk has no agents. While all its agents are busy, agents of the `overflow` desks
    take callers who have waited `overflow_after` seconds. With `reserved`, its agents take callers of any other desk
    after so many seconds without a call. Agents get `wrap_up` seconds after a call.
    """

    name: str
    number: str
    timeout: int
    hours: Reference | None = None
    overflow: tuple[Reference, ...] = ()
    overflow_after: float = 0.0
    reserved: float | None = None
    wrap_up: float = 30.0
    record: bool = False


@dataclass(frozen=True)
class Site:
    """A place where agents work. Calls are distributed over the sites by `weight`."""

    name: str
    weight: int = 1


@dataclass(frozen=True)
class Hotline:
    """The telephone side of the service: called numbers, opening hours, desks, segments of callers, announcements."""

    numbers: Mapping[str, CalledNumber]
    desks: Mapping[str, Desk]
    desk: str
    hours: Mapping[str, Hours] = field(default_factory=dict)
    segments: Mapping[str, Segment] = field(default_factory=dict)
    announcements: Mapping[str, Mapping[str, Text]] = field(default_factory=dict)
    """The announcements by name, each with its prepared texts by name."""
    texts: Mapping[str, Mapping[str, Template]] = field(default_factory=dict)
    """The texts that flows use by name, each by language, or under `ANY_LANGUAGE`."""
    telephone_numbers: Mapping[str, str] = field(default_factory=dict)
    dial_out: tuple[str, ...] = ()
    """The beginnings of the numbers that a flow may dial by a value."""
    calendar: LineCalendar = CHINAS
    waiting: Waiting = field(default_factory=Waiting)
    classes: OwnClasses = field(default_factory=OwnClasses)
    phrases: Phrasebooks = field(default=SHIPPED_PHRASES, compare=False, repr=False)
    sites: Mapping[str, Site] = field(default_factory=dict)
    go_on_within: float = 600.0  # seconds after being cut off in which a caller may go on; 0 for never

    def number(self, called: str) -> CalledNumber:
        """Return the entry of a called number; unknown numbers get that of `default`."""
        return self.numbers.get(called) or self.numbers["default"]

    def flow_for(self, called: str) -> str:
        """Return the flow of a called number."""
        return self.number(called).flow.name

    def values_of(self, called: str) -> Mapping[str, str]:
        """Return the values of a called number; those that it lacks are of `default`."""
        return {**self.numbers["default"].values, **self.number(called).values}

    def may_dial(self, number: str) -> bool:
        """Return whether a flow may dial a number that a value holds."""
        # Refused unless allowed: a number in a bank's record may be a premium one that a fraudster put there.
        return number.startswith(self.dial_out) if self.dial_out else False

    def hours_of(self, reference: Reference | None) -> Hours | None:
        """Return the opening hours of a reference; None means always open."""
        return self.hours.get(reference.name) if reference else None

    def segment_for(self, called: str, caller: Mapping[str, Any]) -> Segment | None:
        """Return the segment of a caller: that of the called number, else the first whose condition holds."""
        forced = self.number(called).segment
        if forced is not None:
            return self.segments[forced.name]
        # Nothing but the caller is there when a segment is chosen: the flow, and with it all other values, depends on
        # it.
        values = {"caller": caller}
        matching = (segment for segment in self.segments.values() if segment.when is None or segment.when.holds(values))
        return next(matching, None)

    def desk_of(self, segment: Segment | None) -> str:
        """Return the desk of a segment, else the general desk."""
        return segment.desk.name if segment and segment.desk else self.desk


@dataclass(frozen=True)
class Release:
    """All flow files as one unit. `version` is their content hash; a call stays with its release until it ends."""

    version: str
    flows: Mapping[str, Flow]
    line: Hotline
    files: Mapping[str, str] = field(repr=False)
    lookups: Lookups = Lookups()
