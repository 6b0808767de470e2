"""What a waiting caller hears and may do: the place when it is due, music, and the choices of the step."""

from __future__ import annotations

import pytest

from ivr.engine.inputs import Digits, NoInput, RecognizerFailed, Speech
from ivr.engine.verbs import Gather, Pause, Play
from ivr.errors import LookupFailed

from .fixtures import LINE, Bank

FLOW = """
  start:
    transfer: general
    choices:
      - {key: "1", label: 不想等，我们给您回电, when: queue.call_back, reason: call_back, goto: message}
    otherwise: bye
  message: {say: 请留言。, next: bye}
"""
WAIT = {"state": "wait", "position": 3, "minutes": 4, "longer": False, "due": True, "piece": 20, "call_back": True}


def waiting(phone, line: str = LINE, **status: object):
    bank = Bank({"queue.enter": WAIT | status, "queue.round": WAIT | {"due": False}, "queue.leave": {"state": "left"}})
    return phone(FLOW, bank=bank, line=line)


def asked(call, source: str) -> list[object]:
    return [question for name, question, _ in call.bank.asked if name == source]


def test_the_place_the_wait_and_the_choices_are_said_when_they_are_due(phone):
    call = waiting(phone)
    assert "前面还有两位" in call.heard
    assert "四分钟" in call.heard
    assert "不想等，我们给您回电，请按1。" in call.heard
    assert isinstance(call.closing, Gather)
    assert call.stay_silent().heard == ""
    assert asked(call, "queue.round")


@pytest.mark.parametrize(
    ("status", "words", "absent"),
    [
        ({"position": 1}, "下一位", "前面还有"),
        ({"minutes": None}, "前面还有两位", "分钟"),
        ({"minutes": 0}, "前面还有两位", "零"),
        ({"minutes": 11}, "十分钟", "十一"),
        ({"call_back": False}, "前面还有两位", "回电"),
    ],
)
def test_what_is_said_depends_on_the_place_and_on_what_is_known_of_the_wait(phone, status, words, absent):
    heard = waiting(phone, **status).heard
    assert words in heard
    assert absent not in heard


def test_music_is_played_where_the_line_has_some_and_else_it_is_silent_for_as_long(phone):
    prompt = waiting(phone).closing.prompts[-1]
    assert prompt == Pause(20)
    prompt = waiting(phone, LINE + "queue: {music: music.wav}\n").closing.prompts[-1]
    assert prompt == Play("/audio/music.wav")


def test_a_choice_leaves_the_queue_and_other_keys_do_not(phone):
    call = waiting(phone)
    call.give(Digits("5"))
    assert not asked(call, "queue.leave")
    call.give(Digits("1"))
    assert [left["why"] for left in asked(call, "queue.leave")][:1] == ["choice"]
    assert call.call.facts.reason == "call_back"
    assert "请留言。" in call.heard
    (event,) = call.events("left")
    assert (event["desk"], event["why"]) == ("general", "choice")


def test_a_queue_that_cannot_be_asked_keeps_the_caller_waiting_with_music(phone):
    call = waiting(phone)
    call.bank.answers["queue.round"] = LookupFailed("the store is gone")
    call.give(NoInput())
    assert isinstance(call.closing, Gather)
    assert call.heard == ""


def test_a_caller_who_has_talked_meanwhile_is_noted_as_such_when_leaving(phone):
    call = waiting(phone)
    call.now += 90
    call.bank.answers["queue.leave"] = {"state": "talked", "agent": "li", "seconds": 60}
    call.give(Digits("1"))
    (talk,) = call.events("talked")
    assert (talk["agent"], talk["seconds"], talk["waited"]) == ("li", 60, 30)
    assert not call.events("left")


def spoken_waiting(phone):
    """A caller waits whose choice has a phrase, and is not spoken at the moment."""
    flow = FLOW.replace("when: queue.call_back,", "phrases: [回电],")
    bank = Bank({"queue.enter": WAIT, "queue.round": WAIT | {"due": False}, "queue.leave": {"state": "left"}})
    return phone(flow, bank=bank, line=LINE)


def test_a_waiting_caller_may_say_a_choice_between_two_announcements(phone):
    call = spoken_waiting(phone).stay_silent()
    assert "回电" in call.closing.hearing.hints
    assert call.give(Speech("你们给我回电吧", 0.8)).heard.startswith("请留言。")


@pytest.mark.parametrize("speech", [Speech("给我回电", 0.4), Speech("今天吃什么", 0.9)])
def test_what_is_heard_of_the_room_ends_no_wait(phone, speech):
    call = spoken_waiting(phone).give(speech)
    assert isinstance(call.closing, Gather)
    assert not asked(call, "queue.leave")


def test_where_our_own_recogniser_listens_a_wait_takes_keys_only(phone):
    call = spoken_waiting(phone)
    call.give(RecognizerFailed("recording"))
    assert call.closing.hearing is None
