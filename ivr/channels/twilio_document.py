"""One turn's closing verb as a TwiML document, within every limit of the carrier: no text can break a call."""

from __future__ import annotations

import math

from twilio.twiml.voice_response import Gather as GatherElement
from twilio.twiml.voice_response import VoiceResponse

from ivr.engine.verbs import Closing, Dial, Gather, Hangup, Hearing, Prompt, Record

from .twilio_prompts import clean, recogniser_language, speak

MOST_HINTS, LONGEST_HINT, MOST_HINT_BYTES = 500, 100, 8_000
LONGEST_NUMBER = 100


def document(closing: Closing, *, action: str, prefix: str) -> bytes:
    """Write the document; `action` takes what the caller does, `prefix` goes before the address of a recording."""
    response = VoiceResponse()
    match closing:
        case Gather():
            _gather(response, closing, action, prefix)
        case Record():
            _record(response, closing, action, prefix)
        case Dial():
            speak(response, closing.prompts, prefix)
            dial = response.dial(action=action, method="POST", timeout=_whole(closing.timeout))
            dial.number(clean(closing.number)[:LONGEST_NUMBER])
        case Hangup():
            speak(response, closing.prompts, prefix)
            response.hangup()
    return str(response).encode()


def _gather(response: VoiceResponse, closing: Gather, action: str, prefix: str) -> None:
    before, inside = _split(closing.prompts)
    left = speak(response, before, prefix)
    wait = _whole(closing.first_timeout)
    thinking = 0
    if closing.keys.most > 1:
        # Twilio has one timeout, which restarts with every key. A pause inside the gather ends at the first key, so it
        # can hold the caller's longer time to think.
        wait = _whole(closing.inter_digit_timeout)
        thinking = _whole(closing.first_timeout) - wait
    gather = GatherElement(
        action=action,
        method="POST",
        action_on_empty_result=True,
        num_digits=max(1, closing.keys.most),
        finish_on_key=clean(closing.keys.finish),
        timeout=wait,
        **_listening(closing.hearing),
    )
    response.append(gather)
    speak(gather, inside, prefix, left)
    if thinking > 0:
        gather.pause(length=thinking)
    response.redirect(f"{action}?silent=1", method="POST")


def _split(prompts: tuple[Prompt, ...]) -> tuple[tuple[Prompt, ...], tuple[Prompt, ...]]:
    """Part what must be heard to its end from what a key may interrupt."""
    must = max((place for place, prompt in enumerate(prompts, 1) if not prompt.barge_in), default=0)
    return prompts[:must], prompts[must:]


def _listening(hearing: Hearing | None) -> dict[str, str]:
    if hearing is None:
        return {"input": "dtmf"}
    how = {"input": "dtmf speech", "language": recogniser_language(hearing.language), "speech_timeout": "auto"}
    hints = _hints(hearing.hints)
    return how | {"hints": hints} if hints else how


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


def _record(response: VoiceResponse, closing: Record, action: str, prefix: str) -> None:
    speak(response, closing.prompts, prefix)
    response.record(
        action=action,
        method="POST",
        max_length=_whole(closing.most),
        timeout=_whole(closing.silence),
        finish_on_key=clean(closing.finish),
        play_beep=True,
    )
    response.redirect(f"{action}?silent=1", method="POST")


def _whole(seconds: float) -> int:
    """Round up to whole seconds, at least one."""
    return max(1, math.ceil(seconds))
