"""The stand-in for the carrier's recordings: there a moment later, for the account alone, and gone when deleted."""

from __future__ import annotations

import base64

import pytest

from ivr.carrier.recordings import CarrierRecordings
from ivr.carrier.requests import DEMO_ACCOUNT
from ivr.speech.audio import read_wav, silence, write_wav

SID = "RE" + "7" * 32
PATH = f"/2010-04-01/Accounts/{DEMO_ACCOUNT}/Recordings/{SID}"
LOGIN = "Basic " + base64.b64encode(f"{DEMO_ACCOUNT}:token".encode()).decode()


@pytest.fixture
def carrier():
    with CarrierRecordings("token", not_ready=1) as running:
        yield running


def test_a_recording_is_not_there_at_once_and_then_as_the_telephone_carries_it(carrier: CarrierRecordings) -> None:
    assert carrier.keep(SID, write_wav(silence(0.5, 16_000))) == carrier.url + PATH
    assert carrier.answer("GET", f"{PATH}.wav", LOGIN) == (404, b"")
    status, body = carrier.answer("GET", f"{PATH}.wav", LOGIN)
    assert (status, read_wav(body).seconds) == (200, pytest.approx(0.5))
    assert carrier.asked == {SID: 2}


def test_without_a_sound_a_second_of_silence_is_kept(carrier: CarrierRecordings) -> None:
    carrier.keep(SID, b"")
    carrier.answer("GET", f"{PATH}.wav", LOGIN)
    assert read_wav(carrier.answer("GET", f"{PATH}.wav", LOGIN)[1]).seconds == 1.0


def test_others_are_refused_and_counted(carrier: CarrierRecordings) -> None:
    carrier.keep(SID, b"")
    assert carrier.answer("GET", f"{PATH}.wav", "Basic wrong") == (401, b"")
    assert carrier.answer("GET", f"{PATH}.wav", "签名")[0] == 401
    assert (carrier.refused, carrier.asked) == (2, {})


def test_a_deleted_recording_and_another_accounts_are_not_there(carrier: CarrierRecordings) -> None:
    carrier.keep(SID, b"")
    assert carrier.answer("DELETE", f"{PATH}.json", LOGIN) == (204, b"")
    assert carrier.answer("DELETE", f"{PATH}.json", LOGIN) == (404, b"")
    assert carrier.deleted == [SID]
    assert carrier.answer("GET", PATH.replace(DEMO_ACCOUNT, "AC" + "9" * 32) + ".wav", LOGIN) == (404, b"")


def test_a_carrier_at_fault_gives_whatever_it_has(carrier: CarrierRecordings) -> None:
    carrier.keep_bytes(SID, b"no sound")
    carrier.answer("GET", f"{PATH}.wav", LOGIN)
    assert carrier.answer("GET", f"{PATH}.wav", LOGIN) == (200, b"no sound")
