"""The questions that the queue answers, with their fields. What is wrong is refused without repeating any value."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar

import msgspec

from ivr.errors import LookupFailed
from ivr.flow.model import PRIORITIES

_GONE = "gone"


class OfCall(msgspec.Struct, frozen=True, kw_only=True):
    """A question about one call."""

    call: str


class EnterQueue(OfCall, frozen=True, kw_only=True):
    """What is told of a caller: who enters calls from `caller`, who wants to be called back names a `number`."""

    desk: str
    priority: str = PRIORITIES[0]
    caller: str | None = ""
    number: str | None = ""
    language: str = ""
    level: int = 0
    called: str | None = ""
    customer: str | None = ""
    name: str | None = ""
    segment: str | None = ""
    reason: str | None = ""
    message: str | None = ""
    context: dict[str, Any] | None = None

    def __post_init__(self) -> None:
        if self.priority not in PRIORITIES:
            raise ValueError("no such priority")


class Rang(OfCall, frozen=True, kw_only=True):
    """How the dialling of an agent ended; `leg` names the offer where it is known."""

    status: str
    seconds: float = 0.0
    leg: str = ""


class Leaving(OfCall, frozen=True, kw_only=True):
    """Why a caller leaves the queue: a choice, a call back; only who has just gone may come back to the place."""

    why: str = _GONE


class OfNumber(msgspec.Struct, frozen=True, kw_only=True):
    """A question about whoever called from a number."""

    number: str | None = ""


Q = TypeVar("Q", bound=msgspec.Struct)


def read_question(given: Mapping[str, Any], kind: type[Q]) -> Q:
    """Read the fields of a question. Raises LookupFailed."""
    try:
        return msgspec.convert(given, kind)
    except (msgspec.ValidationError, ValueError):
        pass
    fields = ", ".join(kind.__struct_fields__)
    raise LookupFailed(f"the question lacks a field, or one holds what it cannot; the fields are {fields}")
