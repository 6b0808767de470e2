"""The languages that Twilio accepts per verb, and the size limits of `<Say>`. Must not know flows."""

from __future__ import annotations

import re
from urllib.parse import quote

# Google's codes, as Twilio's default recogniser takes them. Mandarin is cmn-Hans-CN there, never zh-CN or cmn-CN.
HEARD = frozenset(
    """
    af-ZA am-ET ar-AE ar-BH ar-DZ ar-EG ar-IL ar-IQ ar-JO ar-KW ar-LB ar-MA ar-OM ar-PS ar-QA ar-SA ar-TN az-AZ bg-BG
    bn-BD bn-IN ca-ES cmn-Hans-CN cmn-Hans-HK cmn-Hant-TW cs-CZ da-DK de-DE el-GR en-AU en-CA en-GB en-GH en-IE en-IN
    en-KE en-NG en-NZ en-PH en-TZ en-US en-ZA es-AR es-BO es-CL es-CO es-CR es-DO es-EC es-ES es-GT es-HN es-MX es-NI
    es-PA es-PE es-PR es-PY es-SV es-US es-UY es-VE eu-ES fa-IR fi-FI fil-PH fr-CA fr-FR gl-ES gu-IN he-IL hi-IN hr-HR
    hu-HU hy-AM id-ID is-IS it-IT ja-JP jv-ID ka-GE km-KH kn-IN ko-KR lo-LA lt-LT lv-LV ml-IN mr-IN ms-MY nb-NO ne-NP
    nl-NL pl-PL pt-BR pt-PT ro-RO ru-RU si-LK sk-SK sl-SI sr-RS su-ID sv-SE sw-KE sw-TZ ta-IN ta-LK ta-MY ta-SG te-IN
    th-TH tr-TR uk-UA ur-IN ur-PK vi-VN yue-Hant-HK zu-ZA
    """.split()  # noqa: SIM905 - a table to read
)
# Codes of another product or verb, each with the code that was probably meant.
MEANT_TO_HEAR = {"zh": "cmn-Hans-CN", "zh-CN": "cmn-Hans-CN", "cmn-CN": "cmn-Hans-CN", "zh-TW": "cmn-Hant-TW",
                 "zh-HK": "yue-Hant-HK", "yue-CN": "yue-Hant-HK", "cmn-TW": "cmn-Hant-TW", "en": "en-US"}  # fmt: skip
MEANT_TO_SAY = {"zh": "cmn-CN", "zh-CN": "cmn-CN", "cmn-Hans-CN": "cmn-CN", "cmn-Hant-TW": "cmn-TW", "en": "en-US"}

BASIC_BYTES, POLLY_BYTES, GOOGLE_BYTES, URL_BYTES = 4096, 3000, 5000, 4500
HAN = re.compile(r"[\u3400-\u9fff]")
_TAG = re.compile(r"[a-z]{2,3}(-[A-Z][a-z]{3})?(-[A-Z]{2}|-[0-9]{3})?(-[A-Z]+)?\Z")


def hearing_fault(language: str, model: str) -> str:
    """Return why a Gather cannot recognise `language`, or an empty text."""
    if model.startswith("deepgram") or language in HEARD:
        return ""
    meant = MEANT_TO_HEAR.get(language)
    return f"<Gather> cannot recognise {language!r}" + (f"; write {meant}" if meant else "")


def saying_fault(language: str | None, voice: str, text: str) -> str:
    """Return why a Say cannot speak `language`, or an empty text."""
    if language is None:
        # Polly and Google voices speak their own language when none is given.
        own = voice.startswith(("Polly.", "Google."))
        return (
            "Chinese text without a language is read as English; write cmn-CN" if HAN.search(text) and not own else ""
        )
    if language in MEANT_TO_SAY or not _TAG.match(language):
        meant = MEANT_TO_SAY.get(language)
        return f"<Say> cannot speak {language!r}" + (f"; write {meant}" if meant else "")
    return ""


def too_long(voice: str, words: str, with_marks: str) -> str:
    """Return how much too long a Say is, or an empty text. Google's voices count SSML tags, Amazon's do not."""
    if voice.startswith("Polly."):
        size, most = len(words.encode()), POLLY_BYTES
    elif voice.startswith("Google."):
        size, most = len(with_marks.encode()), GOOGLE_BYTES
    else:
        size, most = len(words.encode()), BASIC_BYTES
    if size > most:
        return f"<Say> holds {size} bytes; at most {most} are spoken (a Chinese character counts 3)"
    if (size := len(quote(words))) > URL_BYTES:
        return (
            f"<Say> holds {size} bytes when URL-encoded; at most {URL_BYTES} are spoken (a Chinese character counts 9)"
        )
    return ""
