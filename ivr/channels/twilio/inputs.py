"""Read the caller's input from a verified Twilio form. Malformed values count as no_input or no_match."""

from __future__ import annotations

import math
import re
from collections.abc import Mapping
from typing import Literal, cast, get_args

from ivr.engine.inputs import (
    Attestation,
    CallStarted,
    DialEnded,
    Digits,
    HungUp,
    NoInput,
    RecognizerFailed,
    Recorded,
    Speech,
)

from .requests import Parameters

Later = Digits | Speech | NoInput | Recorded | RecognizerFailed | DialEnded | HungUp
BridgeStatus = Literal["completed", "busy", "no-answer", "failed", "canceled"]

MOST_KEYS = 64
MOST_SPEECH = 500
MOST_NUMBER = 64
MOST_ADDRESS = 500
NOT_KEYS = "?"
"""Replaces keys that no telephone has (A-D, digits of other scripts); it matches no choice and no field."""

_QUEUE_ENDS: Mapping[str, BridgeStatus] = {
    "bridged": "completed",
    "bridging-in-process": "completed",
    "redirected-from-bridged": "completed",
    "queue-full": "busy",
    "leave": "canceled",
    "redirected": "canceled",
    "hangup": "canceled",
}
"""Twilio's QueueResult to the status of the leg. Other values, such as `error` and `system-error`, are failures."""

_GONE = frozenset({"completed", "busy", "failed", "no-answer", "canceled"})
RECOGNISER_FAULTS = frozenset({"13326", "13327", "13331", "13334", "13335", "13340", "13341", "13342", "13343"})
"""Twilio's error codes for a gather whose recogniser cannot be used: provider, model or language."""
_FINISH = "#"
"""The key that ends an entry; on its own it means that the caller asks for more time."""
_CALL_ID = re.compile(r"[A-Za-z0-9_-]{2,64}")
_ATTESTATIONS: Mapping[str, Attestation] = {
    "TN-Validation-Passed-A": "A",
    "TN-Validation-Passed-B": "B",
    "TN-Validation-Passed-C": "C",
}
_KEYS = re.compile(r"[^0-9*#]")
_UNPRINTABLE = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff]+")


def call_id(form: Parameters) -> str:
    """Return the call's id, or an empty text if the form has no valid one."""
    match = _CALL_ID.fullmatch(form.first("CallSid"))
    return match.group() if match else ""


def arrival(form: Parameters, flow: str | None = None) -> CallStarted:
    """Read the arrival of a call; numbers stay in the carrier's spelling."""
    caller = form.first("From") or form.first("Caller")
    called = form.first("To") or form.first("Called")
    attestation = _attestation(form.first("StirVerstat"))
    return CallStarted(_clean(caller, MOST_NUMBER), _clean(called, MOST_NUMBER), flow, attestation)


def _attestation(verstat: str) -> Attestation:
    """Read the result of STIR/SHAKEN; https://www.twilio.com/docs/voice/trusted-calling-with-shakenstir."""
    if verstat.startswith("TN-Validation-Failed"):
        return "failed"
    return _ATTESTATIONS.get(verstat, "")


def later(form: Parameters) -> Later:
    """Read any request after the first.

    A recording counts even if the caller then hung up: most messages end that way, and the status callback reports the
    hang-up. The recording of a conversation, which comes with a dial status, is not the caller's message.
    """
    talked = _dialled(form) or _queued(form)
    if form.first("RecordingUrl") and not talked:
        return _recorded(form)
    # Before keys and speech: a caller who has gone hears no answer to them.
    if gone := hung_up(form):
        return HungUp(gone.reason, talked)
    return talked or _keys(form) or _speech(form) or unheard(form) or NoInput()


def unheard(form: Parameters) -> RecognizerFailed | None:
    """Return whether the carrier's recogniser has failed."""
    return RecognizerFailed() if form.first("ErrorCode") in RECOGNISER_FAULTS else None


def hung_up(form: Parameters) -> HungUp | None:
    """Return whether the caller has hung up."""
    status = form.first("CallStatus")
    return HungUp(status) if status in _GONE else None


def _recorded(form: Parameters) -> Recorded:
    digits = form.first("Digits")
    key = digits if len(digits) == 1 and not _KEYS.search(digits) else ""
    # Twilio sends the word "hangup" in Digits when the caller ended the recording by hanging up.
    left = digits == "hangup" or form.first("CallStatus") in _GONE
    url = _clean(form.first("RecordingUrl"), MOST_ADDRESS)
    return Recorded(url, _seconds(form.first("RecordingDuration")), key, left)


def _dialled(form: Parameters) -> DialEnded | None:
    status = form.first("DialCallStatus")
    if not status:
        return None
    if status == "answered":  # the value that conferences send
        status = "completed"
    ending = cast("BridgeStatus", status if status in get_args(BridgeStatus) else "failed")
    # The carrier reports "completed" for a leg that only rang, too; a leg of 0 seconds was heard by no side.
    bridged = form.first("DialBridged") != "false" and form.first("DialCallDuration") != "0"
    return DialEnded(ending, _seconds(form.first("DialCallDuration")), bridged)


def _queued(form: Parameters) -> DialEnded | None:
    """Read the result of the carrier's own router as the end of a dialled leg; the duration is unknown."""
    result = form.first("QueueResult")
    if not result:
        return None
    return DialEnded(_QUEUE_ENDS.get(result, "failed"))


def _keys(form: Parameters) -> Digits | None:
    # A lone pound key ends the gather before any digit; it comes as FinishedOnKey with empty Digits.
    pressed = form.first("Digits").strip() or (_FINISH if form.first("FinishedOnKey") == _FINISH else "")
    return Digits(_KEYS.sub("", pressed)[:MOST_KEYS] or NOT_KEYS) if pressed else None


def _speech(form: Parameters) -> Speech | None:
    text = _clean(form.first("SpeechResult"), MOST_SPEECH)
    return Speech(text, _confidence(form.first("Confidence"))) if text else None


def _confidence(text: str) -> float | None:
    number = _number(text)
    return number if number is not None and 0 <= number <= 1 else None


def _seconds(text: str) -> float:
    number = _number(text)
    return number if number is not None and 0 <= number <= 86400 else 0.0


def _number(text: str) -> float | None:
    try:
        # Cut first: parsing a number of a megabyte would take seconds.
        number = float(text[:20])
    except ValueError:
        return None
    return number if math.isfinite(number) else None


def _clean(text: str, most: int) -> str:
    if len(text) <= most and text.isprintable():  # printable text skips the slower loop below
        return text.strip()
    # Cut before the substitution, which would read all of a long text, and again after it.
    return _UNPRINTABLE.sub(" ", text[: 4 * most]).strip()[:most]
