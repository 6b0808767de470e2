"""The questions to the service "dropped": where callers were cut off, so that they can go on in their next call."""

from __future__ import annotations

from typing import Annotated, ClassVar, Protocol

from .field_types import MAP, NumberType, SecondsType, ShortTextType, TextType
from .question import Answer, Done, Question

LONGEST_FRAMES = 60_000
"""The most characters of kept values; a call with more cannot be gone on with."""


class DroppedCall(Answer, frozen=True, kw_only=True):
    """The place at which a call was cut off; it holds no value of the call."""

    place: Annotated[str, MAP, "the place, as the engine wrote it"]


class DroppedFrames(Answer, frozen=True, kw_only=True):
    """The values of a call that was cut off. They may be what was typed, so no record of a turn holds them."""

    recorded: ClassVar[bool] = False
    frames: Annotated[str, MAP, "the frames, as the engine wrote them"]


class KeepDropped(Question[Done], frozen=True, kw_only=True):
    """Keep where the call of a number was cut off; it replaces what was kept of the number before."""

    source: ClassVar[str] = "dropped.keep"
    for_flows: ClassVar[bool] = False
    noted: ClassVar[bool] = False
    number: Annotated[str, NumberType(), "the number that called; nothing is kept without one"] = ""
    called: Annotated[str, TextType(), "the number that was called"] = ""
    place: Annotated[str, ShortTextType(LONGEST_FRAMES), "the place"]
    frames: Annotated[str, ShortTextType(LONGEST_FRAMES), "the values"]


class FindDropped(Question[DroppedCall], frozen=True, kw_only=True):
    """Return what is kept of a number that calls again; "no such thing" where nothing is, or not any more."""

    source: ClassVar[str] = "dropped.find"
    for_flows: ClassVar[bool] = False
    noted: ClassVar[bool] = False
    number: Annotated[str, NumberType(), "the number that calls"] = ""
    called: Annotated[str, TextType(), "the number that is called, which must be the same"] = ""
    within: Annotated[float, SecondsType(), "how long ago it may have been cut off"]


class TakeDropped(Question[DroppedFrames], frozen=True, kw_only=True):
    """Return the values of a call that its caller goes on with, and forget it."""

    source: ClassVar[str] = "dropped.take"
    for_flows: ClassVar[bool] = False
    noted: ClassVar[bool] = False
    number: Annotated[str, NumberType(), "the number that calls"] = ""


class ForgetDropped(Question[Done], frozen=True, kw_only=True):
    """Forget the call, because its caller wants something else."""

    source: ClassVar[str] = "dropped.forget"
    for_flows: ClassVar[bool] = False
    noted: ClassVar[bool] = False
    number: Annotated[str, NumberType(), "the number that calls"] = ""


class DroppedPort(Protocol):
    """The service "dropped"."""

    def keep(self, question: KeepDropped, *, key: str, now: float) -> Done:
        """Keep a call."""

    def find(self, question: FindDropped, *, key: str, now: float) -> DroppedCall:
        """Return the place. Raises LookupFailed, `missing` where there is none."""

    def take(self, question: TakeDropped, *, key: str, now: float) -> DroppedFrames:
        """Return the values, and forget the call. Raises LookupFailed as `find` does."""

    def forget(self, question: ForgetDropped, *, key: str, now: float) -> Done:
        """Forget the call."""
