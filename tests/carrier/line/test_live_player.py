"""The player on a telephone: prompts, keys, recordings, and a server that fails or moves the call."""

from __future__ import annotations

import pytest

from ivr.carrier.line.prompt_sounds import beep
from ivr.speech.audio import Audio, read_wav
from tests.carrier.fixtures import TOKEN
from tests.waiting import wait_until

from .stage import BASE, PhoneInMemory, Stage, mark, sound, spoken

ASKS = '<Gather action="/keys" numDigits="{most}" timeout="5"><Play>/a.wav</Play></Gather>'
SOUNDS = {"/a.wav": sound(500, 3.0), "/b.wav": sound(900), "/keys": "<Play>/b.wav</Play><Hangup/>"}


def test_a_call_is_answered_plays_its_prompts_and_ends(stage: Stage) -> None:
    pages = {"/voice": '<Say language="cmn-CN">您好</Say><Play>/b.wav</Play><Hangup/>', "/b.wav": sound(900)}
    with stage.call(pages) as call:
        result = call.result()
    assert (result.ended_by, result.status, call.phone.end) == ("server", "completed", "completed")
    assert call.phone.has_heard(spoken("您好", "zh-CN", 1.0))
    assert call.phone.has_heard(mark(900))
    assert call.phone.shown == ["您好"]
    assert stage.server.asked("/status")[0]["CallStatus"] == "completed"


def test_a_key_cuts_the_prompt_and_is_sent(stage: Stage) -> None:
    with stage.call({"/voice": ASKS.format(most=1), **SOUNDS}) as call:
        wait_until(lambda: call.phone.heard)
        call.phone.press("4")
        assert stage.until_asked("/keys")["Digits"] == "4"
        call.result()
    assert call.phone.flushes >= 1
    assert not call.phone.has_heard(mark(500, 3.0))


def test_keys_typed_ahead_answer_the_next_questions_without_their_prompts(stage: Stage) -> None:
    second = '<Gather action="/pin" numDigits="6"><Play>/b.wav</Play></Gather>'
    pages = {**SOUNDS, "/voice": ASKS.format(most=1), "/keys": second, "/pin": "<Hangup/>"}
    with stage.call(pages) as call:
        wait_until(lambda: call.phone.heard)
        call.phone.press("1135790")
        assert stage.until_asked("/keys")["Digits"] == "1"
        assert stage.until_asked("/pin")["Digits"] == "135790"
        call.result()
    assert not call.phone.has_heard(mark(900))


def test_a_key_pressed_while_something_is_explained_counts_for_nothing(stage: Stage) -> None:
    confirm = '<Gather action="/sure" numDigits="1"><Play>/b.wav</Play></Gather>'
    pages = {"/voice": f"<Play>/long.wav</Play>{confirm}", "/long.wav": sound(400, 0.5), "/b.wav": sound(900)}
    with stage.call({**pages, "/sure": "<Hangup/>"}) as call:
        wait_until(lambda: call.phone.heard)
        call.phone.press("1")
        call.phone.until_heard(mark(900))
        call.phone.press("2")
        assert stage.until_asked("/sure")["Digits"] == "2"
        call.result()


def test_the_finishing_key_ends_an_entry_and_silence_ends_a_gather(stage: Stage) -> None:
    pages = {
        "/voice": '<Gather action="/keys" timeout="5" finishOnKey="#"><Play>/b.wav</Play></Gather>',
        "/b.wav": sound(900),
        "/keys": '<Gather action="/none" timeout="1" actionOnEmptyResult="true"/>',
        "/none": "<Hangup/>",
    }
    with stage.call(pages) as call:
        call.phone.until_heard(mark(900))
        call.phone.press("12#")
        form = stage.until_asked("/keys")
        assert (form["Digits"], form["FinishedOnKey"]) == ("12", "#")
        assert stage.until_asked("/none")["Digits"] == ""


def test_a_message_is_recorded_until_the_key(stage: Stage) -> None:
    pages = {"/voice": '<Record action="/done" finishOnKey="#" timeout="9" recordingStatusCallback="/rec"/>'}
    pages |= {"/done": "<Hangup/>", "/rec": ""}
    with stage.call(pages) as call:
        wait_until(lambda: beep() in bytes(call.phone.heard))
        said = mark(700, 0.4)
        wait_until(lambda: len(call.player._handset.stream._listeners) == 1)
        call.phone.speak(said)
        call.phone.press("#")
        form = stage.until_asked("/done")
    assert (form["Digits"], form["RecordingDuration"]) == ("#", "0")
    assert form["RecordingUrl"].startswith(stage.recordings.url)
    kept = stage.recordings.resource("GET", form["RecordingUrl"].removeprefix(stage.recordings.url) + ".wav", b"")
    assert read_wav(kept[1]) == Audio(said.samples)
    assert stage.server.asked("/rec")[0]["RecordingSid"] == form["RecordingSid"]


def test_a_recording_whose_caller_hangs_up_is_kept_and_reported(stage: Stage) -> None:
    with stage.call({"/voice": '<Record action="/done" playBeep="false"/>', "/done": ""}) as call:
        wait_until(lambda: stage.server.asked("/voice") and call.phone.is_answered)
        call.phone.ends()
        result = call.result()
    assert stage.server.asked("/done")[0]["Digits"] == "hangup"
    assert result.ended_by == "caller"


def test_the_server_moves_a_call_and_ends_it(stage: Stage) -> None:
    pages = {
        "/voice": "<Pause length='600'/>",
        "/moved": "<Play>/b.wav</Play><Pause length='600'/>",
        "/b.wav": sound(9e2),
    }
    with stage.call(pages) as call:
        stage.until_asked("/voice")
        call.player.move(f"{BASE}/moved")
        call.phone.until_heard(mark(900))
        call.player.move("")
        assert call.result().ended_by == "server"


def test_a_call_that_is_rejected_is_never_answered(stage: Stage) -> None:
    with stage.call({"/voice": "<Reject reason='busy'/>"}) as call:
        assert call.result().status == "busy"
    assert (call.phone.is_answered, call.phone.end) == (False, "busy")


def test_a_failing_document_is_replaced_by_the_fallback(stage: Stage) -> None:
    with stage.call(
        {"/voice": (500, "text/plain", b""), "/fallback": "<Play>/b.wav</Play>", "/b.wav": sound(900)}
    ) as call:
        call.result()
    assert call.phone.has_heard(mark(900))


def test_a_server_that_does_not_answer_is_an_apology_and_the_desk(stage: Stage) -> None:
    desk = stage.phones["+861085550100"] = PhoneInMemory()
    ready = stage.with_(desk="+861085550100", apology=mark(300).samples.tobytes(), farewell=mark(350).samples.tobytes())
    with ready.call({"/voice": (500, "text/plain", b""), "/fallback": (500, "text/plain", b"")}) as call:
        wait_until(lambda: desk.is_answered)
        wait_until(lambda: len(call.player._handset.stream._listeners) == 1)
        call.phone.speak(mark(777))
        desk.until_heard(mark(777))
        desk.ends()
        call.result()
    assert call.phone.has_heard(mark(300))
    assert call.phone.has_heard(mark(350))


def test_a_prompt_without_a_voice_is_left_out_and_is_a_fault(stage: Stage) -> None:
    with stage.call({"/voice": '<Say language="en-US">Hello</Say><Play>/gone.wav</Play><Hangup/>'}) as call:
        result = call.result()
    assert [fault.number for fault in result.faults if not fault.fatal] == [11200, 11200]


def test_a_placed_call_that_is_not_answered_is_reported(stage: Stage) -> None:
    stage.server.pages = {"/status": ""}
    phone = PhoneInMemory(picks_up=False)
    assert stage.player(phone).placed(0.05).status == "no-answer"
    assert stage.server.asked("/status")[0]["CallStatus"] == "no-answer"
    busy = PhoneInMemory(end="busy")
    assert stage.player(busy).placed(5.0).status == "busy"


def test_every_request_is_signed(stage: Stage) -> None:
    with stage.call({"/voice": "<Hangup/>"}) as call:
        assert call.result().faults == ()
    assert TOKEN
    assert stage.server.headers[0]["HTTP_X_TWILIO_SIGNATURE"]


@pytest.mark.parametrize("verb", ["<Enqueue>vip</Enqueue>"])
def test_what_the_line_cannot_do_goes_to_the_fallback(stage: Stage, verb: str) -> None:
    with stage.call({"/voice": verb, "/fallback": "<Hangup/>"}) as call:
        call.result()
    assert stage.server.asked("/fallback")[0]["ErrorCode"] == "13236"
