"""Write the apology that is played if a turn fails. Must not raise or use a call, store or flow."""

from __future__ import annotations

from ivr.engine.verbs import Say
from ivr.speech.languages import family_of

from .prompts import clean_text, speak
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


def _document(language: str, number: str, attempt: int, action: str) -> bytes:
    if not number or attempt > MOST_ATTEMPTS:
        return response(_spoken(language, _CLOSING) + element("Hangup", {}))
    how: Attributes = {"action": f"{action}?attempt={attempt + 1}", "method": "POST", "timeout": RING_SECONDS}
    dial = element("Dial", how, element("Number", {}, text(number)))
    return response(_spoken(language, _BUSY if attempt > 1 else _CONNECTING) + dial)


def _spoken(language: str, texts: dict[str, str]) -> str:
    """Return a `<Say>` in Chinese; before it one in English if `language` is English."""
    english = [Say(texts["en"], "en-US")] if family_of(language) == "en" else []
    return speak([*english, Say(texts["zh"], "zh-CN")], "")[0]
