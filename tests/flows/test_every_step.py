"""Every step that listens, reached by breadth-first search through the real webhooks: 0, silence and nonsense there."""

from __future__ import annotations

import re
from collections import deque

import pytest

from ivr.carrier.twiml import Dial, Gather, Hangup, Record

CALLERS = {
    "+8613800000001": ("0128", "135790", "1018"),
    "+8613800000002": ("0242", "246813", "202*"),
    "+8613800000003": ("0365", "975310", "3034"),
    "+8613800000004": ("0489", "864209", "4043"),
    "+8613800000005": ("0504", "112358", "5055"),
    "anonymous": ("6217000000001000128", "135790"),
}
NEW_PIN = "804926"
CHANGING = ("confirm_loss", "ask_again")
"""Steps behind which the bank's book is changed."""
CALLED = ("main_menu", "elderly_simple")
HIDDEN = {
    ("main_menu", "after_last_page"),
    ("ticket_progress", "after_progress"),
    ("main_menu", "go_on_waiting"),
    ("elderly_simple", "left_simple"),
}
"""Places behind others that look alike: the last of four pages, the progress of a complaint that was made before, the
menu that verified customers leave for good; and the question to callers who were cut off while they waited.
Conversations get there."""
MENU_KEYS = "0123456789*#"
BY_WORD = {"zh-CN": "你们给我回电吧", "en-US": "call me back"}
"""What no key of a menu leads to."""
CUT_OFF_AFTER = {"main_menu": ("1",), "elderly_simple": ("1", "1")}
"""Keys after which a caller is in the middle of something."""
IS_IT_LOSS = re.compile("卡丢了，要马上锁卡，请按1|If your card is lost and must be locked now, press 1")
"""What who asks for a person at the entry for a lost card is asked first, for the place in the queue."""


def where(leg):
    """Tell one place from another: step, language, which entry is wanted, who is rung."""
    facts = leg.machine.ivr.session.facts(leg.sid)
    waiting = leg.waiting
    digits = getattr(waiting, "num_digits", None)
    wanted = f"{digits} of a code" if re.search(r"验证码|\bcode\b", leg.words) else digits
    if isinstance(waiting, Dial):
        wanted = waiting.numbers
    return facts["flow"], facts["step"], facts["language"], type(waiting).__name__, wanted


def edges(leg, entries):
    """Name what a caller can do here."""
    waiting = leg.waiting
    if isinstance(waiting, Gather):
        sent = re.findall(r"\d{6}", "".join(leg.machine.ivr.texts_sent()[-1:]))
        by_id = re.search("身份证|ID number", leg.words)
        entered = [*(reversed(entries) if by_id else entries), *sent, NEW_PIN, "*", "0000", "000000", "9#"]
        keys = [*MENU_KEYS] if waiting.num_digits == 1 else entered
        pressed = [{"msg": "Gather End", "Digits": key} for key in [*keys, ""]]
        words = BY_WORD[leg.machine.ivr.session.facts(leg.sid)["language"]]
        return [*pressed, {"SpeechResult": words, "Confidence": "0.9"}] if waiting.speech else pressed
    if isinstance(waiting, Dial):
        in_vain = [{"DialCallStatus": status} for status in ("busy", "no-answer", "failed", "canceled")]
        return [{"DialCallStatus": "completed", "DialCallDuration": "60", "DialBridged": "true"}, *in_vain]
    sound = {"RecordingUrl": "https://api.invalid/R"}
    return [{**sound, "RecordingDuration": "5"}, {**sound, "RecordingDuration": "0"}]


def explore(ring, flow, caller):
    """Find one call for every place that can be reached."""
    known = ring(caller).machine.places
    if (flow, caller) not in known:
        known[flow, caller] = search(ring, flow, caller)
    return known[flow, caller]


def search(ring, flow, caller):
    first = ring(caller)
    first.arrive(flow)
    found, queue = {where(first): first}, deque([(first, first.machine.kept())])
    again = calls_again(ring, flow, caller)
    if where(again) not in found:
        found[where(again)] = again
        queue.append((again, again.machine.kept()))
    while queue:
        here, kept = queue.popleft()
        here.machine.put_back(kept)
        for form in edges(here, CALLERS[caller]):
            there = here.fork()
            there.machine.put_back(kept)
            there.act(**form)
            if not isinstance(there.waiting, Hangup) and where(there) not in found:
                found[where(there)] = there
                queue.append((there, there.machine.kept()))
        if where(here)[1] in CHANGING:
            here.machine.bank.reset()
    return found


def calls_again(ring, flow, caller):
    """Return the next call of a caller who was cut off in the middle of something."""
    dropped = ring(caller)
    dropped.arrive(flow)
    for key in CUT_OFF_AFTER[flow]:
        if isinstance(dropped.waiting, Gather):
            dropped.act(Digits=key)
    dropped.send("http://ivr.invalid/twilio/status", {"CallStatus": "completed", "CallDuration": "45"})
    again = ring(caller)
    again.arrive(flow)
    return again


def asks_for_a_person(leg, place):
    """Ask by 0; return the calls that must be at a person then: one an answer where a question comes first."""
    asking = leg.fork()
    if isinstance(leg.waiting, Record):
        asking.act(RecordingUrl="https://api.invalid/R", RecordingDuration="2", Digits="0")
    else:
        asking.act(msg="Gather End", Digits="*0" if place[1] == "two_questions" and place[4] == 3 else "0")
    if not IS_IT_LOSS.search(asking.words):
        return [asking]
    answers = [asking.fork() for _ in "120"]
    for answered, key in zip(answers, "120", strict=True):
        answered.act(msg="Gather End", Digits=key)
    asking.stay_silent()
    return [*answers, asking]


@pytest.mark.parametrize("caller", CALLERS)
@pytest.mark.parametrize("flow", CALLED)
def test_from_every_step_0_leads_to_a_person_and_silence_to_a_person_or_a_goodbye(ring, flow, caller):
    for place, leg in explore(ring, flow, caller).items():
        if isinstance(leg.waiting, Dial):
            continue
        for asking in asks_for_a_person(leg, place):
            assert isinstance(asking.waiting, Dial), place
        assert leg.fork().silence_to_the_end() in ("person", "goodbye"), place


def test_every_step_that_listens_can_be_reached(machine, ring):
    reached = {
        (place[0], place[1])
        for flow in CALLED
        for caller in ("+8613800000001", "+8613800000004", "+8613800000005", "anonymous")
        for place in explore(ring, flow, caller)
    }
    machine.bank.faults(fail_rate=1)
    reached |= {(place[0], place[1]) for place in search(ring, "main_menu", "+8613800000001")}
    there = {
        (flow.name, step.name)
        for flow in machine.ivr.release.flows.values()
        for step in flow.steps.values()
        if step.listens and "." not in step.name
    }
    assert sorted(there - reached - HIDDEN) == []
    assert ("main_menu", "balance.verify") in reached


@pytest.mark.parametrize("flow", CALLED)
def test_nonsense_at_every_step_leads_to_a_person_within_a_few_turns(ring, flow):
    for place, leg in explore(ring, flow, "+8613800000001").items():
        if isinstance(leg.waiting, Dial | Record):
            continue
        lost = leg.fork()
        for _ in range(6):
            if isinstance(lost.waiting, Dial | Hangup):
                break
            lost.act(SpeechResult="嗯嗯啊啊", Confidence="0.9")
        assert isinstance(lost.waiting, Dial | Hangup), place


@pytest.mark.parametrize("flow", CALLED)
def test_a_late_request_at_every_step_is_answered_from_where_the_call_stands(ring, flow):
    for place, leg in explore(ring, flow, "+8613800000001").items():
        late = leg.fork()
        late.follow("http://ivr.invalid/twilio/turn/0", {"Digits": "135790"})
        assert where(late) == place


def test_a_caller_whose_proof_has_expired_proves_it_again_and_goes_on(machine, ring):
    leg = ring()
    leg.arrive("main_menu")
    for keys in ("1", "0128", "135790"):
        leg.act(Digits=keys)
    assert "六角七分" in leg.words
    machine.clock.sleep(601)
    leg.act(Digits="1")
    assert "六角七分" not in leg.words
    assert "最后四位" in leg.words
    leg.act(Digits="0128")
    leg.act(Digits="135790")
    assert "六角七分" in leg.words
    machine.clock.sleep(601)
    leg.act(Digits="#")
    assert "再听一遍" in leg.words
    assert "六角七分" not in leg.words
