"""The keys of one Gather as they come, and the parameters of its action."""

from __future__ import annotations

from ivr.carrier.gather_rules import Gathered
from ivr.carrier.twiml import Gather
from ivr.speech.asr import Nothing, RecognizedPhrase

_NOT_SAID = frozenset({"silence", "noise", "music", "keys"})
_RECOGNISER_FAILED = "13334"
"""Twilio's error for a recogniser that failed, after which a server asks for keys."""
_UNCLEAR = "…"
"""Stands for words that were not understood; it matches no choice."""


class KeyEntry:
    """Keys until there are `num_digits`, or the finishing key. Not for printing: it may be a PIN."""

    def __init__(self, gather: Gather) -> None:
        self._gather = gather
        self._keys = ""
        self._finished = ""

    @property
    def begun(self) -> bool:
        """Whether a key was pressed."""
        return bool(self._keys or self._finished)

    @property
    def complete(self) -> bool:
        """Whether no further key belongs to the entry."""
        return bool(self._finished) or len(self._keys) == self._gather.num_digits

    def add(self, key: str) -> None:
        """Add a key."""
        if key == self._gather.finish_on_key:
            self._finished = key
        else:
            self._keys += key

    def parameters(self) -> dict[str, str] | None:
        """Return the parameters, or None if the finishing key alone ends an entry that must not be empty."""
        # As at Twilio, where a finishing key alone lets the document go on.
        if not self._keys and not self._gather.action_on_empty:
            return None
        return Gathered(self._keys, self._finished).parameters(blank=True)


def blank_end(gather: Gather, *, blank: bool) -> dict[str, str] | None:
    """Return the parameters of an entry without a key or a word, or None if the document goes on."""
    return Gathered().parameters(blank) if gather.action_on_empty else None


def speech_result(result: RecognizedPhrase | Nothing) -> dict[str, str] | None:
    """Return the parameters of what was said; None for a sound that was no speech."""
    if isinstance(result, RecognizedPhrase):
        return Gathered(speech=result.text, confidence=round(result.confidence, 3)).parameters(blank=True)
    if result.reason in _NOT_SAID:
        return None
    if result.reason == "unclear":
        return Gathered(speech=_UNCLEAR, confidence=0.0).parameters(blank=True)
    return {"ErrorCode": _RECOGNISER_FAILED}
