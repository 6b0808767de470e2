"""The state of the queue as values: who waits for a person, who is at the desks, who is being rung for whom.

Nothing here acts, asks or has a clock. Times are Unix seconds; 0 stands for never.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, fields, replace
from types import MappingProxyType
from typing import Literal

from msgspec import Struct
from msgspec import field as struct_field

WaiterState = Literal["waiting", "ringing", "talking", "talked", "left"]
AgentState = Literal["off", "ready", "paused", "ringing", "talking", "wrap_up"]
OfferState = Literal["ringing", "answered", "taken", "over", "failed"]


MAIN_LANGUAGE = "zh"
"""What an agent speaks of whom nothing else is known. Languages are compared by their first part: en is en-US."""


class Waiter(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """Somebody who wants a person: on the line, or waiting for a call back (`by` is set then).

    `mark` stands for the number, "" where it was withheld; `sealed` holds what the agent is to know. A row outlives
    its wait for a while (`talked`, `left`), so that late requests find what became of it.
    """

    id: str
    desk: str
    priority: str
    entered: float
    seen: float
    key: str = ""
    state: WaiterState = "waiting"
    mark: str = ""
    language: str = ""
    level: int = 0
    sealed: str = ""
    last_agent: str = ""
    offer: str = ""
    position: int = 0
    minutes: int | None = None
    longer: bool = False
    told_at: float = struct_field(default=0.0, name="told")
    told_key: str = ""
    moved: float = 0.0
    ended: float = 0.0
    why: str = ""
    agent: str = ""
    seconds: float = 0.0
    by: float = 0.0
    reference: str = ""
    tries: int = 0
    not_before: float = 0.0

    @property
    def calls_back(self) -> bool:
        """Tell whether this caller holds no line and is to be called."""
        return self.by > 0


class Agent(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A person who answers. `id` is the name or staff number, `number` E.164 or a SIP address.

    `until` ends a wrap-up or a pause that ends by itself; `idle` is when the last call was over; `then` is the state
    that was asked for during a call and follows it.
    """

    id: str
    number: str
    desks: tuple[str, ...]
    languages: tuple[str, ...] = (MAIN_LANGUAGE,)
    site: str = ""
    state: AgentState = "off"
    why: str = ""
    since: float = 0.0
    until: float = 0.0
    idle: float = 0.0
    offer: str = ""
    then: str = ""


class Offer(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One ringing of one agent for one waiter: the agent's leg. It is nobody's after `until`, whatever gets lost.

    `picked_up` is when a caller who is called back answered.
    """

    id: str
    waiter: str
    agent: str
    made: float
    until: float
    desk: str
    key: str = ""
    state: OfferState = "ringing"
    timeout: int = 20
    record: bool = False
    answered: float = 0.0
    taken: float = 0.0
    picked_up: float = 0.0
    ended: float = 0.0
    how: str = ""
    shown: bool = False


class SiteHealth(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """How a site does: dials that failed in a row, until when it is passed over, and its credit of calls."""

    id: str
    failures: int = 0
    until: float = 0.0
    down: bool = False
    credit: float = 0.0


class Handled(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """The last calls that were handled for a desk: when each was over and how long it took with its wrap-up."""

    id: str
    calls: tuple[tuple[float, float], ...] = ()


Thing = Waiter | Agent | Offer | SiteHealth | Handled


@dataclass(frozen=True)
class QueueState:
    """Everything at one moment. Never changed; `put` and `drop` return another."""

    waiters: Mapping[str, Waiter] = field(default_factory=lambda: MappingProxyType({}))
    agents: Mapping[str, Agent] = field(default_factory=lambda: MappingProxyType({}))
    offers: Mapping[str, Offer] = field(default_factory=lambda: MappingProxyType({}))
    sites: Mapping[str, SiteHealth] = field(default_factory=lambda: MappingProxyType({}))
    handled: Mapping[str, Handled] = field(default_factory=lambda: MappingProxyType({}))

    def put(self, *things: Thing) -> QueueState:
        """Return the state with these in place of those of the same id."""
        return self.changed((_KINDS[type(thing)], thing.id, thing) for thing in things)

    def drop(self, *things: Thing) -> QueueState:
        """Return the state without these."""
        return self.changed((_KINDS[type(thing)], thing.id, None) for thing in things)

    def changed(self, things: Iterable[tuple[str, str, Thing | None]]) -> QueueState:
        """Return the state with these, each told by its field and its id; None takes one away."""
        changed: dict[str, dict[str, Thing]] = {}
        for kind, key, thing in things:
            if kind not in changed:
                changed[kind] = dict(getattr(self, kind))
            if thing is None:
                changed[kind].pop(key, None)
            else:
                changed[kind][key] = thing
        return replace(self, **changed)  # type: ignore[arg-type]

    def offer_of(self, whose: Waiter | Agent) -> Offer | None:
        """Return the offer that a waiter or an agent is in, if any."""
        return self.offers.get(whose.offer) if whose.offer else None


_KINDS: Mapping[type, str] = {
    Waiter: "waiters",
    Agent: "agents",
    Offer: "offers",
    SiteHealth: "sites",
    Handled: "handled",
}
"""What is on the state, and the field that holds it."""

TYPES: Mapping[str, type[Thing]] = {kind: cls for cls, kind in _KINDS.items()}
assert set(TYPES) == {spec.name for spec in fields(QueueState)}  # noqa: S101
