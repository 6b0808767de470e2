"""A call as data: all that is remembered between two turns. Changed only by making a new one.

Why frozen structs of msgspec: a turn makes a dozen changed copies, thirty times cheaper than those of dataclasses, and
what has its default is not stored.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from msgspec import Struct, field

Values = Mapping[str, Any]
"""Variables by name: text, numbers, true/false, lists and maps of these, or a `Secret`."""

_STORED = {"scratch": "memo", "history": "trail", "visited": "heard", "replayable": "told"}
"""Names that live calls have in stores, so that an upgrade goes on with them."""


class Frame(Struct, frozen=True, omit_defaults=True, rename=_STORED):
    """Where a call stands in one flow. Sub-flows stack frames; the last one is active.

    `scratch` is the active step's own data, `history` the listening steps that "back" returns through, `visited` the
    steps whose long prompt the caller has heard, and `replayable` the steps that spoke since the caller last chose.
    `proven` names the values that were learnt by proof, with the level that reads them.
    """

    flow: str
    step: str
    values: Values = field(default_factory=dict)
    scratch: Values = field(default_factory=dict)
    history: tuple[str, ...] = ()
    visited: frozenset[str] = frozenset()
    replayable: tuple[str, ...] = ()
    proven: Mapping[str, int] = field(default_factory=dict)


class ProvenIdentity(Struct, frozen=True, omit_defaults=True):
    """Who the caller has proved to be. `until` is a Unix time; `customer` is the bank's own key."""

    level: int = 0
    customer: str = ""
    until: float = 0.0


class CallFacts(Struct, frozen=True, omit_defaults=True):
    """What flows read of a call: the caller, as the bank and earlier calls tell, the reason, and the verified card.

    `caller` and `card` are the bank's own records, which may have parts that nobody here knows.
    """

    caller: Values = field(default_factory=dict)
    reason: str = ""
    card: Values = field(default_factory=dict)

    def values(self) -> dict[str, Any]:
        """Return them as flows read them; what is not known yet is not there."""
        return {name: value for name in self.__struct_fields__ if (value := getattr(self, name))}


class Transfer(Struct, frozen=True, omit_defaults=True, rename={"recording_announced": "told"}):
    """The caller's way to a person: the desk, how urgently, since when (Unix time), and what the queue said last."""

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

    `rate` is how fast the caller wants to be spoken to, as a share of the profile's rate. `path` names the choices that
    were taken and `typed` what was entered, masked, for the agent who takes the call over. `input_mode` is how the
    caller is heard from now on, once the usual way has failed.
    """

    id: str
    release: str
    language: str
    caller: str
    called: str
    started: float
    frames: tuple[Frame, ...]
    turn: int = 0
    facts: CallFacts = field(default_factory=CallFacts)
    identity: ProvenIdentity = field(default_factory=ProvenIdentity)
    errors: int = 0
    tries: Mapping[str, int] = field(default_factory=dict)
    keys_ahead: str = ""
    transfer: Transfer = field(default_factory=Transfer)
    rate: float = 1.0
    path: tuple[str, ...] = ()
    typed: Mapping[str, str] = field(default_factory=dict)
    input_mode: str = ""
    ended: str = ""

    def __repr__(self) -> str:
        return f"Call({self.id!r}, turn={self.turn})"  # what was typed or told is nobody's business in a log

    @property
    def frame(self) -> Frame:
        """The active frame."""
        return self.frames[-1]
