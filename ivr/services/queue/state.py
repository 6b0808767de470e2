"""The state of the queue as immutable values: waiters, agents, offers, sites and handled calls.

Times are Unix seconds; 0 means never.
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
"""The languages of an agent without an entry. They are compared by their first part: en is en-US."""


class Waiter(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A caller who waits for an agent, on the line or for a call back (then `by` is set, and `call` asked for it).

    `mark` is the fingerprint of the number, "" for a withheld one; `sealed` is the context for the agent. A row is kept
    for a while after its wait (`talked`, `left`), so that late requests find its result.
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
    # The stored name is older than this one; a board of the last version must still be read.
    told_at: float = struct_field(default=0.0, name="told")
    told_key: str = ""
    moved: float = 0.0
    ended: float = 0.0
    why: str = ""
    agent: str = ""
    seconds: float = 0.0
    by: float = 0.0
    call: str = ""
    reference: str = ""
    tries: int = 0
    not_before: float = 0.0

    @property
    def calls_back(self) -> bool:
        """Return whether the caller waits for a call back."""
        return self.by > 0


class Agent(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """An agent. `id` is the name or staff number, `number` an E.164 number or SIP address.

    `until` is the end of a wrap-up or timed pause, `idle` the end of the last call, and `then` the state that was
    requested during a call and follows it.
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
    """The ringing of an agent for a waiter: the agent's leg. It ends at `until` even if its events are lost.

    `picked_up` is the time at which a caller who is called back answered, `call` the carrier's id of the agent's leg,
    and `asked` the time at which the carrier was asked last whether it goes on. `doubted` is the time at which the
    agent said that it is over.
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
    call: str = ""
    asked: float = 0.0
    doubted: float = 0.0


class SiteHealth(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """The health of a site: failed dials in a row, the end of the time it is passed over, and its credit of calls."""

    id: str
    failures: int = 0
    until: float = 0.0
    down: bool = False
    credit: float = 0.0


class Handled(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """The last handled calls of a desk: the end of each and its duration with the wrap-up."""

    id: str
    calls: tuple[tuple[float, float], ...] = ()


Thing = Waiter | Agent | Offer | SiteHealth | Handled


@dataclass(frozen=True)
class QueueState:
    """The state at one moment. `put` and `drop` return a new state."""

    waiters: Mapping[str, Waiter] = field(default_factory=lambda: MappingProxyType({}))
    agents: Mapping[str, Agent] = field(default_factory=lambda: MappingProxyType({}))
    offers: Mapping[str, Offer] = field(default_factory=lambda: MappingProxyType({}))
    sites: Mapping[str, SiteHealth] = field(default_factory=lambda: MappingProxyType({}))
    handled: Mapping[str, Handled] = field(default_factory=lambda: MappingProxyType({}))

    def put(self, *things: Thing) -> QueueState:
        """Return the state with these things, which replace those of the same id."""
        return self.changed((_KINDS[type(thing)], thing.id, thing) for thing in things)

    def drop(self, *things: Thing) -> QueueState:
        """Return the state without these things."""
        return self.changed((_KINDS[type(thing)], thing.id, None) for thing in things)

    def changed(self, things: Iterable[tuple[str, str, Thing | None]]) -> QueueState:
        """Return the state with changes, each a field, an id and the new thing; None deletes it."""
        changed: dict[str, dict[str, Thing]] = {}
        for kind, key, thing in things:
            if kind not in changed:
                # A copy of this field only: turns keep the state that they began with.
                changed[kind] = dict(getattr(self, kind))
            if thing is None:
                changed[kind].pop(key, None)
            else:
                changed[kind][key] = thing
        return replace(self, **changed)  # type: ignore[arg-type]

    def offer_of(self, whose: Waiter | Agent) -> Offer | None:
        """Return the current offer of a waiter or an agent, if any."""
        return self.offers.get(whose.offer) if whose.offer else None


_KINDS: Mapping[type, str] = {
    Waiter: "waiters",
    Agent: "agents",
    Offer: "offers",
    SiteHealth: "sites",
    Handled: "handled",
}
"""The field of the state for each type of thing."""

TYPES: Mapping[str, type[Thing]] = {kind: cls for cls, kind in _KINDS.items()}
assert set(TYPES) == {spec.name for spec in fields(QueueState)}  # noqa: S101
