"""Many calls at once by Debian's sipp: every key once, no call lost."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.waiting import wait_until

from .sip_stage import sip_stage
from .sipp import run_sipp, sipp_lacking
from .stage import line_stage, sound

why = sipp_lacking()
pytestmark = pytest.mark.skipif(bool(why), reason=why)


KEYED = '<Gather numDigits="1" finishOnKey="" timeout="60" action="/twilio/key"><Play loop="0">/a.wav</Play></Gather>'


def test_twenty_callers_press_six_keys_each_and_every_key_arrives_once(tmp_path: Path) -> None:
    with line_stage() as stage, sip_stage(stage) as sip:
        stage.server.pages = {"/twilio/voice": KEYED, "/twilio/key": KEYED, "/a.wav": sound(600, 0.5)}
        stage.server.pages["/twilio/status"] = ""
        run_sipp(tmp_path, sip.address, calls=20, rate=10, keys="130579")
        wait_until(lambda: not sip.switch.under_way)
    pressed: dict[str, str] = {}
    for form in stage.server.asked("/twilio/key"):
        pressed[form["CallSid"]] = pressed.get(form["CallSid"], "") + form["Digits"]
    assert list(pressed.values()) == ["130579"] * 20


def test_fifty_calls_at_once_all_succeed(tmp_path: Path) -> None:
    with line_stage() as stage, sip_stage(stage, most_per_second=100) as sip:
        stage.server.pages = {"/twilio/voice": KEYED, "/a.wav": sound(600, 0.5), "/twilio/status": ""}
        run_sipp(tmp_path, sip.address, calls=50, rate=50, talk_ms=4000)
        wait_until(lambda: len(stage.server.asked("/twilio/status")) == 50)
        assert (sip.switch.taken, sip.switch.refused) == (50, 0)
    assert {form["CallStatus"] for form in stage.server.asked("/twilio/status")} == {"completed"}
