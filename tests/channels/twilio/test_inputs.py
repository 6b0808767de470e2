"""What a verified form says that the caller did; nothing in it is an error."""

from __future__ import annotations

from urllib.parse import urlencode

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ivr.channels.twilio import inputs
from ivr.channels.twilio.requests import Parameters, form_pairs
from ivr.engine.inputs import CallStarted, DialEnded, Digits, HungUp, NoInput, RecognizerFailed, Recorded, Speech


@pytest.mark.parametrize("caller", ["anonymous", "client:li.na", "sip:u@h;x=1", "+266696687", "", "未知", "x" * 500])
def test_odd_callers_stay_bounded_text(caller):
    started = inputs.arrival(Parameters.of([("From", caller), ("To", "+864001")]), "main_menu")
    assert started == CallStarted(caller[:64], "+864001", "main_menu")


LATER = [
    ({"Digits": "12*#"}, Digits("12*#")),
    ({"Digits": "1A2"}, Digits("12")),
    ({"Digits": "A"}, Digits("?")),
    ({"Digits": "１２"}, Digits("?")),
    ({"Digits": "9" * 100_000}, Digits("9" * 64)),
    ({"Digits": ""}, NoInput()),
    ({"Digits": " "}, NoInput()),
    ({}, NoInput()),
    ({"SpeechResult": ""}, NoInput()),
    ({"Digits": "", "SpeechResult": "查余额。", "Confidence": "0.93"}, Speech("查余额。", 0.93)),
    ({"SpeechResult": "余额"}, Speech("余额", None)),
    ({"SpeechResult": "余额", "Confidence": "nan"}, Speech("余额", None)),
    ({"SpeechResult": "余额", "Confidence": "1e9"}, Speech("余额", None)),
    ({"SpeechResult": "余额", "Confidence": "ja"}, Speech("余额", None)),
    ({"SpeechResult": "a\x00b\r\nc"}, Speech("a b c", None)),
    ({"SpeechResult": "长" * 100_000}, Speech("长" * 500, None)),
    ({"Digits": "1", "SpeechResult": "二"}, Digits("1")),
    ({"RecordingUrl": "https://x/RE1", "RecordingDuration": "7", "Digits": "#"}, Recorded("https://x/RE1", 7.0, "#")),
    ({"RecordingUrl": "https://x/RE1", "RecordingDuration": "x"}, Recorded("https://x/RE1", 0.0, "")),
    (
        {"RecordingUrl": "https://x/RE1", "RecordingDuration": "7", "Digits": "hangup", "CallStatus": "completed"},
        Recorded("https://x/RE1", 7.0, "", left=True),
    ),
    ({"ErrorCode": "13341", "ErrorUrl": "https://x/turn/3"}, RecognizerFailed()),
    ({"ErrorCode": "12100"}, NoInput()),
    ({"ErrorCode": "13341", "Digits": "1"}, Digits("1")),
    ({"DialCallStatus": "busy"}, DialEnded("busy")),
    ({"DialCallStatus": "completed", "DialCallDuration": "61"}, DialEnded("completed", 61.0)),
    ({"DialCallStatus": "answered"}, DialEnded("completed")),
    ({"DialCallStatus": "exploded"}, DialEnded("failed")),
    ({"DialCallStatus": "completed", "CallStatus": "completed"}, HungUp("completed", DialEnded("completed"))),
    ({"DialCallStatus": "completed", "DialBridged": "false"}, DialEnded("completed", bridged=False)),
    ({"DialCallStatus": "completed", "DialCallDuration": "0"}, DialEnded("completed", bridged=False)),
    (
        {"DialCallStatus": "completed", "DialCallDuration": "61", "DialBridged": "true", "CallStatus": "completed"},
        HungUp("completed", DialEnded("completed", 61.0)),
    ),
    (
        {"DialCallStatus": "completed", "DialCallDuration": "61", "RecordingUrl": "https://x/RE1"},
        DialEnded("completed", 61.0),
    ),
    (
        {"DialCallStatus": "completed", "RecordingUrl": "https://x/RE1", "CallStatus": "completed"},
        HungUp("completed", DialEnded("completed")),
    ),
    ({"QueueResult": "bridged", "QueueTime": "40"}, DialEnded("completed")),
    ({"QueueResult": "bridging-in-process"}, DialEnded("completed")),
    ({"QueueResult": "queue-full"}, DialEnded("busy")),
    ({"QueueResult": "leave"}, DialEnded("canceled")),
    ({"QueueResult": "error"}, DialEnded("failed")),
    ({"QueueResult": "system-error"}, DialEnded("failed")),
    ({"QueueResult": "what is this"}, DialEnded("failed")),
    ({"QueueResult": "hangup", "CallStatus": "completed"}, HungUp("completed", DialEnded("canceled"))),
    ({"CallStatus": "no-answer", "Digits": "1"}, HungUp("no-answer")),
    ({"CallStatus": "in-progress", "Digits": "1"}, Digits("1")),
]


@pytest.mark.parametrize(("form", "expected"), LATER, ids=[str(n) for n in range(len(LATER))])
def test_a_later_request_is_what_the_caller_did(form, expected):
    assert inputs.later(Parameters.of(form.items())) == expected


@given(
    st.dictionaries(
        st.sampled_from(
            [
                "Digits",
                "SpeechResult",
                "Confidence",
                "CallStatus",
                "From",
                "RecordingUrl",
                "RecordingDuration",
                "DialCallStatus",
                "DialCallDuration",
                "QueueResult",
            ]
        ),
        st.text(),
    )
)
def test_no_form_is_an_error(form):
    body = urlencode(form, errors="replace").encode()
    parameters = Parameters.of(form_pairs(body))
    assert inputs.later(parameters) is not None
    assert inputs.arrival(parameters).flow is None
    assert len(inputs.call_id(parameters)) <= 64


@pytest.mark.parametrize(
    ("sid", "id_"), [("CA" + "0" * 32, "CA" + "0" * 32), ("", ""), ("a", ""), ("CA1\x00", ""), ("../x", "")]
)
def test_an_id_that_no_carrier_gives_is_none(sid, id_):
    assert inputs.call_id(Parameters.of([("CallSid", sid)])) == id_


def test_the_second_spelling_of_who_calls_whom_stands_in():
    assert inputs.arrival(Parameters.of([("Caller", "+861"), ("Called", "+862")])) == CallStarted("+861", "+862", None)


def test_only_the_faults_of_a_recogniser_mean_that_nobody_was_heard():
    for code in inputs.RECOGNISER_FAULTS:
        assert inputs.unheard(Parameters.of([("ErrorCode", code)])) == RecognizerFailed()
    assert inputs.unheard(Parameters.of([("ErrorCode", "12100")])) is None


def test_the_key_that_ends_an_entry_counts_by_itself():
    assert inputs.later(Parameters.of([("Digits", ""), ("FinishedOnKey", "#")])) == Digits("#")
