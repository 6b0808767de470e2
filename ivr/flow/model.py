"""What a menu is: flows, steps, choices, routes. Definitions only; nothing here runs a call."""

from __future__ import annotations

import functools
from abc import ABC, abstractmethod
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, fields, is_dataclass
from typing import Any, ClassVar, Self

from ivr.calendar import Hours
from ivr.diagnostics.problem import Place

from .expressions import Expression
from .fields import option
from .profiles import Profile
from .scalars import IdentityLevel
from .text import Text

RETURN = "return"
"""The target that ends a sub-flow and goes on behind the step that called it."""

ALWAYS = "always"
"""The name of opening hours that never end; nobody needs to define it."""

OWN_DESK = "segment"
"""Written for a desk: the one of the caller's own segment."""

PRIORITIES = ("normal", "complaint", "elderly", "vip", "fraud")
"""How urgent a caller is taken, least urgent first."""

HEAD_STARTS: Mapping[str, float] = {"complaint": 60.0, "elderly": 90.0, "vip": 120.0, "fraud": 1000.0}
"""Seconds that each priority is ahead of callers who came at the same time, unless line.yaml says otherwise."""


@dataclass(frozen=True)
class Target:
    """Where a route leads: a step of the same flow, another flow, or `return`."""

    name: str
    place: Place = field(compare=False)


@dataclass(frozen=True)
class Way:
    """One way on: taken when its condition holds, or always."""

    goto: Target
    when: Expression | None = None


Route = tuple[Way, ...]
"""Ways on in order; the first whose condition holds is taken."""


@dataclass(frozen=True)
class Phrases:
    """What callers may say for a choice, per language."""

    by_language: Mapping[str, tuple[str, ...]]
    place: Place = field(compare=False)

    def for_language(self, language: str) -> tuple[str, ...]:
        """Return the phrases of `language`; a caller is only expected to speak the language of the call."""
        return self.by_language.get(language, ())


@dataclass(frozen=True)
class Choice:
    """A key or phrase and what it does: go to a step, or one of the universals in `do`; `value` is kept."""

    key: str
    label: Text | None
    phrases: Phrases | None
    goto: Target | None
    do: str
    when: Expression | None
    reason: str
    value: str
    place: Place = field(compare=False)


@dataclass(frozen=True)
class NestedFlow:
    """A flow that a step runs, and the values that its parameters get."""

    name: str
    given: Mapping[str, Expression]


@dataclass(frozen=True, kw_only=True)
class Step(ABC):
    """One step of a flow. Kinds subclass it in `ivr/steps`, one file each, with their fields and what they do."""

    kind: ClassVar[str]

    # Traits: what the rest of the house asks of a kind, so that none is known by its name outside `ivr/steps`.
    listens: ClassVar[bool] = False
    """It waits for the caller: the turn ends in it, and the next one begins with what the caller did."""
    speaks: ClassVar[bool] = True
    """Its texts are heard; those of a text message are read."""
    replayable: ClassVar[bool] = False
    """"repeat" says it again, until the caller has answered a step that listens."""
    returnable: ClassVar[bool] = False
    """"back" returns to it once it has been left."""
    ends: ClassVar[bool] = False
    """The call ends in it."""
    reaches_person: ClassVar[bool] = False
    """It connects the caller with people."""
    open_to_all: ClassVar[bool] = False
    """A flow's own `requires` does not hold for it: it leads to a person, ends the call, or tells nothing."""
    looks_up: ClassVar[bool] = False
    """Its variables hold what a back end answered, and are read at the level of the caller who asked."""

    name: str
    place: Place = field(compare=False)
    places: Mapping[str, Place] = field(default_factory=dict, compare=False, repr=False)
    requires: int = option(
        IdentityLevel(),
        help="The identity level that the caller must have; who has not is verified first.",
        default=0,
        shown="L0",
    )

    @abstractmethod
    def exits(self) -> Mapping[str, Route]:
        """Return every outcome that the step can have, and where each leads."""

    def sets(self) -> Mapping[str, str]:
        """Return the variables that the step sets: name to what it holds ("map", "text", or a kind of secret)."""
        return {}

    def protects(self) -> bool:
        """Tell whether the step handles something that must not be typed ahead, logged or repeated."""
        return False

    def faults(self) -> Iterator[tuple[str, str, str]]:
        """Yield what is wrong between the step's own keys: the key it is about, what is wrong, and the cure."""
        return iter(())

    @classmethod
    def in_front_of(cls, protected: Step, name: str) -> Step | None:
        """Return a step of this kind that proves the caller in front of `protected`; None if the kind proves nobody."""
        del protected, name
        return None

    def proves(self) -> int:
        """Return the identity level that a caller has who leaves the step by "next"; 0 if it proves nothing."""
        return 0

    def nested(self) -> NestedFlow | None:
        """Return the flow that the step runs before it goes on."""
        return None

    def assigns(self) -> Mapping[str, Expression]:
        """Return the variables that the step works out from others: name to expression."""
        return {}

    def own_choices(self) -> tuple[Choice, ...]:
        """Return the choices that the step offers, besides those that work everywhere."""
        return ()

    def choice_outcomes(self) -> frozenset[str]:
        """Return the outcomes that a caller takes by choosing, which conversations are to cover."""
        return frozenset()

    def desk(self) -> str:
        """Return the desk of `line.yaml` that the step needs; empty for none."""
        return ""

    def announcement(self) -> str:
        """Return the announcement of `line.yaml` that the step needs; empty for none."""
        return ""

    def for_one_item(self) -> Self:
        """Return the step as it is for one item of its list; the step itself if it has no list."""
        return self

    def place_of(self, key: str) -> Place:
        """Return where the value of a key is written, or the step's name where it isn't."""
        return self.places.get(key, self.place)


@dataclass(frozen=True)
class Flow:
    """One file: named steps, where it starts, and what works everywhere in it.

    `places` says where the keys of the file are written; `unread` names steps that are there but cannot be used, so
    that the rest can be checked: a flow that has any is never run.
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
        """Return where the value of a key of the file is written."""
        return self.places.get(key, self.place)

    def written_steps(self) -> Iterator[Step]:
        """Yield the steps that an editor wrote, without those that prove the caller in front of them."""
        return (step for name, step in self.steps.items() if "." not in name)


@dataclass(frozen=True)
class Reference:
    """A name of something that is defined elsewhere, and where it is written."""

    name: str
    place: Place = field(compare=False)


@dataclass(frozen=True)
class CalledNumber:
    """What a called number plays: a flow, perhaps in another language, to callers of one segment, in opening hours."""

    flow: Reference
    language: Reference | None = None
    segment: Reference | None = None
    hours: Reference | None = None


@dataclass(frozen=True)
class Segment:
    """A group of callers: who belongs to it (without `when`: everyone), its desk if it has one, and its priority."""

    name: str
    when: Expression | None = None
    desk: Reference | None = None
    priority: str = PRIORITIES[0]


@dataclass(frozen=True)
class Desk:
    """People who answer: the number that reaches them, how long it rings, in seconds, and when they are there.

    The number is dialled while the desk has no agents. When all its agents are busy, those of the
    desks of `overflow` serve its callers, once these have waited `overflow_after` seconds. With `reserved` its own
    agents take callers of other desks only after so many seconds without a call. `wrap_up` seconds follow a call.
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
class Waiting:
    """How callers wait for a person: who comes first, how many may wait, what they hear when. Times in seconds.

    Callers are served by the moment they came less the head start of their priority; those who have waited `bound` are
    served before all others in the order they came. `announce` is the time between two announcements, `piece` the
    longest stretch of music before the queue is asked again, `place_kept` how long a dropped caller may come back, and
    `call_back_from` the expected wait from which a call back is offered. The `elderly_` ones hold for older callers.
    """

    head_starts: Mapping[str, float] = field(default_factory=lambda: HEAD_STARTS)
    bound: float = 180.0
    most: int = 200
    announce: float = 75.0
    elderly_announce: float = 50.0
    piece: float = 15.0
    place_kept: float = 600.0
    call_back_from: float = 180.0
    elderly_call_back_from: float = 60.0
    call_back_tries: int = 2
    call_back_retry: float = 300.0
    music: str = ""

    def head_start(self, priority: str) -> float:
        """Return the seconds that a priority is ahead."""
        return self.head_starts.get(priority, 0.0)


@dataclass(frozen=True)
class Site:
    """A place where agents work. Calls are spread over the sites by `weight`."""

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
    """The slots by name, and the texts that are prepared for each, by name."""
    waiting: Waiting = field(default_factory=Waiting)
    sites: Mapping[str, Site] = field(default_factory=dict)

    def number(self, called: str) -> CalledNumber:
        """Return what a called number plays; an unknown number plays what `default` does."""
        return self.numbers.get(called) or self.numbers["default"]

    def flow_for(self, called: str) -> str:
        """Return the flow of a called number."""
        return self.number(called).flow.name

    def hours_of(self, reference: Reference | None) -> Hours | None:
        """Return the opening hours that are meant; None for those that never end."""
        return self.hours.get(reference.name) if reference else None

    def segment_for(self, called: str, caller: Mapping[str, Any]) -> Segment | None:
        """Return the segment of a caller: the one that the called number stands for, or the first that holds."""
        forced = self.number(called).segment
        if forced is not None:
            return self.segments[forced.name]
        values = {"caller": caller}
        return next((one for one in self.segments.values() if one.when is None or one.when.holds(values)), None)

    def desk_of(self, segment: Segment | None) -> str:
        """Return the desk of a segment; callers of none get the desk for all others."""
        return segment.desk.name if segment and segment.desk else self.desk


@dataclass(frozen=True)
class Release:
    """All flow files as one unit. `version` is their content hash; a call keeps to one release for its life."""

    version: str
    flows: Mapping[str, Flow]
    line: Hotline
    files: Mapping[str, str] = field(repr=False)


def within(value: Any, kind: type | tuple[type, ...]) -> Iterator[Any]:
    """Yield every object of `kind` inside a step, choice, text or route, in the order written."""
    if isinstance(value, kind):
        yield value
    if isinstance(value, Mapping):
        for inner in value.values():
            yield from within(inner, kind)
    elif isinstance(value, list | tuple):
        for inner in value:
            yield from within(inner, kind)
    else:
        for name in _parts(type(value)):  # type: ignore[arg-type]  # classes are hashable
            yield from within(getattr(value, name), kind)


@functools.cache
def _parts(cls: type) -> tuple[str, ...]:
    """Name the fields of a dataclass; none for anything else. Kept, for reading flows asks a hundred thousand times."""
    return tuple(spec.name for spec in fields(cls)) if is_dataclass(cls) else ()
