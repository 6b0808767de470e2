"""The telephone at the other end of a Dial: who answers is told who calls, and takes the call or doesn't."""

from __future__ import annotations

import pytest

from ivr.carrier.caller import DeskAnswer
from ivr.carrier.carrier_options import CarrierOptions

DIAL = (
    '<Dial action="/menu" timeout="20" answerOnBridge="true">'
    '<Number url="/agent/ab" statusCallback="/agent/ab/ended" statusCallbackEvent="completed">+8613900000001</Number>'
    "</Dial>"
)
WHISPER = (
    '<Gather action="/agent/ab/key" numDigits="1" timeout="4">'
    '<Say language="en-US" voice="Polly.Joanna">press one</Say></Gather><Hangup/>'
)
END = {"/menu": "<Hangup/>", "/status": (204, "text/plain", b""), "/agent/ab/ended": (204, "text/plain", b"")}


def key(form: dict[str, str]) -> str:
    return "" if form["Digits"] == "1" else "<Hangup/>"


PAGES = {"/voice": DIAL, "/agent/ab": WHISPER, "/agent/ab/key": key, **END}


def call(phone, person, desk: DeskAnswer, **carrier_options):
    result = phone.call(PAGES, person(desk=desk), carrier_options=CarrierOptions(**carrier_options))
    return result, phone.server.asked("/menu")


def test_an_agent_hears_the_whisper_presses_the_key_and_is_connected(phone, person):
    heard: list[str] = []
    result, action = call(phone, person, DeskAnswer(talk=40, ring=6, hears=lambda one: heard.append(one.text)))
    assert heard == ["press one"]
    assert (result.ended_by, result.faults, result.dialled) == ("server", (), ("+8613900000001",))
    assert {**action[0], "DialCallSid": ""}.items() >= {
        "DialCallStatus": "completed", "DialBridged": "true", "DialCallDuration": "40", "CallStatus": "in-progress"
    }.items()  # fmt: skip
    [whisper], [ended] = phone.server.asked("/agent/ab"), phone.server.asked("/agent/ab/ended")
    assert whisper["ParentCallSid"] == action[0]["CallSid"]
    assert whisper["CallSid"] == ended["CallSid"] == action[0]["DialCallSid"] != action[0]["CallSid"]
    assert (whisper["Direction"], whisper["To"]) == ("outbound-dial", "+8613900000001")
    assert (ended["CallStatus"], 40 < float(ended["CallDuration"]) < 50) == ("completed", True)


@pytest.mark.parametrize(
    "desk", [DeskAnswer(press="2"), DeskAnswer(press=""), DeskAnswer(hangs_up=True)], ids=["2", "silent", "gone"]
)
def test_an_agent_who_does_not_take_the_call_is_not_connected_though_the_dialling_completed(phone, person, desk):
    _, action = call(phone, person, desk)
    assert (action[0]["DialCallStatus"], action[0]["DialBridged"]) == ("completed", "false")
    assert "DialCallDuration" not in action[0]
    assert phone.server.asked("/agent/ab/ended")[0]["CallStatus"] == "completed"


@pytest.mark.parametrize("status", ["busy", "no-answer", "failed"])
def test_an_agent_who_cannot_be_reached_hears_nothing(phone, person, status):
    _, action = call(phone, person, DeskAnswer(status))
    assert (action[0]["DialCallStatus"], phone.server.asked("/agent/ab")) == (status, [])
    assert phone.server.asked("/agent/ab/ended")[0]["CallStatus"] == status


def test_a_telephone_that_rings_longer_than_the_dialling_lasts_is_not_answered(phone, person):
    _, action = call(phone, person, DeskAnswer(ring=21))
    assert action[0]["DialCallStatus"] == "no-answer"


@pytest.mark.parametrize(
    ("at", "leg", "dial", "told"),
    [(3, "canceled", "canceled", 0), (6.2, "completed", "canceled", 1), (20, "completed", "completed", 1)],
    ids=["while it rings", "while the agent is told", "while they talk"],
)
def test_a_caller_may_hang_up_at_any_moment(phone, person, at, leg, dial, told):
    result, action = call(phone, person, DeskAnswer(talk=60, ring=6, caller_leaves_at=at))
    assert (result.ended_by, result.seconds) == ("caller", pytest.approx(at))
    assert (action[0]["CallStatus"], action[0]["DialCallStatus"]) == ("completed", dial)
    assert [form["CallStatus"] for form in phone.server.asked("/agent/ab/ended")] == [leg]
    assert len(phone.server.asked("/agent/ab")) == told


def test_of_a_lost_telephone_no_end_is_told(phone, person):
    _, action = call(phone, person, DeskAnswer(talk=2, lost=True))
    assert action[0]["DialBridged"] == "true"
    assert phone.server.asked("/agent/ab/ended") == []


@pytest.mark.parametrize("order", ["before", "after"])
def test_the_end_of_a_leg_may_be_told_before_and_after_the_action(phone, person, order):
    call(phone, person, DeskAnswer(), leg_told=order)
    paths = [path for path, _ in phone.server.requests if path in ("/menu", "/agent/ab/ended")]
    assert paths == (["/agent/ab/ended", "/menu"] if order == "before" else ["/menu", "/agent/ab/ended"])


def test_what_is_played_to_an_agent_may_not_dial(phone, person):
    pages = {**PAGES, "/agent/ab": "<Dial><Number>+861</Number></Dial>"}
    result = phone.call(pages, person(desk=DeskAnswer()))
    assert [fault.number for fault in result.faults] == [13215]


def test_a_recorded_conversation_is_told_with_the_action_and_when_it_is_ready(phone, person):
    recorded = DIAL.replace("<Dial", '<Dial record="record-from-answer" recordingStatusCallback="/agent/ab/recorded"')
    pages = {**PAGES, "/voice": recorded, "/agent/ab/recorded": ""}
    assert phone.call(pages, person(desk=DeskAnswer(talk=40))).faults == ()
    [action], [ready] = phone.server.asked("/menu"), phone.server.asked("/agent/ab/recorded")
    assert action["RecordingUrl"] == ready["RecordingUrl"]
    assert (ready["RecordingSource"], ready["RecordingDuration"]) == ("DialVerb", "40")


@pytest.mark.parametrize(
    ("noun", "number"),
    [('<Number statusCallbackEvent="completed gone">+861</Number>', 0), ('<Number colour="1">+861</Number>', 12200)],
)
def test_what_the_carrier_would_ignore_is_warned_of(phone, person, noun, number):
    result = phone.call({**PAGES, "/voice": f'<Dial action="/menu">{noun}</Dial>'}, person())
    assert [fault.fatal for fault in result.faults] == [False]


@pytest.mark.parametrize("task", ["", "[]", "no JSON", '{"a": 1}'])
def test_a_task_is_a_json_object(phone, person, task):
    page = f'<Enqueue action="/menu" workflowSid="WW1"><Task priority="5" timeout="60">{task}</Task></Enqueue>'
    faults = [fault.number for fault in phone.call({**PAGES, "/voice": page}, person()).faults]
    assert faults == ([] if task == '{"a": 1}' else [14221])
