"""What a caller hears as TwiML, within the carrier's limits; kept texts are byte for byte those written anew."""

from __future__ import annotations

import random
import xml.etree.ElementTree as ET
from collections.abc import Iterator
from urllib.parse import quote

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ivr.channels.twilio import inputs, twiml
from ivr.channels.twilio import prompts as twilio_prompts
from ivr.channels.twilio.paths import RETRIES
from ivr.channels.twilio.prompts import clean_text, pieces_of, recogniser_language, speak
from ivr.channels.twilio.xml import element, response, text
from ivr.engine.verbs import Closing, Dial, Gather, Hangup, Hearing, Keys, Pause, Play, Prompt, Record, Say

CASES = 3_000
TEXTS = (
    "",
    " ",
    "查询余额，请按1；",
    'Press <1> & "2"\'',
    "a\r\nb\x00c",
    "\ud800",
    "长" * 401,
    "第一。第二！" * 90,
    "x" * 5000,
)
ACTIONS = ("/twilio/turn/1", "/twilio/turn/123456", '/a&b/twilio/turn/2"', "/行/twilio/turn/7")


def prompt(at: random.Random) -> Prompt:
    kind = at.random()
    if kind < 0.7:
        rate = at.choice((1, 1, 1.0, 1.0, 0.8, 1.3))
        return Say(at.choice(TEXTS), at.choice(("zh-CN", "en-US", "xx", "&")), rate, at.random() < 0.7)
    if kind < 0.85:
        return Play(at.choice(("/audio/a.wav", "https://example.com/a?b&c", "")), at.random() < 0.7)
    return Pause(at.choice((0.0, 0.3, 0.5, 0.7, 1.0, 2.5)), at.random() < 0.7)


def closings_at_random(seed: int) -> Iterator[tuple[Closing, str]]:
    at = random.Random(seed)
    for _ in range(CASES):
        prompts = tuple(prompt(at) for _ in range(at.randrange(7)))
        hints = tuple(at.sample(("余额", "a,b", "<x>", "", "y" * 150), at.randrange(5)))
        hearing = at.choice(
            (None, Hearing("zh-CN", hints), Hearing("en-US", hints), Hearing("zh-CN", hints, "recording"))
        )
        keys = Keys(at.choice((0, 1, 4, 19)), at.choice(("", "#", "*&")))
        gather = Gather(prompts, keys, hearing, at.choice((0.2, 5.0, 30.0)), at.choice((1.0, 3.5)))
        others = (Record(prompts), Dial(prompts, "+8610"), Hangup(prompts))
        yield at.choice((gather, gather, gather, *others)), at.choice(ACTIONS)


def plain_gather(closing: Gather, action: str, prefix: str) -> bytes:
    """Write a gather element by element."""
    before, inside = twiml._split(closing.prompts)
    first, left = twilio_prompts.speak(before, prefix)
    many = closing.keys.most > 1
    wait = twiml._whole(closing.inter_digit_timeout if many else closing.first_timeout)
    thinking = twiml._whole(closing.first_timeout) - wait
    attributes = {
        "action": action + RETRIES,
        "method": "POST",
        "actionOnEmptyResult": True,
        "numDigits": max(1, closing.keys.most),
        "finishOnKey": twilio_prompts.clean_text(closing.keys.finish),
        "timeout": wait,
        **twiml._listening(closing.hearing),
    }
    pause = element("Pause", {"length": thinking}) if thinking > 0 else ""
    asked = element("Gather", attributes, twilio_prompts.speak(inside, prefix, left)[0] + pause)
    return response(first + asked + element("Redirect", {"method": "POST"}, text(f"{action}?silent=1{RETRIES}")))


def written(closing: Closing, action: str) -> bytes:
    return twiml.document(closing, action=action, prefix="/folder")


def test_documents_from_what_is_kept_equal_those_written_element_by_element(monkeypatch: pytest.MonkeyPatch) -> None:
    cases = list(closings_at_random(20))
    kept = [written(*case) for case in cases]
    assert kept == [written(*case) for case in cases]  # the second time from what the first has kept
    monkeypatch.setattr(twilio_prompts, "LONGEST_KEPT", -1)
    for (closing, action), document in zip(cases, kept, strict=True):
        assert document == written(closing, action)
        if isinstance(closing, Gather) and not twiml._is_spoken(closing):
            assert document == plain_gather(closing, action, "/folder")


def test_a_long_text_is_cut_at_sentence_ends_and_nothing_is_lost():
    text = "".join(f"第{n}笔，人民币{n},345.67元。" for n in range(300))
    pieces = list(pieces_of(text))
    assert "".join(pieces) == text
    assert all(piece.endswith("。") for piece in pieces)


@given(st.text(max_size=3000))
def test_every_piece_fits_one_say(text):
    for piece in pieces_of(text.encode("utf-8", "replace").decode() * 3):
        assert len(piece.encode()) <= 3000
        assert len(quote(piece)) <= 4500


@given(st.text(alphabet=st.characters(), max_size=30))
def test_clean_text_is_what_xml_can_hold_on_one_line(words):
    held = clean_text(words)
    assert ET.fromstring(element("Say", {}, text(held))).text in (held, None)
    assert not set(held) & set("\r\n\t")


def test_text_that_is_printable_needs_no_cleaning():
    printable = "".join(filter(str.isprintable, map(chr, range(0x110000))))
    assert not twilio_prompts._FORBIDDEN.search(printable)
    assert not inputs._UNPRINTABLE.search(printable)
    assert not {sign for sign in printable if sign.isspace()} - {" "}


def test_a_pause_between_slow_texts_is_part_of_the_speech_and_a_short_one_between_others_is_left_out():
    slow = speak([Say("一", rate=0.8), Pause(0.5), Say("二", rate=0.8)], "")[0]
    assert slow.count("<Say") == 2
    assert '<break time="500ms" />' in slow
    assert "Pause" not in speak([Say("一"), Pause(0.5), Say("二")], "")[0]
    assert '<Pause length="1" />' in speak([Say("一"), Pause(0.8), Say("二")], "")[0]


def test_only_our_own_addresses_get_the_prefix():
    written = speak([Play("/audio/a.wav"), Play("https://other.example/b.wav")], "/ivr")[0]
    assert written == "<Play>/ivr/audio/a.wav</Play><Play>https://other.example/b.wav</Play>"


def test_what_goes_beyond_the_size_is_left_out_and_the_rest_is_told():
    written, left = speak([Say("好" * 100)] * 5, "", left=1000)
    assert (written.count("<Say"), left) == (2, 0)
    assert speak([], "", left=1000) == ("", 1000)


def test_a_language_has_the_carriers_own_code_and_an_unknown_tag_stays_itself():
    assert recogniser_language("zh-CN") == "cmn-Hans-CN"
    assert recogniser_language("xx-XX") == "xx-XX"
    assert 'language="xx-XX"' in speak([Say("x", "xx-XX")], "")[0]


def test_a_rate_stays_within_what_the_carrier_speaks():
    assert 'rate="20%"' in speak([Say("一", rate=0.01)], "")[0]
    assert 'rate="200%"' in speak([Say("一", rate=9.0)], "")[0]
