"""One turn's closing verb as a TwiML document, within every limit of the carrier: no text can break a call."""

from __future__ import annotations

import json
import math
from functools import lru_cache

from ivr.engine.verbs import Closing, Dial, Enqueue, Gather, Hangup, Hearing, Prompt, Record

from .twilio_prompts import clean, recogniser_language, speak
from .twilio_xml import Attributes, element, response, text

MOST_HINTS, LONGEST_HINT, MOST_HINT_BYTES = 500, 100, 8_000
LONGEST_NUMBER = 100


def document(closing: Closing, *, action: str, prefix: str) -> bytes:
    """Write the document; `action` takes what the caller does, `prefix` goes before the address of a recording."""
    match closing:
        case Gather():
            return response(_gather(closing, action, prefix))
        case Record():
            return response(_record(closing, action, prefix))
        case Dial():
            return response(speak(closing.prompts, prefix)[0] + _dial(closing, action))
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
        # can hold the caller's longer time to think.
        wait = _whole(closing.inter_digit_timeout)
        thinking = _whole(closing.first_timeout) - wait
    how: Attributes = {
        "action": action,
        "method": "POST",
        "actionOnEmptyResult": True,
        "numDigits": max(1, closing.keys.most),
        "finishOnKey": clean(closing.keys.finish),
        "timeout": wait,
        **_listening(closing.hearing),
    }
    pause = element("Pause", {"length": thinking}) if thinking > 0 else ""
    return first + element("Gather", how, speak(inside, prefix, left)[0] + pause) + _silent(action)


def _silent(action: str) -> str:
    """Write where the carrier goes on when the caller stayed silent."""
    return element("Redirect", {"method": "POST"}, text(f"{action}?silent=1"))


def _split(prompts: tuple[Prompt, ...]) -> tuple[tuple[Prompt, ...], tuple[Prompt, ...]]:
    """Part what must be heard to its end from what a key may interrupt."""
    must = max((place for place, prompt in enumerate(prompts, 1) if not prompt.barge_in), default=0)
    return prompts[:must], prompts[must:]


def _listening(hearing: Hearing | None) -> dict[str, str]:
    if hearing is None:
        return {"input": "dtmf"}
    how = {"input": "dtmf speech", "language": recogniser_language(hearing.language), "speechTimeout": "auto"}
    hints = _hints(hearing.hints)
    return how | {"hints": hints} if hints else how


@lru_cache(maxsize=1024)
def _hints(words: tuple[str, ...]) -> str:
    kept: list[str] = []
    size = 0
    for word in words[:MOST_HINTS]:
        hint = clean(word).replace(",", " ").strip()[:LONGEST_HINT]
        size += len(hint.encode()) + 1
        if size > MOST_HINT_BYTES:
            break
        if hint:
            kept.append(hint)
    return ",".join(kept)


def _record(closing: Record, action: str, prefix: str) -> str:
    how: Attributes = {
        "action": action,
        "method": "POST",
        "maxLength": _whole(closing.most),
        "timeout": _whole(closing.silence),
        "finishOnKey": clean(closing.finish),
        "playBeep": True,
    }
    return speak(closing.prompts, prefix)[0] + element("Record", how) + _silent(action)


def _dial(closing: Dial, action: str) -> str:
    number = element("Number", {}, text(clean(closing.number)[:LONGEST_NUMBER]))
    return element("Dial", {"action": action, "method": "POST", "timeout": _whole(closing.timeout)}, number)


def _enqueue(closing: Enqueue, action: str) -> str:
    task = element("Task", {"priority": closing.priority}, text(json.dumps(closing.task, ensure_ascii=False)))
    return element("Enqueue", {"workflowSid": clean(closing.workflow), "action": action, "method": "POST"}, task)


def _whole(seconds: float) -> int:
    """Round up to whole seconds, at least one."""
    return max(1, math.ceil(seconds))
