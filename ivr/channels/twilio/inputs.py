"""Read the caller's input from a verified Twilio form. A malformed value is silence or no match, never an exception."""

from __future__ import annotations

import math
import re
from collections.abc import Mapping
from typing import Literal, cast, get_args

from ivr.engine.inputs import CallStarted, DialEnded, Digits, HungUp, NoInput, RecognizerFailed, Recorded, Speech

from .requests import Parameters

Later = Digits | Speech | NoInput | Recorded | RecognizerFailed | DialEnded | HungUp
BridgeStatus = Literal["completed", "busy", "no-answer", "failed", "canceled"]

MOST_KEYS = 64
MOST_SPEECH = 500
MOST_NUMBER = 64
MOST_ADDRESS = 500
NOT_KEYS = "?"
"""Stands for keys that no telephone has (A-D, other scripts' digits, junk): it matches no choice and no field."""

_QUEUE_ENDS: Mapping[str, BridgeStatus] = {
    "bridged": "completed",
    "bridging-in-process": "completed",
    "redirected-from-bridged": "completed",
    "queue-full": "busy",
    "leave": "canceled",
    "redirected": "canceled",
    "hangup": "canceled",
}
"""What a queue of the carrier says when a call leaves it; anything else, `error` and `system-error`, is a failure."""

_GONE = frozenset({"completed", "busy", "failed", "no-answer", "canceled"})
DEAF = frozenset({"13326", "13327", "13331", "13334", "13335", "13340", "13341", "13342", "13343"})
"""Twilio's numbers for a gather whose recogniser cannot be used: provider, model, language."""
_FINISH = "#"
"""Alone it ends an entry that has no digits: the caller asks for more time."""
_CALL_ID = re.compile(r"[A-Za-z0-9_-]{2,64}")
_KEYS = re.compile(r"[^0-9*#]")
_UNPRINTABLE = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff]+")


def call_id(form: Parameters) -> str:
    """Return the call's id, or an empty text when the form holds no valid one."""
    match = _CALL_ID.fullmatch(form.first("CallSid"))
    return match.group() if match else ""


def arrival(form: Parameters, flow: str | None = None) -> CallStarted:
    """Read a call that arrives; numbers stay the text that the carrier gave."""
    caller = form.first("From") or form.first("Caller")
    called = form.first("To") or form.first("Called")
    return CallStarted(_clean(caller, MOST_NUMBER), _clean(called, MOST_NUMBER), flow)


def later(form: Parameters) -> Later:
    """Read any request after the first.

    A recording counts even when the caller then hung up: most messages end that way, and the status callback tells
    of the hang-up. That of a conversation comes with how the dialling ended, and is not the caller's message.
    """
    talked = _dialled(form) or _queued(form)
    if form.first("RecordingUrl") and not talked:
        return _recorded(form)
    return hung_up(form) or talked or _keys(form) or _speech(form) or unheard(form) or NoInput()


def unheard(form: Parameters) -> RecognizerFailed | None:
    """Read whether the carrier's recogniser has failed."""
    return RecognizerFailed() if form.first("ErrorCode") in DEAF else None


def hung_up(form: Parameters) -> HungUp | None:
    """Read whether the caller has hung up."""
    status = form.first("CallStatus")
    return HungUp(status) if status in _GONE else None


def _recorded(form: Parameters) -> Recorded:
    digits = form.first("Digits")
    key = digits if len(digits) == 1 and not _KEYS.search(digits) else ""
    left = digits == "hangup" or form.first("CallStatus") in _GONE
    url = _clean(form.first("RecordingUrl"), MOST_ADDRESS)
    return Recorded(url, _seconds(form.first("RecordingDuration")), key, left)


def _dialled(form: Parameters) -> DialEnded | None:
    status = form.first("DialCallStatus")
    if not status:
        return None
    if status == "answered":  # what a conference says
        status = "completed"
    ending = cast("BridgeStatus", status if status in get_args(BridgeStatus) else "failed")
    return DialEnded(ending, _seconds(form.first("DialCallDuration")))


def _queued(form: Parameters) -> DialEnded | None:
    """Read the result of the carrier's own router as the end of a dialled leg; it does not report the talk's length."""
    result = form.first("QueueResult")
    if not result:
        return None
    return DialEnded(_QUEUE_ENDS.get(result, "failed"))


def _keys(form: Parameters) -> Digits | None:
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
        number = float(text[:20])
    except ValueError:
        return None
    return number if math.isfinite(number) else None


def _clean(text: str, most: int) -> str:
    if len(text) <= most and text.isprintable():  # which nothing unprintable below is
        return text.strip()
    return _UNPRINTABLE.sub(" ", text[: 4 * most]).strip()[:most]
