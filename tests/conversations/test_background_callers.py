"""Callers who called earlier: one key a prompt, then patience, a talk, and the end of their own call."""

from __future__ import annotations

import pytest

from ivr.carrier.caller import DeskAnswer, Gone, HeardRecording, HeardText, ListeningWindow, Press, Silence, Stretch
from ivr.carrier.clock import VirtualClock
from ivr.carrier.requests import PhoneLine
from ivr.carrier.transport import WsgiTransport
from ivr.conversations.background_callers import BackgroundCaller, joins
from ivr.conversations.model import Earlier
from ivr.conversations.reader import read_conversation_text
from ivr.conversations.scheduler import CallScheduler

LISTENS = ListeningWindow(keys=True, speech=False, timeout=5.0)
BEGINS = 1_795_399_200.0


def test_keys_are_pressed_one_at_a_prompt_and_then_the_caller_waits() -> None:
    caller = BackgroundCaller("12", DeskAnswer())
    acts = [caller.answers(LISTENS) for _ in range(3)]
    assert [act.keys for act in acts[:2] if isinstance(act, Press)] == ["1", "2"]
    assert acts[2] == Silence()
    assert caller.early(Stretch(0.0, (), LISTENS)) is None


def test_after_the_talk_the_caller_is_gone() -> None:
    caller = BackgroundCaller("1", DeskAnswer(talk=7.0))
    assert caller.desk(["+861"]).talk == 7.0
    assert caller.dialled == ["+861"]
    with pytest.raises(Gone):
        caller.answers(LISTENS)


def test_who_has_had_enough_hangs_up_at_the_next_pause() -> None:
    caller = BackgroundCaller("1", DeskAnswer(), over=lambda: True)
    with pytest.raises(Gone):
        caller.answers(LISTENS)


def test_only_words_are_remembered() -> None:
    caller = BackgroundCaller("", DeskAnswer())
    caller.hears(HeardRecording("/music.wav", 5.0))
    caller.hears(HeardText("您好", "zh-CN", 1.0))
    assert caller.heard == ["您好"]


def test_an_earlier_caller_has_a_call_of_their_own_before_the_conversation_begins(phone) -> None:
    phone.server.pages = {
        "/twilio/voice/main_menu": '<Gather action="/next" numDigits="1" timeout="5"><Say>one</Say></Gather><Hangup/>',
        "/next": "<Say>two</Say><Hangup/>",
        "/twilio/status": "",
    }
    conversation = read_conversation_text("conversation: c\nflow: main_menu\nturns: [{wait: true}]\n")[0]
    line = PhoneLine("https://bank.example/twilio/voice/main_menu", token="a token")
    stage = CallScheduler(VirtualClock(BEGINS - 60))
    earlier = Earlier("+8613800000002", "", "", ahead=30.0, press="1")
    caller = joins(earlier, stage, conversation, WsgiTransport(phone.server), line, at=BEGINS)
    stage.play(lambda: stage.sleep(60.0), at=BEGINS)
    assert caller.heard == ["one", "two"]
    forms = [form for path, form in phone.server.requests if path == "/twilio/voice/main_menu"]
    assert [form["From"] for form in forms] == ["+8613800000002"]
