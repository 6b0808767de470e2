"""Write one turn's closing verb as a TwiML document within the carrier's limits, so that no text can break a call."""

from __future__ import annotations

import json
import math
from collections.abc import Mapping
from functools import lru_cache
from typing import Any

from ivr.engine.verbs import Closing, Dial, Enqueue, Gather, Hangup, Hearing, Keys, Prompt, Record

from .paths import agent_leg, with_retries
from .prompts import clean_text, recogniser_language, speak
from .xml import Attributes, attribute, element, response, text

MOST_HINTS, LONGEST_HINT, MOST_HINT_BYTES = 500, 100, 8_000
LONGEST_NUMBER = 100
LONGEST_ANSWER = 15
"""Maximum seconds of a spoken answer that is recorded for our own recogniser."""
LONGEST_PATIENCE = 20.0
"""Seconds of first timeout above which the gather takes keys only: the caller asked for time and will press a key."""
_SLOT = "\0"
"""Stands for a value that differs from turn to turn; no clean text has it."""
_ANY_KEY = "0123456789*#"
MOST_TASK_BYTES = 4_000
"""Maximum bytes of a task's attributes; Twilio's limit is 4,096."""
MOST_PRIORITY = 2**31 - 1
LONGEST_WAIT = 86_400 - 1
"""Maximum seconds that a task may wait at the carrier, whose limit is a day."""


def document(closing: Closing, *, action: str, prefix: str) -> bytes:
    """Write the document; `action` is the URL for the caller's input, `prefix` precedes the path of a recording."""
    match closing:
        case Gather():
            listening = _listen if _is_spoken(closing) else _gather
            return response(listening(closing, action, prefix))
        case Record():
            return response(_record(closing, action, prefix))
        case Dial():
            return response(speak(closing.prompts, prefix)[0] + _dial(closing, action, prefix))
        case Enqueue():
            return response(speak(closing.prompts, prefix)[0] + _enqueue(closing, action))
        case Hangup():
            return response(speak(closing.prompts, prefix)[0] + element("Hangup", {}))


def _gather(closing: Gather, action: str, prefix: str) -> str:
    before, inside = _split(closing.prompts)
    first, left = speak(before, prefix)
    wait = _whole(closing.first_timeout)
    thinking = 0
    if closing.keys.most > 1:
        # Twilio has one timeout, which restarts with every key. A pause inside the gather ends at the first key, so it
        # can add the longer time that the caller has before it.
        wait = _whole(closing.inter_digit_timeout)
        thinking = _whole(closing.first_timeout) - wait
    pause = element("Pause", {"length": thinking}) if thinking > 0 else ""
    asked = speak(inside, prefix, left)[0] + pause
    start = attribute(with_retries(action)).join(_gather_start(closing.keys, closing.hearing, wait))
    return first + (f"{start}>{asked}</Gather>" if asked else f"{start} />") + _silent(action)


@lru_cache(maxsize=1024)
def _gather_start(keys: Keys, hearing: Hearing | None, wait: int) -> tuple[str, str]:
    """Return the start tag of a gather, split before and after the value of `action`."""
    how: Attributes = {
        "action": _SLOT,
        "method": "POST",
        # Else silence requests nothing and the next verb runs; how an empty result looks is not documented, so both are
        # read.
        "actionOnEmptyResult": True,
        "numDigits": max(1, keys.most),
        "finishOnKey": clean_text(keys.finish),
        "timeout": wait,
        **_listening(hearing),
    }
    before, _, behind = element("Gather", how).removesuffix(" />").partition(_SLOT)
    return before, behind


def _silent(action: str) -> str:
    """Write the redirect that the carrier follows when the caller stays silent."""
    return f'<Redirect method="POST">{text(with_retries(f"{action}?silent=1"))}</Redirect>'


def _is_spoken(closing: Gather) -> bool:
    """Return whether the answer is recorded for our own recogniser. A recording ends at any key, so it can take one."""
    by_us = closing.hearing is not None and closing.hearing.by == "recording"
    return by_us and closing.keys.most == 1 and not closing.secret and closing.first_timeout <= LONGEST_PATIENCE


def _listen(closing: Gather, action: str, prefix: str) -> str:
    """Play the prompts, then record the answer.

    Keys pressed during a plain `<Say>` are lost, so prompts that may be interrupted are inside a gather. A gather ends
    at least one second after its prompts, in which the caller is not recorded; a tone therefore says when to speak.
    Without a gather there is no such gap, and no tone.
    """
    before, inside = _split(closing.prompts)
    first, left = speak(before, prefix)
    keys: Attributes = {
        "action": with_retries(action),
        "method": "POST",
        "input": "dtmf",
        "numDigits": 1,
        "finishOnKey": clean_text(closing.keys.finish),
        "timeout": 1,
    }
    asked = element("Gather", keys, speak(inside, prefix, left)[0]) if inside else ""
    how: Attributes = {
        "action": with_retries(action),
        "method": "POST",
        "maxLength": LONGEST_ANSWER,
        "timeout": _quiet(closing.first_timeout),
        "finishOnKey": _ANY_KEY,
        "playBeep": bool(asked),
        "trim": "trim-silence",
    }
    return first + asked + element("Record", how) + _silent(action)


def _quiet(patience: float) -> int:
    """Return the seconds of silence that end a recording, before as well as after the caller speaks."""
    return min(5, max(3, _whole(patience) - 3))


def _split(prompts: tuple[Prompt, ...]) -> tuple[tuple[Prompt, ...], tuple[Prompt, ...]]:
    """Split the prompts into those played to their end and those that a key may interrupt."""
    must = max((place for place, prompt in enumerate(prompts, 1) if not prompt.barge_in), default=0)
    return prompts[:must], prompts[must:]


def _listening(hearing: Hearing | None) -> dict[str, str]:
    if hearing is None or hearing.by != "carrier":
        return {"input": "dtmf"}
    # `speechTimeout` is set, because its default is the timeout for keys: seconds of silence after every answer.
    how = {"input": "dtmf speech", "language": recogniser_language(hearing.language), "speechTimeout": "auto"}
    hints = _hints(hearing.hints)
    return how | {"hints": hints} if hints else how


@lru_cache(maxsize=1024)
def _hints(words: tuple[str, ...]) -> str:
    kept: list[str] = []
    size = 0
    for word in words[:MOST_HINTS]:
        # The comma separates hints.
        hint = clean_text(word).replace(",", " ").strip()[:LONGEST_HINT]
        size += len(hint.encode()) + 1
        if size > MOST_HINT_BYTES:
            break
        if hint:
            kept.append(hint)
    return ",".join(kept)


def _record(closing: Record, action: str, prefix: str) -> str:
    how: Attributes = {
        "action": with_retries(action),
        "method": "POST",
        "maxLength": _whole(closing.most),
        "timeout": _whole(closing.silence),
        "finishOnKey": clean_text(closing.finish),
        "playBeep": True,
    }
    return speak(closing.prompts, prefix)[0] + element("Record", how) + _silent(action)


def _dial(closing: Dial, action: str, prefix: str) -> str:
    how: Attributes = {"action": with_retries(action), "method": "POST", "timeout": _whole(closing.timeout)}
    if not closing.leg:
        return element("Dial", how, party(closing.number))
    leg = leg_address(prefix, closing.leg)
    if closing.record:
        how = {**how, **recorded(leg)}
    screened: Attributes = {
        "url": with_retries(leg),
        "method": "POST",
        "statusCallback": with_retries(f"{leg}/ended"),
        "statusCallbackEvent": "completed",
        "statusCallbackMethod": "POST",
    }
    # The caller keeps hearing the ringing tone while the agent hears the whisper.
    return element("Dial", {**how, "answerOnBridge": True}, party(closing.number, screened))


def recorded(leg: str) -> Attributes:
    """Return the attributes that record a conversation from its answer on, without the ringing."""
    return {
        "record": "record-from-answer",
        "recordingStatusCallback": with_retries(f"{leg}/recorded"),
        "recordingStatusCallbackMethod": "POST",
    }


def party(number: str, how: Attributes | None = None) -> str:
    """Write the `<Number>` or `<Sip>` to dial."""
    party_number = clean_text(number)[:LONGEST_NUMBER]
    return element(
        "Sip" if party_number.lower().startswith(("sip:", "sips:")) else "Number", how or {}, text(party_number)
    )


def leg_address(prefix: str, leg: str) -> str:
    """Return the address of an agent's leg; its name is escaped, so that it stays one segment of the path."""
    return prefix + agent_leg(leg)


def _enqueue(closing: Enqueue, action: str) -> str:
    how: Attributes = {
        "priority": min(MOST_PRIORITY, max(0, closing.priority)),
        "timeout": min(LONGEST_WAIT, _whole(closing.timeout)) if closing.timeout else None,
    }
    task = element("Task", how, text(_task(closing.task)))
    return element(
        "Enqueue", {"workflowSid": clean_text(closing.workflow), "action": with_retries(action), "method": "POST"}, task
    )


def _task(attributes: Mapping[str, Any]) -> str:
    """Write the task attributes as JSON; if they exceed the limit, only those that fit, shortest first."""
    written = _json(attributes)
    if len(written.encode()) <= MOST_TASK_BYTES:
        return written
    sizes = {name: len(_json({name: value}).encode()) for name, value in attributes.items()}
    kept: dict[str, Any] = {}
    left = MOST_TASK_BYTES
    for name in sorted(sizes, key=sizes.__getitem__):
        left -= sizes[name]
        if left < 0:
            break
        kept[name] = attributes[name]
    return _json(kept)


def _json(attributes: Mapping[str, Any]) -> str:
    return clean_text(json.dumps(dict(attributes), ensure_ascii=False))


def _whole(seconds: float) -> int:
    """Round up to whole seconds, at least one."""
    return max(1, math.ceil(seconds))
