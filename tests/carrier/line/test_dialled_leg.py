"""A party that a call dials: rung, whispered to, connected, recorded; and every way in which that fails."""

from __future__ import annotations

import time

import pytest

from ivr.carrier.line.line_call import CallEnd
from ivr.carrier.line.live_player import LivePlayer
from tests.waiting import wait_until

from .stage import BASE, LiveCall, PhoneInMemory, Stage, mark, sound

NUMBER = "<Number{leg}>+861085550100</Number>"
DIAL = '<Dial action="/after" timeout="{timeout}" callerId="+861055550199"{more}>' + NUMBER + "</Dial>"
LEG = ' url="/whisper" statusCallback="/leg" statusCallbackEvent="completed"'


def dial(timeout: int = 30, more: str = "", leg: str = LEG) -> str:
    return DIAL.format(timeout=timeout, more=more, leg=leg)


def until_talking(call: LiveCall) -> None:
    stream = call.player._handset.stream
    wait_until(lambda: len(stream._listeners) == 1 and time.monotonic() > stream._muted_until)


def test_an_agent_is_rung_whispered_to_connected_and_recorded(stage: Stage) -> None:
    agent = stage.phones["+861085550100"] = PhoneInMemory()
    whisper = '<Gather numDigits="1" action="/key" timeout="30"><Play>/w.wav</Play></Gather>'
    pages = {"/voice": dial(more=' record="record-from-answer"'), "/whisper": whisper, "/key": "", "/w.wav": sound(600)}
    with stage.call({**pages, "/after": "<Play>/w.wav</Play><Hangup/>", "/leg": ""}) as call:
        agent.until_heard(mark(600))
        assert not call.phone.has_heard(mark(600))
        agent.press("1")
        until_talking(call)
        agent.speak(mark(440))
        call.phone.speak(mark(550))
        call.phone.until_heard(mark(440))
        agent.until_heard(mark(550))
        agent.ends()
        form = stage.until_asked("/after")
        call.result()
    assert (form["DialCallStatus"], form["DialBridged"]) == ("completed", "true")
    path = form["RecordingUrl"].removeprefix(stage.recordings.url) + ".wav"
    assert stage.recordings.resource("GET", path, b"")[0] == 200
    leg = stage.server.asked("/leg")[0]
    assert (leg["CallStatus"], leg["CallSid"]) == ("completed", form["DialCallSid"])
    assert leg["ParentCallSid"] == call.player.call_sid
    assert stage.shown_numbers == ["+861055550199"]


def test_an_agent_who_does_not_take_the_call_is_left_and_the_caller_goes_on(stage: Stage) -> None:
    stage.phones["+861085550100"] = PhoneInMemory()
    pages = {"/voice": dial(), "/whisper": "<Hangup/>", "/after": "<Hangup/>", "/leg": ""}
    with stage.call(pages) as call:
        form = stage.until_asked("/after")
        call.result()
    assert (form["DialCallStatus"], form["DialBridged"]) == ("completed", "false")


def test_a_fault_in_the_agents_document_does_not_leave_the_caller_with_the_ringing_tone(
    stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    def takes(_: LivePlayer) -> bool:
        raise RuntimeError("the sound device has gone")

    monkeypatch.setattr(LivePlayer, "takes", takes)
    stage.phones["+861085550100"] = PhoneInMemory()
    with stage.call({"/voice": dial(), "/whisper": "", "/after": "<Hangup/>", "/leg": ""}) as call:
        assert stage.until_asked("/after")["DialBridged"] == "false"
        call.result()


@pytest.mark.parametrize(("how", "status"), [("busy", "busy"), ("failed", "failed"), ("no-answer", "no-answer")])
def test_a_party_that_does_not_answer_gives_its_reason(stage: Stage, how: CallEnd, status: str) -> None:
    stage.phones["+861085550100"] = PhoneInMemory(refuses=how)
    with stage.call({"/voice": dial(), "/after": "<Hangup/>", "/leg": ""}) as call:
        assert stage.until_asked("/after")["DialCallStatus"] == status
        call.result()


def test_a_number_that_no_line_reaches_has_failed(stage: Stage) -> None:
    with stage.call({"/voice": dial(), "/after": "<Hangup/>"}) as call:
        assert stage.until_asked("/after")["DialCallStatus"] == "failed"
        call.result()


def test_ringing_ends_after_the_time_and_the_telephone_is_told(stage: Stage) -> None:
    agent = stage.phones["+861085550100"] = PhoneInMemory(picks_up=False)
    with stage.call({"/voice": dial(timeout=1), "/after": "<Hangup/>", "/leg": ""}) as call:
        assert stage.until_asked("/after")["DialCallStatus"] == "no-answer"
        call.result()
    assert agent.end == "completed"


def test_a_caller_who_leaves_while_it_rings_ends_the_ringing(stage: Stage) -> None:
    agent = stage.phones["+861085550100"] = PhoneInMemory(picks_up=False)
    with stage.call({"/voice": dial(), "/after": "", "/leg": ""}) as call:
        wait_until(lambda: stage.shown_numbers)
        call.phone.ends()
        assert stage.until_asked("/after")["DialCallStatus"] == "canceled"
        call.result()
    assert agent.end == "completed"


def test_a_caller_who_is_moved_leaves_the_party(stage: Stage) -> None:
    agent = stage.phones["+861085550100"] = PhoneInMemory()
    pages = {"/voice": dial(leg=""), "/moved": "<Play>/b.wav</Play><Hangup/>", "/b.wav": sound(900), "/leg": ""}
    with stage.call(pages) as call:
        until_talking(call)
        call.player.move(f"{BASE}/moved")
        call.result()
    assert call.phone.has_heard(mark(900))
    assert agent.end == "completed"
