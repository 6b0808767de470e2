"""Calls moved and placed by Twilio's REST API, against a real server that behaves as Twilio's does."""

from __future__ import annotations

import socket
import threading
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from ivr.channels.twilio.calls import MOST_AT_ONCE, TwilioCalls
from ivr.channels.twilio.paths import RETRIES
from ivr.errors import CarrierFailed
from ivr.settings import Hidden, Settings
from tests.waiting import wait_until

from .rest_api import OVER, PLACED, RUNS, SID, TOKEN, Api

SETTINGS = Settings(
    account_sid=SID, auth_token=Hidden(TOKEN), public_url="https://ivr.example", call_from="+861085550100"
)
AGENT = "+8613900000001"


def calls(api: Api, seconds: float = 4.0, **more: Any) -> TwilioCalls:
    found = TwilioCalls.from_settings(replace(SETTINGS, api_url=api.url, **more), seconds=seconds)
    assert found is not None
    return found


def test_a_waiting_call_is_moved_to_an_address_of_ours(api: Api):
    calls(api).move(RUNS, at=31)
    form = {"Url": f"https://ivr.example/twilio/turn/0?moved=31{RETRIES}", "Method": "POST"}
    assert api.asked == [(f"/2010-04-01/Accounts/{SID}/Calls/{RUNS}.json", form)]


def test_an_agent_is_called_from_our_number_and_both_addresses_are_ours(api: Api):
    placed = calls(api).place(AGENT, "ab", timeout=20)
    assert placed == PLACED
    assert api.asked == [
        (
            f"/2010-04-01/Accounts/{SID}/Calls.json",
            {
                "To": AGENT,
                "From": "+861085550100",
                "Url": f"https://ivr.example/twilio/agent/ab{RETRIES}",
                "Method": "POST",
                "Timeout": "20",
                "StatusCallback": f"https://ivr.example/twilio/agent/ab/ended{RETRIES}",
                "StatusCallbackMethod": "POST",
                "StatusCallbackEvent": "completed",
            },
        )
    ]


@pytest.mark.parametrize("number", ["sip:li@pbx.bank.example", "sips:li@pbx.bank.example:5061"])
def test_agents_may_have_sip_addresses(api: Api, number: str):
    calls(api).place(number, "a", timeout=20)
    assert api.asked[0][1]["To"] == number


@pytest.mark.parametrize("number", ["", "110", "anonymous", "+86 139", "sip:", "sip:a b@c", "+0123456789", "client:x"])
def test_no_call_is_placed_to_anything_else(api: Api, number: str):
    with pytest.raises(CarrierFailed) as caught:
        calls(api).place(number, "a", timeout=20)
    assert not caught.value.unsure
    assert api.asked == []


@pytest.mark.parametrize("call", ["", "CA", "../Messages", "CA1/../2", "RE" + "1" * 32])
def test_only_calls_are_moved(api: Api, call: str):
    with pytest.raises(CarrierFailed):
        calls(api).move(call, at=31)
    assert api.asked == []


def test_without_a_number_of_our_own_calls_are_moved_and_none_is_placed(api: Api):
    mute = calls(api, call_from="")
    mute.move(RUNS, at=31)
    with pytest.raises(CarrierFailed, match="TWILIO_CALL_FROM"):
        mute.place(AGENT, "a", timeout=20)


@pytest.mark.parametrize("missing", ["account_sid", "auth_token", "public_url"])
def test_without_an_account_or_an_address_there_are_no_calls_of_ours(missing: str):
    empty = Hidden() if missing == "auth_token" else ""
    assert TwilioCalls.from_settings(replace(SETTINGS, **{missing: empty})) is None


def attempt(calls: TwilioCalls, deed: str) -> CarrierFailed:
    asked: dict[str, Callable[[], object]] = {
        "move": lambda: calls.move(RUNS, at=31),
        "place": lambda: calls.place(AGENT, "a", timeout=20),
    }
    with pytest.raises(CarrierFailed) as caught:
        asked[deed]()
    for secret in (AGENT, AGENT[1:], TOKEN, SID, RUNS, "ivr.example"):
        assert secret not in str(caught.value)
    assert caught.value.__context__ is None or caught.value.__suppress_context__
    return caught.value


@pytest.mark.parametrize(("call", "words"), [(OVER, "error 21220"), ("CA" + "9" * 32, "error 20404")])
def test_a_call_that_has_ended_is_not_moved(api: Api, call: str, words: str):
    with pytest.raises(CarrierFailed, match=words) as caught:
        calls(api).move(call, at=31)
    assert (caught.value.unsure, call in str(caught.value)) == (False, False)


@pytest.mark.parametrize("deed", ["move", "place"])
def test_a_refusal_is_told_with_twilios_number_and_nothing_that_was_sent(api: Api, deed: str):
    api.status, api.body = 429, b'{"code": 20429}'
    assert "error 20429" in str(attempt(calls(api), deed))
    api.status = api.body = None
    wrong = calls(api, auth_token=Hidden("another token"))
    assert "error 20003" in str(attempt(wrong, deed))


@pytest.mark.parametrize("deed", ["move", "place"])
@pytest.mark.parametrize("status", [500, 503, 302])
def test_a_fault_of_twilios_leaves_it_open_what_was_done(api: Api, deed: str, status: int):
    api.status = status
    assert attempt(calls(api), deed).unsure
    assert len(api.asked) == 1, "nothing is asked a second time"


@pytest.mark.parametrize("deed", ["move", "place"])
def test_a_slow_answer_ends_in_time_and_leaves_it_open_what_was_done(api: Api, deed: str):
    api.hangs = True
    fault = attempt(calls(api, seconds=0.1), deed)
    assert fault.unsure
    assert "within 0.1 s" in str(fault)


@pytest.mark.parametrize("deed", ["move", "place"])
def test_what_cannot_be_reached_was_surely_not_done(api: Api, deed: str):
    with socket.socket() as unused:
        unused.bind(("127.0.0.1", 0))
        api.url = f"http://127.0.0.1:{unused.getsockname()[1]}"
        assert not attempt(calls(api), deed).unsure


def test_a_twilio_that_hangs_holds_up_no_more_than_a_few_requests(api: Api):
    api.hangs = True
    hung = calls(api, seconds=60.0)
    threads = [threading.Thread(target=attempt_quietly, args=(hung,)) for _ in range(MOST_AT_ONCE)]
    for thread in threads:
        thread.start()
    wait_until(lambda: len(api.asked) == MOST_AT_ONCE)
    assert "too many" in str(attempt(hung, "move"))
    api.released.set()
    for thread in threads:
        thread.join()
    api.hangs = False
    hung.move(RUNS, at=31)


def attempt_quietly(calls: TwilioCalls) -> None:
    calls.move(RUNS, at=31)


@pytest.mark.parametrize(("call", "ending"), [(RUNS, ""), (OVER, "completed")])
def test_twilio_says_whether_a_call_goes_on(api: Api, call: str, ending: str):
    assert calls(api).ending_of(call) == ending
    assert api.paths == [f"/2010-04-01/Accounts/{SID}/Calls/{call}.json"]


@pytest.mark.parametrize(
    ("status", "body"),
    [
        (404, b'{"code": 20404}'),
        (500, None),
        (200, b"{}"),
        (200, b'{"sid": "CA1", "status": "completed"}'),
        (200, b'{"status": "completed"}'),
        (200, f'{{"sid": "{RUNS}", "status": "gone fishing"}}'.encode()),
        (200, f'{{"sid": "{RUNS}", "status": 7}}'.encode()),
    ],
)
def test_any_other_answer_says_nothing_of_a_call(api: Api, status: int, body: bytes | None):
    api.status, api.body = status, body
    with pytest.raises(CarrierFailed, match="unknown"):
        calls(api).ending_of(RUNS)


def test_a_twilio_that_hangs_says_nothing_of_a_call_in_time(api: Api):
    api.hangs = True
    with pytest.raises(CarrierFailed, match="unknown"):
        calls(api, seconds=0.1).ending_of(RUNS)
    with pytest.raises(CarrierFailed):
        calls(api).ending_of("../Messages")
