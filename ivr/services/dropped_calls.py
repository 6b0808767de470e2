"""Where callers were cut off, kept for minutes so that they can go on in their next call. Sealed as a whole.

The number alone proves nothing: the engine lets a caller go on only after the proof that the step needs.
"""

from __future__ import annotations

from ivr.crypto import Seal
from ivr.engine.ports import Document, Documents
from ivr.engine.service_ports.dropped import (
    DroppedCall,
    DroppedFrames,
    FindDropped,
    ForgetDropped,
    KeepDropped,
    TakeDropped,
)
from ivr.engine.service_ports.question import Done
from ivr.errors import LookupFailed
from ivr.flow.endings import LONGEST_GOING_ON
from ivr.jobs.housekeeping import forget_some
from ivr.secret import Secret

from .owners import owner_of

DROPPED_CALLS = "dropped_calls"
_LOOKED_AT = 4
"""The documents that each write looks at, to delete old ones: more than it adds, so that none stays for long."""


class DroppedCalls:
    """The service "dropped". It keeps nothing for callers without a number."""

    def __init__(self, documents: Documents, seal: Seal) -> None:
        self._documents, self._seal = documents, seal

    def keep(self, question: KeepDropped, *, key: str, now: float) -> Done:
        """Keep a call, and delete some that are too old to go on with."""
        del key
        if question.number:
            place, frames = (self._seal.seal(Secret("spoken", text)) for text in (question.place, question.frames))
            document: Document = {"at": int(now), "called": question.called, "place": place, "frames": frames}
            forget_some(self._documents, DROPPED_CALLS, lambda kept: now - kept["at"] > LONGEST_GOING_ON, _LOOKED_AT)
            self._documents.change(DROPPED_CALLS, self._owner(question.number), lambda _: document)
        return Done()

    def find(self, question: FindDropped, *, key: str, now: float) -> DroppedCall:
        """Return the place. Raises LookupFailed, `missing` where there is none, or it is too old."""
        del key
        kept = self._kept(question.number)
        if kept["called"] != question.called or not 0 <= now - kept["at"] <= question.within:
            raise LookupFailed("the call was cut off too long ago, or was to another number", missing=True)
        return DroppedCall(place=self._seal.open(kept["place"]).reveal())

    def take(self, question: TakeDropped, *, key: str, now: float) -> DroppedFrames:
        """Return the values, and forget the call. Raises LookupFailed as `find` does."""
        kept = self._kept(question.number)
        self.forget(ForgetDropped(number=question.number), key=key, now=now)
        return DroppedFrames(frames=self._seal.open(kept["frames"]).reveal())

    def forget(self, question: ForgetDropped, *, key: str, now: float) -> Done:
        """Forget the call."""
        del key, now
        if question.number:
            self._documents.change(DROPPED_CALLS, self._owner(question.number), lambda _: None)
        return Done()

    def _kept(self, number: str) -> Document:
        kept = self._documents.get(DROPPED_CALLS, self._owner(number)) if number else None
        if kept is None:
            raise LookupFailed("no call of this number was cut off", missing=True)
        return kept

    def _owner(self, number: str) -> str:
        return owner_of(self._seal, "dropped", number)
