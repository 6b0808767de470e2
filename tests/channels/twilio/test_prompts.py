"""Documents from what is kept as written, byte for byte those that are written element by element."""

from __future__ import annotations

import random
from collections.abc import Iterator

import pytest

from ivr.channels.twilio import prompts as twilio_prompts
from ivr.channels.twilio import twiml
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
        "action": action,
        "method": "POST",
        "actionOnEmptyResult": True,
        "numDigits": max(1, closing.keys.most),
        "finishOnKey": twilio_prompts.clean_text(closing.keys.finish),
        "timeout": wait,
        **twiml._listening(closing.hearing),
    }
    pause = element("Pause", {"length": thinking}) if thinking > 0 else ""
    asked = element("Gather", attributes, twilio_prompts.speak(inside, prefix, left)[0] + pause)
    return response(first + asked + element("Redirect", {"method": "POST"}, text(f"{action}?silent=1")))


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
