"""Write what is played if a turn fails or cannot be taken yet. Must not raise or use a call, store or flow."""

from __future__ import annotations

from urllib.parse import urlencode

from ivr.engine.verbs import Say
from ivr.speech.languages import family_of

from .paths import VOICE, turn, with_retries
from .prompts import clean_text, speak
from .requests import TwilioRequest, form_pairs
from .xml import Attributes, element, response, text

MOST_ATTEMPTS = 3
RING_SECONDS = 30
_CONNECTING = {
    "en": "We are sorry, something went wrong on our side. Please hold while we connect you to a person.",
    "zh": "非常抱歉，系统暂时出现故障，正在为您转接人工服务，请稍候。",
}
_BUSY = {
    "en": "We are sorry, no agent can take your call yet. We are trying again, please hold.",
    "zh": "非常抱歉，人工座席暂时无人接听，正在为您再次转接，请稍候。",
}
_CLOSING = {
    "en": "We are sorry, something went wrong on our side. Please call again in a few minutes. Goodbye.",
    "zh": "非常抱歉，系统暂时无法为您服务，请您稍后再拨。再见。",
}
_HOLDING = {
    "en": "Our system is busy. Please stay on the line, you will be served in a moment.",
    "zh": "系统繁忙，请您不要挂机，稍后将继续为您服务。",
}
MOST_HOLDS = 30
"""Documents that ask a caller to wait, each about ten seconds long, before the apology dials a person."""
HOLD_SECONDS = 2
"""The pause between the sentence and the next request."""
HELD = "hold="
RESULTS = ("DialCallStatus", "DialCallDuration", "QueueResult")
"""The results of a dialled leg, which the carrier sends once."""
BARE = (
    '<?xml version="1.0" encoding="UTF-8"?><Response><Say language="cmn-CN" voice="Polly.Zhiyu">'
    f"{_CLOSING['zh']}</Say><Hangup /></Response>"
).encode()
"""The document for a failure while composing the apology."""


def sorry(language: str, number: str | None, *, attempt: int, action: str) -> bytes:
    """Apologise and dial `number`; after three attempts, or without a number, hang up with a sentence."""
    try:
        return _document(language, clean_text(number or ""), attempt, action)
    except Exception:  # an apology must always be played
        return BARE


def outside(number: str | None) -> bytes:
    """Write the document to be kept outside of this server: apologise, dial `number`, and say goodbye.

    It leads to no address of the server, which may be down. Both languages are spoken, as the call's is unknown.
    """
    party = clean_text(number or "")
    if not party:
        return response(_spoken("en", _CLOSING) + element("Hangup", {}))
    # Without `action`, so that the goodbye behind it is played when the desk does not answer.
    dial = element("Dial", {"timeout": RING_SECONDS}, element("Number", {}, text(party)))
    return response(_spoken("en", _CONNECTING) + dial + _spoken("en", _CLOSING) + element("Hangup", {}))


def hold(request: TwilioRequest, prefix: str) -> bytes | None:
    """Ask the caller to wait, and request the turn again; None after MOST_HOLDS documents, or if it cannot be written.

    An arriving call arrives again; the result of a dialled leg is sent again; any other call goes on where it stands,
    and what was typed must be typed again: it must not stand in an address.
    """
    # The count stands in the address, because a store that is busy can keep none.
    held = request.query.partition(HELD)[2].partition("&")[0] if request.query.startswith(HELD) else "0"
    times = int(held) + 1 if held.isascii() and held.isdecimal() and len(held) < 4 else MOST_HOLDS + 1
    if times > MOST_HOLDS:
        return None
    path = request.paths[0].removeprefix(prefix)
    form = {**held_values(request.query), **request.parameters}
    kept = [(name, form[name]) for name in RESULTS if name in form]
    # Turn 0 answers no turn of the call, so the session repeats the prompt of the step where the call stands.
    again = path if kept or path.startswith(VOICE) else turn(0)
    try:
        words = speak([Say(_HOLDING["zh"], "zh-CN"), Say(_HOLDING["en"], "en-US")], "")[0]
        pause = element("Pause", {"length": HOLD_SECONDS})
        query = urlencode([(HELD[:-1], str(times)), *kept])
        return response(
            words + pause + element("Redirect", {"method": "POST"}, text(with_retries(f"{prefix}{again}?{query}")))
        )
    except Exception:  # the caller must hear the apology then
        return None


def held_values(query: str) -> dict[str, str]:
    """Return the result of a dialled leg that a holding document has put into the address; empty for other requests."""
    if not query.startswith(HELD):
        return {}
    return {name: value for name, value in form_pairs(query.encode("utf-8", "replace")) if name in RESULTS}


def _document(language: str, number: str, attempt: int, action: str) -> bytes:
    if not number or attempt > MOST_ATTEMPTS:
        return response(_spoken(language, _CLOSING) + element("Hangup", {}))
    how: Attributes = {
        "action": with_retries(f"{action}?attempt={attempt + 1}"),
        "method": "POST",
        "timeout": RING_SECONDS,
    }
    # With `action` nothing behind the Dial is played; a desk that is busy comes back to the fallback and is tried
    # again.
    dial = element("Dial", how, element("Number", {}, text(number)))
    return response(_spoken(language, _BUSY if attempt > 1 else _CONNECTING) + dial)


def _spoken(language: str, texts: dict[str, str]) -> str:
    """Return a `<Say>` in Chinese; before it one in English if `language` is English."""
    english = [Say(texts["en"], "en-US")] if family_of(language) == "en" else []
    return speak([*english, Say(texts["zh"], "zh-CN")], "")[0]
