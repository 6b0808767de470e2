"""The inputs of a call, from the caller or the carrier. Silence, wrong keys and hanging up are inputs, not errors."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal

from .verbs import InputMode

Attestation = Literal["", "A", "B", "C", "failed"]


@dataclass(frozen=True)
class CallStarted:
    """A call arrives. `caller` and `called` are as the carrier gave them and need not be numbers.

    `attestation` is what STIR/SHAKEN says of the number, where the carrier sends it: the level of a valid signature
    (A: the caller may use the number; B, C: less), or that it is not valid.
    """

    caller: str
    called: str
    flow: str | None = None
    attestation: Attestation = ""


@dataclass(frozen=True)
class Digits:
    """Keys 0-9, * and #, in the order pressed. Never shown by repr: they may be a PIN."""

    keys: str = field(repr=False)


@dataclass(frozen=True)
class Speech:
    """The result of a recogniser; `confidence` is 0 to 1, or None if the recogniser reports none."""

    text: str = field(repr=False)
    confidence: float | None = None


@dataclass(frozen=True)
class NoInput:
    """The caller stayed silent."""


@dataclass(frozen=True)
class Recorded:
    """A recording has ended; `key` is the key that ended it, if any; `left` is true if hanging up ended it."""

    url: str
    seconds: float
    key: str = ""
    left: bool = False


@dataclass(frozen=True)
class RecognizerFailed:
    """No recogniser could listen. From now on the call hears by `input_mode`; nothing is counted against the caller."""

    input_mode: InputMode = "keys"


@dataclass(frozen=True)
class DialEnded:
    """The dialled leg is over. `bridged` is false if the sides never heard each other, even if `completed`."""

    status: Literal["completed", "busy", "no-answer", "failed", "canceled"]
    seconds: float = 0.0
    bridged: bool = True


LOST = "lost"
"""The reason of a call whose end the carrier did not report."""


@dataclass(frozen=True)
class HungUp:
    """The caller has gone, or the carrier ended the call. `dialled` is the leg that the hang-up ended, if reported."""

    reason: str = "completed"
    dialled: DialEnded | None = None


@dataclass(frozen=True)
class Resumed:
    """A late or foreign request for a turn that is over: the current prompt is repeated, and nothing is counted."""


Input = CallStarted | Digits | Speech | NoInput | Recorded | RecognizerFailed | DialEnded | HungUp | Resumed
