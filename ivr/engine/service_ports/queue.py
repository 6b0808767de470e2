"""The questions to the service "queue": enter, ask for an instruction, report a dial, leave, be called back."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Annotated, Any, ClassVar, Generic, Literal, Protocol

from msgspec import Struct

from ivr.errors import LookupFailed
from ivr.flow.own_classes import NORMAL, PRIORITIES

from .field_types import (
    COUNT,
    DURATION,
    FLAG,
    MAP,
    MOMENT,
    NUMBER,
    REFERENCE,
    TEXT,
    ClassType,
    NumberType,
    SecondsType,
    ShortTextType,
    TextType,
    WholeType,
    entries,
    texts,
)
from .question import A, Answer, Question

MOST_NOTES = 40
"""Entries of the path, of what was typed and of earlier contacts that go along; the newest ones."""
_GONE = "gone"
ENDED = "ended"
"""Why a call leaves the queue that is over: its call back may be made from now on."""
_LONGEST_ADDRESS = 500

QueueOrder = Literal["wait", "ring", "direct", "router", "talked", "nobody", "full", "left"]


class AgentNotes(Struct, frozen=True, kw_only=True):
    """The context of a caller: choices, masked entries, and reasons of earlier calls."""

    path: tuple[str, ...] = ()
    typed: dict[str, str] = {}
    last_reasons: tuple[str, ...] = ()


@dataclass(frozen=True)
class NotesType:
    """The type of a context for the agent. Values that cannot be kept, such as secrets, are left out."""

    words: str = "a map of path, typed and last_reasons"

    def read(self, name: str, value: Any) -> AgentNotes:
        """Return the context."""
        if isinstance(value, AgentNotes):
            return value
        if not isinstance(value or {}, Mapping):
            raise LookupFailed(f"{name} is no map")
        notes = value or {}
        return AgentNotes(
            path=texts(notes.get("path"), most=MOST_NOTES),
            typed=entries(notes.get("typed"), most=MOST_NOTES),
            last_reasons=texts(notes.get("last_reasons"), most=MOST_NOTES),
        )


class QueueStatus(Answer, frozen=True, kw_only=True):
    """The instruction for a caller in the queue: wait, be connected, or go on without an agent."""

    state: Annotated[
        QueueOrder, TEXT, "wait, ring (an agent), direct (the desk's number), router, talked, nobody, full or left"
    ]
    position: Annotated[int, COUNT, "the place in the queue"] = 0
    minutes: Annotated[int | None, COUNT, "the wait that is told; none while it is unknown"] = None
    longer: Annotated[bool, FLAG, "whether it takes longer than was told before"] = False
    due: Annotated[bool, FLAG, "whether place and wait are to be told now"] = False
    piece: Annotated[float, DURATION, "seconds of music until the next question"] = 0.0
    call_back: Annotated[bool, FLAG, "whether to offer a call back"] = False
    agent: Annotated[str, TEXT, "the agent who is rung, or has talked"] = ""
    number: Annotated[str, NUMBER, "the number that is dialled"] = ""
    leg: Annotated[str, TEXT, "the ringing"] = ""
    timeout: Annotated[int, DURATION, "seconds that it rings"] = 0
    record: Annotated[bool, FLAG, "whether the conversation is recorded"] = False
    seconds: Annotated[int, DURATION, "how long the conversation took"] = 0
    workflow: Annotated[str, TEXT, "the carrier's workflow"] = ""
    priority: Annotated[int, COUNT, "the priority that the carrier's router is told"] = 0
    task: Annotated[Mapping[str, Any], MAP, "what the carrier's router is told of the caller"] = {}


class KeptPlace(Answer, frozen=True, kw_only=True):
    """The kept place of a caller who was cut off."""

    waited: Annotated[int, COUNT, "whole minutes that the caller had waited"]
    position: Annotated[int, COUNT, "the place that they would have now"]


class CallbackPromise(Answer, frozen=True, kw_only=True):
    """The promise of a call back."""

    by: Annotated[str, MOMENT, "the last moment, to the quarter of an hour, or urgently to the minute"]
    minutes: Annotated[int, COUNT, "in how many minutes that is"] = 0
    reference: Annotated[str, REFERENCE, "the number to read back"]


class AboutCaller(Question[A], Generic[A], frozen=True, kw_only=True):
    """The fields that describe a caller to the queue."""

    call: Annotated[str, ShortTextType(), "the call"]
    desk: Annotated[str, TextType(), "the desk that is wanted"]
    priority: Annotated[str, ClassType("priorities", PRIORITIES), "how urgent it is"] = NORMAL
    caller: Annotated[str, TextType(), "the number that calls"] = ""
    called: Annotated[str, TextType(), "the number that was called"] = ""
    language: Annotated[str, TextType(), "the language that is spoken"] = ""
    level: Annotated[int, WholeType(0, 3), "the identity level"] = 0
    customer: Annotated[str, TextType(), "the verified customer"] = ""
    name: Annotated[str, TextType(), "the customer's name"] = ""
    segment: Annotated[str, TextType(), "the caller's segment"] = ""
    reason: Annotated[str, TextType(), "what the call is about"] = ""
    context: Annotated[AgentNotes, NotesType(), "what the caller did so far"] = AgentNotes()


class EnterQueue(AboutCaller[QueueStatus], frozen=True, kw_only=True):
    """Ask for a person at a desk."""

    source: ClassVar[str] = "queue.enter"
    noted: ClassVar[bool] = False


class AskRound(Question[QueueStatus], frozen=True, kw_only=True):
    """Ask what to do now; "no such thing" for a call that does not wait."""

    source: ClassVar[str] = "queue.round"
    noted: ClassVar[bool] = False
    call: Annotated[str, ShortTextType(), "the call"]


class NoteRang(Question[QueueStatus], frozen=True, kw_only=True):
    """Report how the dialling of an agent ended, and ask what to do now."""

    source: ClassVar[str] = "queue.rang"
    noted: ClassVar[bool] = False
    call: Annotated[str, ShortTextType(), "the call"]
    status: Annotated[str, TextType(), "how it ended, in the carrier's words"]
    seconds: Annotated[float, SecondsType(), "how long the agent was connected"] = 0.0
    leg: Annotated[str, TextType(), "the ringing, where it is known"] = ""


class LeaveQueue(Question[QueueStatus], frozen=True, kw_only=True):
    """Give the place up. Only a caller who was cut off may return to it."""

    source: ClassVar[str] = "queue.leave"
    noted: ClassVar[bool] = False
    call: Annotated[str, ShortTextType(), "the call"]
    why: Annotated[str, TextType(), "why: a choice, a call back, or gone"] = _GONE


class FindPlace(Question[KeptPlace], frozen=True, kw_only=True):
    """Return the place that is kept for a caller who was cut off while waiting; "no such thing" where there is none."""

    source: ClassVar[str] = "queue.place"
    number: Annotated[str, NumberType(), "the number that calls"] = ""


class PromiseCallback(AboutCaller[CallbackPromise], frozen=True, kw_only=True):
    """Promise a call back, from where the call stands in the queue."""

    source: ClassVar[str] = "queue.call_back"
    number: Annotated[str, NumberType(), "the number that is rung"] = ""
    message: Annotated[str, TextType(_LONGEST_ADDRESS), "the address of a message for who rings"] = ""


class QueuePort(Protocol):
    """The service "queue"."""

    def enter(self, question: EnterQueue, *, key: str, now: float) -> QueueStatus:
        """Add a caller to the queue, or return why not."""

    def round(self, question: AskRound, *, key: str, now: float) -> QueueStatus:
        """Return the next instruction. Raises LookupFailed, `missing` for a call that is not in the queue."""

    def rang(self, question: NoteRang, *, key: str, now: float) -> QueueStatus:
        """Record how the dialling ended. Raises LookupFailed as `round` does."""

    def leave(self, question: LeaveQueue, *, key: str, now: float) -> QueueStatus:
        """Remove a caller; return whether the caller has talked with an agent."""

    def place(self, question: FindPlace, *, key: str, now: float) -> KeptPlace:
        """Return the place that is kept. Raises LookupFailed, `missing` where there is none."""

    def call_back(self, question: PromiseCallback, *, key: str, now: float) -> CallbackPromise:
        """Promise a call back. Raises LookupFailed."""
