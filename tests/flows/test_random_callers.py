"""Callers who do anything at any time, over the real webhooks with signatures, on every shipped flow.

IVR_RANDOM_CALLS=5000 plays so many calls of each kind, other ones each time.
"""

from __future__ import annotations

import os

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from ivr.carrier.caller import DeskAnswer, HangUp, HeardPause, HeardText, HeardTone, Press, Silence, Speak, Talk
from ivr.carrier.carrier_options import CarrierOptions
from ivr.carrier.player import Player
from ivr.carrier.requests import PhoneLine
from ivr.carrier.twiml import Dial, Hangup

CALLS = int(os.environ.get("IVR_RANDOM_CALLS", "0"))
FLOWS = ("main_menu", "elderly_simple", "no_such_flow")
CALLERS = (
    *(f"+861380000000{number}" for number in range(1, 7)),
    *(
        "+8613912345678",
        "+12025550123",
        "anonymous",
        "+266696687",
        "",
        "sip:a b@例.com;x=<&>",
        "'; DROP TABLE calls;--",
    ),
)

random_calls = settings(
    max_examples=CALLS or 60,
    derandomize=not CALLS,
    deadline=None,
    database=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.function_scoped_fixture, HealthCheck.data_too_large],
)

signs = st.characters(exclude_categories=["Cs"])
junk = st.text(signs, max_size=40) | st.sampled_from(
    ["", " ", "0", "-1", "1e999", "NaN", "９", "٣", "<Say>", "]]>", "\x00", "a\u2028b", "%", "null", "余额", "👵" * 300]
)
keys = st.text("0123456789*#", max_size=8) | st.sampled_from(
    [
        "0",
        "1",
        "2",
        "3",
        "4",
        "8",
        "*",
        "#",
        "*0",
        "**",
        "0128",
        "135790",
        "0365",
        "975310",
        "6217000000001000128",
        "1" * 64,
    ]
)
long_keys = st.sampled_from("0123456789*#").map(lambda key: key * 5000) | st.just("1234567890" * 500)
statuses = st.sampled_from(
    ["queued", "ringing", "in-progress", "completed", "busy", "failed", "no-answer", "canceled", "x"]
)
dialled = st.sampled_from(["completed", "busy", "no-answer", "failed", "canceled", "answered", "?"])
PARAMETERS = {
    "Digits": keys | long_keys | junk,
    "SpeechResult": junk | st.sampled_from(["人工", "余额", "挂失", "返回", "一", "English", "再说一遍", "是", "不"]),
    "Confidence": junk | st.sampled_from(["0.9", "0.1", "0"]),
    "FinishedOnKey": st.sampled_from(["#", "", "*", "x"]),
    "RecordingUrl": junk | st.just("https://api.invalid/R"),
    "RecordingDuration": junk | st.just("5"),
    "DialCallStatus": dialled | junk,
    "DialCallDuration": junk,
    "CallStatus": statuses | junk,
    "From": junk,
    "To": junk,
    "AccountSid": junk,
    "ErrorCode": junk,
}
forms = st.fixed_dictionaries({}, optional=PARAMETERS)
places = st.sampled_from(
    ["turn/0", "turn/1", "turn/2", "turn/3", "turn/7", "turn/999999999", "turn/2?silent=1", "voice"]
)
deeds = st.one_of(
    st.tuples(st.just("press"), keys),
    st.tuples(st.just("say"), PARAMETERS["SpeechResult"]),
    st.tuples(st.just("silence")),
    st.tuples(st.just("redirect")),
    st.tuples(st.just("dial"), dialled),
    st.tuples(st.just("form"), forms),
    st.tuples(st.just("elsewhere"), places, forms),
    st.tuples(st.just("again")),
    st.tuples(st.just("old"), st.integers(0, 30)),
    st.tuples(st.just("status"), forms),
    st.tuples(st.just("fallback"), forms),
)


def do(leg, deed) -> None:
    """Let the carrier do one thing."""
    kind, *what = deed
    waiting = leg.waiting
    if kind in ("elsewhere", "again", "old", "status", "fallback") or isinstance(waiting, Hangup):
        beside(leg, kind, what)
    elif kind == "press":
        leg.act(msg="Gather End", Digits=what[0])
    elif kind == "say":
        leg.act(SpeechResult=what[0], Confidence="0.8")
    elif kind == "silence":
        leg.act(DialCallStatus="no-answer") if isinstance(waiting, Dial) else leg.stay_silent()
    elif kind == "redirect":
        leg.redirected()
    elif kind == "dial":
        leg.act(DialCallStatus=what[0])
    else:
        leg.act(**what[0])


def beside(leg, kind, what) -> None:
    """Send what no caller can: requests again, late, out of order, and callbacks."""
    if kind == "again":
        last = leg.sent[-1]
        again = leg.post(last).body
        assert again == last.answer or leg.machine.ivr.store.load(leg.sid).ended  # a status told that it is over
    elif kind == "old":
        old = leg.sent[what[0] % len(leg.sent)]
        leg.follow(old.url, {**old.form, "late": "1"}) if "/turn/" in old.url else None
    elif kind == "elsewhere":
        leg.follow(f"http://ivr.invalid/twilio/{what[0]}", what[1])
    elif kind == "status":
        leg.send("http://ivr.invalid/twilio/status", what[0])
        leg.sent.pop()
    elif kind == "fallback":
        leg.twiml(leg.send("http://ivr.invalid/twilio/fallback", what[0]))
        leg.sent.pop()


@pytest.mark.parametrize("flow", FLOWS)
@random_calls
@given(caller=st.sampled_from(CALLERS), arrival=forms, doing=st.lists(deeds, max_size=25))
def test_whatever_a_caller_or_carrier_does_there_is_an_answer_and_an_end(ring, flow, caller, arrival, doing):
    leg = ring(caller)
    leg.arrive(flow, **arrival)
    for deed in doing:
        do(leg, deed)
    assert leg.silence_to_the_end() in ("person", "goodbye")


acts = st.one_of(
    st.builds(Press, keys.filter(bool), at=st.floats(0, 40), gap=st.floats(0.05, 8), repeat=st.booleans()),
    st.builds(Speak, junk, confidence=st.none() | st.floats(0, 1), at=st.floats(0, 20), repeat=st.booleans()),
    st.builds(Talk, st.floats(0, 300), key=st.sampled_from(["", "#", "0", "5"])),
    st.builds(Silence, repeat=st.booleans()),
    st.builds(HangUp, at=st.floats(0, 20)),
)
desks = st.builds(
    DeskAnswer,
    st.sampled_from(["completed", "busy", "no-answer", "failed", "canceled"]),
    talk=st.floats(0, 600),
    caller_leaves=st.booleans(),
    repeat=st.booleans(),
)


class Erratic:
    """A caller who does what was drawn, early or late, and then nothing any more."""

    def __init__(self, doing, early, desk) -> None:
        self.doing = list(reversed(doing))
        self.is_early = early
        self.desks = list(reversed(desk))

    def early(self, stretch):
        return self.doing.pop() if self.is_early and self.doing else None

    def hears(self, heard) -> None:
        assert isinstance(heard, HeardPause | HeardTone) or (isinstance(heard, HeardText) and heard.text)

    def answers(self, listening):
        return self.doing.pop() if self.doing else Silence()

    def acted(self, act) -> None:
        pass

    def desk(self, numbers):
        return self.desks.pop() if self.desks else DeskAnswer()


@pytest.mark.parametrize("flow", FLOWS)
@random_calls
@given(
    caller=st.sampled_from(CALLERS),
    doing=st.lists(acts, max_size=15),
    early=st.booleans(),
    desk=st.lists(desks, max_size=5),
    kept=st.sampled_from(["kept", "lost"]),
    blank=st.sampled_from(["blank", "absent"]),
)
def test_a_carrier_that_plays_every_document_meets_no_dead_air_and_no_loop(
    machine, ring, flow, caller, doing, early, desk, kept, blank
):
    ring()
    line = PhoneLine(
        f"http://ivr.invalid/twilio/voice/{flow}",
        caller=caller,
        token="0123456789abcdef0123456789abcdef",
        status_url="http://ivr.invalid/twilio/status",
    )
    carrier_options = CarrierOptions(early_keys=kept, empty_result=blank)
    result = Player(
        line, machine.transport, Erratic(doing, early, desk), machine.clock, carrier_options=carrier_options
    ).call()
    assert not result.faults
    assert not machine.faults.take()
    assert result.ended_by in ("server", "caller")
    assert result.documents < 60


@random_calls
@given(sid=junk, form=forms)
def test_a_request_that_names_no_call_gets_an_apology_and_a_person(ring, machine, sid, form):
    leg = ring()
    leg.sid = sid
    answer = leg.send("http://ivr.invalid/twilio/turn/3", form)
    machine.faults.take()
    assert isinstance(leg.twiml(answer).verbs[-1], Dial | Hangup) or leg.twiml(answer)
    machine.faults.take()


@random_calls
@given(body=st.binary(max_size=300), path=st.sampled_from(["voice", "voice/main_menu", "turn/1", "status", "fallback"]))
def test_bodies_of_random_bytes_are_refused_and_change_nothing(machine, ring, body, path):
    ring()
    live = machine.ivr.live()
    for headers in ({}, {"X-Twilio-Signature": "AAAA"}, {"X-Twilio-Signature": "\u00ff"}):
        answer = machine.transport.send("POST", f"http://ivr.invalid/twilio/{path}", body, headers)
        assert answer.status == 403
    assert machine.ivr.live() == live
    assert not machine.faults.take()


@pytest.mark.parametrize("flow", ["main_menu", "elderly_simple"])
@pytest.mark.parametrize("key", [*"0123456789*#", "1" * 64, "4" + "1" * 63, "*" * 64, "#" * 64])
def test_a_machine_that_presses_one_key_for_ever_meets_an_end(ring, flow, key):
    leg = ring()
    leg.arrive(flow)
    for _ in range(60):
        if isinstance(leg.waiting, Dial | Hangup):
            break
        leg.act(msg="Gather End", Digits=key)
    assert leg.silence_to_the_end() in ("person", "goodbye")
