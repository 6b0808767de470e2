"""A call as immutable data: all its state between two turns.

Why frozen structs of msgspec: a turn makes a dozen changed copies, thirty times cheaper than those of dataclasses, and
fields with their default are not stored.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Self

from msgspec import Struct, field

Values = Mapping[str, Any]
"""Variables by name: text, numbers, true/false, lists and maps of these, or a `Secret`."""

_STORED = {"scratch": "memo", "history": "trail", "visited": "heard", "replayable": "told"}
"""Names in stored calls, so that live calls survive an upgrade."""


class Frame(Struct, frozen=True, omit_defaults=True, rename=_STORED):
    """Where a call stands in one flow. Sub-flows stack frames; the last one is active.

    `scratch` is the active step's own data, `history` the listening steps that "back" returns through, `visited` the
    steps whose long prompt the caller has heard (the newest last, where it matters), and `replayable` the steps that
    spoke since the caller last chose.
    `proven` names the values that were learnt by proof, with the level that reads them.
    """

    flow: str
    step: str
    values: Values = field(default_factory=dict)
    scratch: Values = field(default_factory=dict)
    history: tuple[str, ...] = ()
    visited: tuple[str, ...] = ()
    replayable: tuple[str, ...] = ()
    proven: Mapping[str, int] = field(default_factory=dict)


class ProvenIdentity(Struct, frozen=True, omit_defaults=True):
    """The proved identity of the caller. `until` is a Unix time; `customer` is the bank's own key.

    `by` is what the caller named first, "card" or "id": a later proof asks for the same, for the card may be lost.
    """

    level: int = 0
    customer: str = ""
    until: float = 0.0
    by: str = ""

    def level_at(self, now: float) -> int:
        """Return the level that holds at a Unix time."""
        return self.level if now < self.until else 0


@dataclass(frozen=True)
class CallerRecord:
    """The fields of `caller` that the engine reads; the map in `CallFacts` also has further fields of the bank.

    `tier`, `desk` and `priority` are those of the caller's segment; `unreachable` is set while the bank did not answer.
    """

    known: bool = False
    customer: str = ""
    name: str = ""
    age: int | None = None
    profile: str = ""
    frequent: Sequence[str] = ()
    last_reasons: Sequence[str] = ()
    risk: bool = False
    tier: str = ""
    desk: str = ""
    priority: str = ""
    unreachable: bool = False

    @classmethod
    def read(cls, caller: Values) -> Self:
        """Return the declared fields of the map; what is missing or null has its default."""
        fields = cls.__dataclass_fields__
        return cls(**{name: value for name, value in caller.items() if name in fields and value is not None})

    def merged_into(self, caller: Values) -> dict[str, Any]:
        """Return the map with the fields that have changed."""
        before = self.read(caller)
        # Only what has changed: a field that the bank left out must not appear as empty to flows.
        fields = ((name, getattr(self, name)) for name in self.__dataclass_fields__)
        return {**caller, **{name: value for name, value in fields if value != getattr(before, name)}}


class CallFacts(Struct, frozen=True, omit_defaults=True):
    """The facts of a call that flows read: the caller by the bank and by earlier calls, the reason, the verified card.

    `caller` and `card` are records of the bank, which may have fields that this software does not know.
    """

    caller: Values = field(default_factory=dict)
    reason: str = ""
    card: Values = field(default_factory=dict)

    def values(self, *, proved: bool = True) -> dict[str, Any]:
        """Return the facts by name; unknown ones are left out.

        What a number often asks for is its owner's, and left out unless the caller has proved an identity.
        """
        facts = {name: value for name in self.__struct_fields__ if (value := getattr(self, name))}
        if not proved and self.caller.get("frequent"):
            facts["caller"] = {**self.caller, "frequent": []}
        return facts


class Transfer(Struct, frozen=True, omit_defaults=True, rename={"recording_announced": "told"}):
    """The state of a transfer: the desk, the priority, its begin (Unix time), and the last status of the queue."""

    desk: str = ""
    priority: str = ""
    since: float | None = None
    position: int | None = None
    minutes: int | None = None
    call_back: bool | None = None
    recording_announced: bool = False
    agent: str = ""


class Call(Struct, frozen=True, omit_defaults=True, rename={"input_mode": "ear"}):
    """One telephone call. `release` pins the content hash of the flow files it began with; `turn` counts replies.

    `rate` is the caller's speaking rate as a share of the profile's. `path` names the choices taken and `typed` holds
    the masked entries, for the agent who takes the call over. `input_mode` is set once the usual recogniser has
    failed. `attestation` is that of STIR/SHAKEN for the number; a number whose signature is not valid is not kept.
    """

    id: str
    release: str
    language: str
    caller: str
    called: str
    started: float
    frames: tuple[Frame, ...]
    turn: int = 0
    facts: CallFacts = CallFacts()
    identity: ProvenIdentity = ProvenIdentity()
    errors: int = 0
    tries: Mapping[str, int] = field(default_factory=dict)
    keys_ahead: str = ""
    transfer: Transfer = Transfer()
    rate: float = 1.0
    path: tuple[str, ...] = ()
    typed: Mapping[str, str] = field(default_factory=dict)
    input_mode: str = ""
    attestation: str = ""
    ended: str = ""

    def __repr__(self) -> str:
        return f"Call({self.id!r}, turn={self.turn})"  # a log must not contain entries and facts

    @property
    def frame(self) -> Frame:
        """The active frame."""
        return self.frames[-1]
