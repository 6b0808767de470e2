"""Parse an answer strictly into verbs, or raise a fault with Twilio's error number. Must not play anything."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping
from functools import lru_cache
from xml.etree import ElementTree
from xml.etree.ElementTree import Element

from . import languages
from .twiml import (
    OWN_RULE,
    Dial,
    Enqueue,
    Gather,
    Hangup,
    Leave,
    Party,
    Pause,
    Play,
    Record,
    Redirect,
    Reject,
    Say,
    SayPiece,
    TwimlDocument,
    TwimlFault,
    TwimlPrompt,
    Verb,
)

_MOST_BYTES = 64 * 1024
XML_TYPES = ("text/xml", "application/xml", "text/html")
_ATTRIBUTES: Mapping[str, frozenset[str]] = {
    name: frozenset(words.split())
    for name, words in {
        "Say": "voice loop language",
        "Play": "loop digits",
        "Pause": "length",
        "Gather": "input action method timeout speechTimeout maxSpeechTime profanityFilter finishOnKey numDigits"
        " language hints bargeIn debug actionOnEmptyResult speechModel enhanced partialResultCallback"
        " partialResultCallbackMethod",
        "Record": "action method timeout finishOnKey maxLength playBeep trim recordingStatusCallback transcribe"
        " recordingStatusCallbackMethod recordingStatusCallbackEvent transcribeCallback recordingTrack",
        "Dial": "action method timeout hangupOnStar timeLimit callerId record trim recordingStatusCallback ringTone"
        " recordingStatusCallbackMethod recordingStatusCallbackEvent answerOnBridge recordingTrack sequential referUrl"
        " referMethod events passports",
        "Number": "sendDigits url method byoc statusCallbackEvent statusCallback statusCallbackMethod machineDetection"
        " machineDetectionTimeout machineDetectionSpeechThreshold machineDetectionSpeechEndThreshold"
        " machineDetectionSilenceTimeout amdStatusCallback amdStatusCallbackMethod",
        "Sip": "username password url method statusCallbackEvent statusCallback statusCallbackMethod codecs"
        " machineDetection machineDetectionTimeout machineDetectionSpeechThreshold amdStatusCallback"
        " machineDetectionSpeechEndThreshold machineDetectionSilenceTimeout amdStatusCallbackMethod",
        "Task": "priority timeout",
        "Redirect": "method",
        "Hangup": "",
        "Enqueue": "action maxQueueSize method waitUrl waitUrlMethod workflowSid",
        "Reject": "reason",
        "Leave": "",
    }.items()
}
_SSML = frozenset(("break", "emphasis", "lang", "p", "phoneme", "prosody", "s", "say-as", "sub", "w"))
_NOUNS = frozenset(("Number", "Client", "Sip", "Conference", "Queue", "Application", "Sim", "WhatsApp"))
_RECORDS = frozenset(
    ("do-not-record", "false", "true", "record-from-answer", "record-from-ringing", "record-from-answer-dual")
)
_EVENTS = frozenset(("initiated", "ringing", "answered", "completed"))
_ELSEWHERE = frozenset(("Connect", "Start", "Stop", "Pay", "Prompt", "Refer", "Sms", "Siprec", "Echo"))
_RATES = {"x-slow": 0.5, "slow": 0.75, "medium": 1.0, "fast": 1.25, "x-fast": 1.5}
_BREAKS = {"none": 0.0, "x-weak": 0.1, "weak": 0.25, "medium": 0.5, "strong": 1.0, "x-strong": 1.5}


class _Reader:
    """Reads the elements of one document, and collects faults of which Twilio would only warn."""

    def __init__(self, url: str) -> None:
        self.url = url
        self.warnings: list[TwimlFault] = []

    def fault(self, number: int, message: str) -> TwimlFault:
        return TwimlFault(number, message, url=self.url)

    def warn(self, message: str, number: int = 12200) -> None:
        self.warnings.append(TwimlFault(number, message, url=self.url, fatal=False))

    def attributes(self, element: Element) -> dict[str, str]:
        # Unknown attributes only warn, because Twilio goes on without them; wrong values are its errors.
        allowed = _ATTRIBUTES[element.tag]
        for name in element.attrib:
            if name not in allowed:
                self.warn(f"<{element.tag}> has no attribute {name!r}; Twilio ignores it")
        return {name: value for name, value in element.attrib.items() if name in allowed}

    def whole(self, attributes: Mapping[str, str], name: str, default: int, number: int, least: int = 1) -> int:
        text = attributes.get(name)
        if text is None:
            return default
        if not re.fullmatch(r"[0-9]+", text) or int(text) < least:
            raise self.fault(number, f"{name}={text!r} must be a whole number of {least} or more")
        return int(text)

    def truth(self, attributes: Mapping[str, str], name: str, default: bool, number: int) -> bool:
        text = attributes.get(name, str(default).lower())
        if text not in ("true", "false"):
            raise self.fault(number, f"{name}={text!r} must be true or false")
        return text == "true"

    def method(self, attributes: Mapping[str, str], number: int, name: str = "method") -> str:
        text = attributes.get(name, "POST")
        if text not in ("POST", "GET"):
            raise self.fault(number, f"{name}={text!r} must be POST or GET")
        return text

    def finish(self, attributes: Mapping[str, str], default: str, number: int, most: int) -> str:
        text = attributes.get("finishOnKey", default)
        if not re.fullmatch(r"[0-9*#]*", text) or len(text) > most:
            raise self.fault(number, f"finishOnKey={text!r} must be keys of 0-9, * and #, at most {most}")
        return text

    def empty(self, element: Element) -> None:
        if len(element) or (element.text or "").strip():
            self.warn(f"<{element.tag}> must be empty; Twilio ignores what is inside")

    def say(self, element: Element) -> Say:
        attributes = self.attributes(element)
        voice = attributes.get("voice", "man")
        pieces = tuple(self._pieces(element, 1.0))
        words = "".join(piece.text for piece in pieces)
        if not words.strip():
            raise self.fault(13520, "<Say> has no text")
        # Its basic voices take no SSML: the tags are left out or read aloud.
        if len(element) and not voice.startswith(("Polly.", "Google.")):
            self.warn(f"voice {voice!r} takes no SSML; use a Polly or Google voice", 13520)
        if long := languages.too_long(voice, words, ElementTree.tostring(element, encoding="unicode")):
            raise self.fault(13521, long)
        language = attributes.get("language")
        if wrong := languages.saying_fault(language, voice, words):
            raise self.fault(13512, wrong)
        return Say(pieces, language or "en-US", voice, self.whole(attributes, "loop", 1, 13510, 0))

    def _pieces(self, element: Element, rate: float) -> list[SayPiece]:
        pieces = [SayPiece(element.text, rate)] if element.text else []
        for child in element:
            if child.tag not in _SSML:
                self.warn(f"<{child.tag}> cannot stand inside <Say>; Twilio ignores it")
            elif child.tag == "break":
                pieces.append(SayPiece("", rate, self._break(child)))
            else:
                pieces += self._pieces(child, rate * self._rate(child))
            if child.tail:
                pieces.append(SayPiece(child.tail, rate))
        return pieces

    def _break(self, element: Element) -> float:
        text = element.get("time")
        if text is None:
            return _BREAKS.get(element.get("strength", "medium"), 0.5)
        match = re.fullmatch(r"(\d+(?:\.\d+)?)(ms|s)", text)
        if match is None:
            raise self.fault(13520, f"<break time={text!r}> must be seconds or milliseconds, as in 500ms")
        return float(match[1]) / (1000 if match[2] == "ms" else 1)

    def _rate(self, element: Element) -> float:
        text = element.get("rate", "medium") if element.tag == "prosody" else "medium"
        if text in _RATES:
            return _RATES[text]
        match = re.fullmatch(r"([+-]?)(\d+(?:\.\d+)?)%", text)
        if match is None or (not match[1] and float(match[2]) < 20):
            raise self.fault(13520, f"<prosody rate={text!r}> must be a word such as slow, or a share such as 85%")
        share = float(match[2]) / 100
        return {"": share, "+": 1 + share, "-": max(0.2, 1 - share)}[match[1]]

    def play(self, element: Element) -> Play:
        attributes = self.attributes(element)
        url = (element.text or "").strip()
        digits = attributes.get("digits", "")
        if not re.fullmatch(r"[0-9A-DwW#*]*", digits):
            raise self.fault(13430, f"digits={digits!r} must be of 0-9 A-D w W # *")
        if not url and not digits:
            raise self.fault(13420, "<Play> names no recording")
        return Play(url, self.whole(attributes, "loop", 1, 13410, 0), digits)

    def pause(self, element: Element) -> Pause:
        self.empty(element)
        return Pause(float(self.whole(self.attributes(element), "length", 1, 13910)))

    def prompts(self, element: Element) -> tuple[TwimlPrompt, ...]:
        read: dict[str, Callable[[Element], TwimlPrompt]] = {"Say": self.say, "Play": self.play, "Pause": self.pause}
        for child in element:
            if child.tag not in read:
                raise self.fault(13320, f"<{child.tag}> cannot stand inside <Gather>; only Say, Play and Pause can")
        return tuple(read[child.tag](child) for child in element)

    def gather(self, element: Element) -> Gather:
        attributes = self.attributes(element)
        inputs = attributes.get("input", "dtmf").split()
        if not inputs or not set(inputs) <= {"dtmf", "speech"}:
            raise self.fault(13326, f"input={attributes['input']!r} must be dtmf, speech or both")
        language, model = attributes.get("language", "en-US"), attributes.get("speechModel", "")
        if "speech" in inputs and (wrong := languages.hearing_fault(language, model)):
            raise self.fault(13331, wrong)
        if "action" not in attributes:
            self.warn("<Gather> has no action, so this document would be asked for again and again", OWN_RULE)
        timeout = 5 if attributes.get("timeout") == "auto" else self.whole(attributes, "timeout", 5, 13313)
        return Gather(
            prompts=self.prompts(element),
            action=attributes.get("action"),
            method=self.method(attributes, 13312),
            keys="dtmf" in inputs,
            speech="speech" in inputs,
            timeout=float(timeout),
            speech_timeout=self._speech_timeout(attributes, model),
            num_digits=self.whole(attributes, "numDigits", 0, 13314) or None,
            finish_on_key=self.finish(attributes, "#", 13310, 1),
            action_on_empty=self.truth(attributes, "actionOnEmptyResult", False, 13338),
            barge_in=self.truth(attributes, "bargeIn", True, 13332),
            language=language,
            hints=self._hints(attributes.get("hints", "")),
        )

    def _speech_timeout(self, attributes: Mapping[str, str], model: str) -> float | None:
        if attributes.get("speechTimeout") != "auto":
            return float(self.whole(attributes, "speechTimeout", 0, 13327)) or None
        if model:
            raise self.fault(13335, "speechTimeout=auto cannot be used with a speechModel; give seconds")
        return 1.0

    def _hints(self, text: str) -> tuple[str, ...]:
        hints = tuple(hint.strip() for hint in text.split(",") if hint.strip())
        if len(hints) > 500 or any(len(hint) > 100 for hint in hints):
            raise self.fault(13330, f"{len(hints)} hints; at most 500 of 100 characters each are taken")
        return hints

    def record(self, element: Element) -> Record:
        self.empty(element)
        attributes = self.attributes(element)
        if "action" not in attributes:
            self.warn("<Record> has no action, so this document would be asked for again and again", OWN_RULE)
        return Record(
            action=attributes.get("action"),
            method=self.method(attributes, 13610),
            timeout=float(self.whole(attributes, "timeout", 5, 13612, 0)),
            finish_on_key=self.finish(attributes, "1234567890*#", 13613, 12),
            max_length=self.whole(attributes, "maxLength", 3600, 13612),
            play_beep=self.truth(attributes, "playBeep", True, 13614),
            status_callback=attributes.get("recordingStatusCallback"),
            trim=attributes.get("trim", "trim-silence") != "do-not-trim",
        )

    def dial(self, element: Element) -> Dial:
        attributes = self.attributes(element)
        for child in element:
            if child.tag not in _NOUNS:
                raise self.fault(13215, f"<{child.tag}> cannot stand inside <Dial>")
        bare = (element.text or "").strip()
        parties = (*((Party(bare),) if bare else ()), *filter(None, map(self._party, element)))
        if not parties or len(parties) > 10:
            raise self.fault(13221, f"<Dial> names {len(parties)} parties; it takes one to ten")
        record = attributes.get("record", "do-not-record")
        if record not in _RECORDS:
            self.warn(f"record={record!r} is none of {', '.join(sorted(_RECORDS))}")
        return Dial(
            parties=parties,
            action=attributes.get("action"),
            method=self.method(attributes, 13210),
            timeout=min(600, self.whole(attributes, "timeout", 30, 13212)),
            caller_id=attributes.get("callerId", ""),
            record=record in _RECORDS - {"do-not-record", "false"},
            recorded=attributes.get("recordingStatusCallback"),
        )

    def _party(self, element: Element) -> Party | None:
        number = (element.text or "").strip()
        if not number:
            return None
        if element.tag not in ("Number", "Sip"):
            return Party(number)
        attributes = self.attributes(element)
        events = set(attributes.get("statusCallbackEvent", "completed").replace(",", " ").split())
        if not events <= _EVENTS:
            self.warn(f"statusCallbackEvent={' '.join(sorted(events - _EVENTS))!r} is no event of a call")
        self.method(attributes, 13210, "statusCallbackMethod")
        callback = attributes.get("statusCallback") if "completed" in events else None
        return Party(number, attributes.get("url"), self.method(attributes, 13210), callback)

    def enqueue(self, element: Element) -> Enqueue:
        attributes = self.attributes(element)
        name = (element.text or "").strip()
        if len(name) > 64 or not (name or "workflowSid" in attributes):
            raise self.fault(14201, "<Enqueue> needs a queue name of at most 64 characters")
        wait = attributes.get("waitUrl")
        return Enqueue(
            name or attributes["workflowSid"],
            attributes.get("action"),
            self.method(attributes, 14203),
            wait,
            self.method(attributes, 14204, "waitUrlMethod"),
            self._task(element.find("Task")) if "workflowSid" in attributes else None,
        )

    def _task(self, element: Element | None) -> str:
        if element is None:
            return "{}"
        attributes = self.attributes(element)
        self.whole(attributes, "priority", 0, 14222, 0)
        self.whole(attributes, "timeout", 1, 14223)
        try:
            task = json.loads(element.text or "")
        except ValueError:
            task = None
        if not isinstance(task, dict):
            raise self.fault(14221, "<Task> must hold a JSON object")
        return element.text or ""

    def redirect(self, element: Element) -> Redirect:
        return Redirect((element.text or "").strip(), self.method(self.attributes(element), 13710))

    def hangup(self, element: Element) -> Hangup:
        self.empty(element)
        self.attributes(element)
        return Hangup()

    def reject(self, element: Element) -> Reject:
        reason = self.attributes(element).get("reason", "rejected")
        if reason not in ("rejected", "busy"):
            raise self.fault(13810, f"reason={reason!r} must be rejected or busy")
        return Reject(reason)

    def leave(self, element: Element) -> Leave:
        self.empty(element)
        self.attributes(element)
        return Leave()

    def verb(self, element: Element) -> Verb | None:
        read: dict[str, Callable[[Element], Verb]] = {
            "Say": self.say, "Play": self.play, "Pause": self.pause, "Gather": self.gather, "Record": self.record,
            "Dial": self.dial, "Enqueue": self.enqueue, "Redirect": self.redirect, "Hangup": self.hangup,
            "Reject": self.reject, "Leave": self.leave,
        }  # fmt: skip
        if element.tag in read:
            return read[element.tag](element)
        is_verb = element.tag in _ELSEWHERE
        self.warn(f"<{element.tag}> is not played by this phone" if is_verb else f"there is no verb <{element.tag}>")
        return None


def parse_twiml(body: bytes, *, status: int = 200, content_type: str = "text/xml", url: str = "") -> TwimlDocument:
    """Parse an answer. Raises TwimlFault if Twilio would reject it; lesser faults become warnings."""
    return _parsed(body, status, content_type, url)


@lru_cache(maxsize=1024)
def _parsed(body: bytes, status: int, content_type: str, url: str) -> TwimlDocument:
    """Parse; the callers of a load test get the same documents again and again."""
    if status != 200:
        raise TwimlFault(11200, f"the answer has status {status}; only 200 is played", url=url)
    kind = content_type.split(";")[0].strip().lower()
    if kind not in XML_TYPES:
        raise TwimlFault(12300, f"the answer has the type {kind or 'none'}; TwiML is text/xml", url=url)
    if len(body) > _MOST_BYTES:
        raise TwimlFault(11750, f"the answer has {len(body)} bytes; at most {_MOST_BYTES} are read", url=url)
    root = _root(body, url)
    reader = _Reader(url)
    if (root.text or "").strip() or any((child.tail or "").strip() for child in root):
        reader.warn("there is text between the verbs; Twilio ignores it")
    verbs = tuple(verb for child in root if (verb := reader.verb(child)) is not None)
    return TwimlDocument(verbs, tuple(reader.warnings))


def _root(body: bytes, url: str) -> Element:
    if not body.startswith(b"<"):
        raise TwimlFault(12100, "the answer is empty or something stands before the first <", url=url)
    if b"<!DOCTYPE" in body or b"<!ENTITY" in body:
        raise TwimlFault(12100, "the answer has a DOCTYPE, which TwiML does not", url=url)
    try:
        root = ElementTree.fromstring(body)  # noqa: S314 - entities are refused above
    except ElementTree.ParseError as error:
        raise TwimlFault(12100, f"the answer is not well-formed XML: {error}", url=url) from None
    if root.tag != "Response":
        raise TwimlFault(12100, f"the answer begins with <{root.tag}>, not <Response>", url=url)
    return root


_CLOSING = (Redirect, Hangup, Reject, Leave)


def falls_silent(document: TwimlDocument) -> bool:
    """Return whether a silent caller would be cut off without a word: no verb continues or ends the call."""
    for verb in document.verbs:
        if isinstance(verb, _CLOSING):
            return False
        if isinstance(verb, Record | Dial | Enqueue) and (verb.action is not None or isinstance(verb, Record)):
            return False
        if isinstance(verb, Gather) and verb.action_on_empty:
            return False
    return True
