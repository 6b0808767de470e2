"""The carrier's REST API: what the channel's own client asks of it, and what it refuses."""

from __future__ import annotations

import pytest

from ivr.carrier.line.call_journal import CallJournal
from ivr.carrier.line.rest_api import LineApi
from ivr.carrier.line.switch import LineOptions, Switch
from ivr.carrier.requests import DEMO_ACCOUNT
from ivr.channels.twilio.calls import TwilioCalls
from ivr.channels.twilio.rest import RestAccount
from ivr.errors import CarrierFailed
from ivr.settings import Hidden
from tests.carrier.fixtures import TOKEN

from .stage import BASE, PhoneInMemory, Stage
from .test_switch import PAGES, Numbers


@pytest.fixture
def api(stage: Stage):
    stage.server.pages = {**PAGES, "/twilio/agent/leg": "<Pause length='600'/>"}
    switch = Switch(LineOptions(BASE, TOKEN), CallJournal(None))
    switch.use(stage.services)
    switch.lines.append(Numbers("+86"))
    with LineApi(switch, TOKEN) as served:
        yield served
        switch.end_all()


def account(api: LineApi, token: str = TOKEN) -> RestAccount:
    return RestAccount(DEMO_ACCOUNT, Hidden(token), api=api.url)


def test_the_channel_moves_and_places_calls_by_it_unchanged(api: LineApi, stage: Stage) -> None:
    calls = TwilioCalls(account(api), BASE, "+861085550199")
    phone = PhoneInMemory()
    api._switch.arrived(phone)
    sid = stage.until_asked("/twilio/voice")["CallSid"]
    assert calls.ending_of(sid) == ""
    calls.move(sid, at=1.0)
    wanted = calls.place("+8613800000002", "leg", timeout=20)
    assert wanted.startswith("CA")
    with pytest.raises(CarrierFailed, match="unknown"):
        calls.ending_of("CA" + "9" * 32)
    with pytest.raises(CarrierFailed, match="no call was moved"):
        calls.move("CA" + "9" * 32, at=1.0)
    with pytest.raises(CarrierFailed, match="no call was placed"):
        calls.place("sip:nobody@x", "leg", timeout=20)


def test_a_call_is_ended_and_a_text_is_kept_and_told(api: LineApi, stage: Stage) -> None:
    told: list[tuple[str, str]] = []
    api.texted = lambda number, text: told.append((number, text))
    phone = PhoneInMemory()
    api._switch.arrived(phone)
    sid = stage.until_asked("/twilio/voice")["CallSid"]
    assert account(api).post(f"Calls/{sid}.json", {"Status": "completed"}).status == 200
    sent = account(api).post("Messages.json", {"To": "+8613800000001", "From": "1", "Body": "您的验证码"})
    assert (sent.status, sent.sid[:2], told) == (201, "SM", [("+8613800000001", "您的验证码")])
    assert "您的验证码" not in repr(api.messages[0])


@pytest.mark.parametrize(
    ("resource", "form"),
    [
        ("Calls.json", {"To": "", "Url": "http://x"}),
        ("Calls.json", {"To": "+861", "Url": "file:///etc"}),
        ("Calls/CA1234.json", {}),
        ("Calls/CA1234.json", {"Url": "http://x"}),
        ("Messages.json", {"To": "+861"}),
        ("Recordings.json", {}),
    ],
)
def test_what_makes_no_sense_is_refused(api: LineApi, resource: str, form: dict[str, str]) -> None:
    assert account(api).post(resource, form).status in (400, 404, 405)


def test_others_are_refused(api: LineApi) -> None:
    assert account(api, "another token").post("Messages.json", {"To": "1", "Body": "2"}).status == 401
    assert not api.messages
