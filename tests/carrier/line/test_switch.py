"""The switch: limits, numbers, orders of the server, draining, and the calls of a killed process."""

from __future__ import annotations

from pathlib import Path

import pytest

from ivr.carrier.line.call_journal import CallJournal
from ivr.carrier.line.line_call import CannotDial, LineFacts
from ivr.carrier.line.switch import LineOptions, Switch
from tests.carrier.fixtures import TOKEN
from tests.waiting import wait_until

from .stage import BASE, PhoneInMemory, Stage, mark, sound


class Numbers:
    """A line that reaches what begins with its letter."""

    def __init__(self, first: str) -> None:
        self.first, self.dialled = first, []

    def reaches(self, address: str) -> bool:
        return address.startswith(self.first)

    def dial(self, address: str, caller: str) -> PhoneInMemory:
        self.dialled.append(address)
        phone = PhoneInMemory(LineFacts(caller, address))
        phone.answer()
        return phone


def made(stage: Stage, journal: CallJournal | None = None, **options: object) -> Switch:
    switch = Switch(LineOptions(BASE, TOKEN, **options), journal or CallJournal(None))
    switch.use(stage.services)
    return switch


PAGES = {"/twilio/voice": "<Pause length='600'/>", "/twilio/status": ""}


def test_a_call_has_its_numbers_in_full_and_where_it_was_diverted_from(stage: Stage) -> None:
    stage.server.pages = dict(PAGES)
    phone = PhoneInMemory(LineFacts("13800000001", "4008000065", "<sip:01055550000@x>;reason=busy"))
    switch = made(stage)
    switch.arrived(phone)
    form = stage.until_asked("/twilio/voice")
    assert (form["From"], form["To"], form["ForwardedFrom"]) == ("+8613800000001", "+864008000065", "+861055550000")
    phone.ends()
    assert switch.drain(60)


def test_calls_beyond_the_limits_are_busy(stage: Stage) -> None:
    stage.server.pages = dict(PAGES)
    switch = made(stage, most_calls=2)
    phones = [PhoneInMemory() for _ in range(3)]
    for phone in phones:
        switch.arrived(phone)
    assert [phone.end for phone in phones] == [None, None, "busy"]
    assert (switch.taken, switch.refused, switch.under_way) == (2, 1, 2)
    quick = made(stage, most_per_second=1)
    for phone in (late := [PhoneInMemory(), PhoneInMemory()]):
        quick.arrived(phone)
    assert late[1].end == "busy"
    switch.end_all()
    quick.end_all()
    assert phones[0].end == "completed"


def test_draining_takes_no_call_and_waits_for_the_others(stage: Stage) -> None:
    stage.server.pages = dict(PAGES)
    switch, phone, late = made(stage), PhoneInMemory(), PhoneInMemory()
    switch.arrived(phone)
    assert not switch.drain(0.0)
    switch.arrived(late)
    assert late.end == "busy"
    phone.ends()
    assert switch.drain(60)


def test_numbers_are_dialled_on_the_line_that_reaches_them(stage: Stage) -> None:
    switch = made(stage, numbers={"+86100": "sip:desk@127.0.0.1"})
    tabs, sip = Numbers("+"), Numbers("sip:")
    switch.lines += [tabs, sip]
    switch.dial("+86100", "")
    switch.dial("+86200", "")
    assert (sip.dialled, tabs.dialled) == (["sip:desk@127.0.0.1"], ["+86200"])
    with pytest.raises(CannotDial):
        switch.dial("x", "")


def test_the_server_moves_ends_and_places_calls(stage: Stage) -> None:
    stage.server.pages = {**PAGES, "/leg": "<Play>/b.wav</Play><Pause length='600'/>", "/b.wav": sound(900)}
    stage.server.pages |= {"/over": "", "/moved": "<Hangup/>"}
    switch = made(stage)
    switch.lines.append(Numbers("+"))
    sid = switch.place("+86200", "+86199", f"{BASE}/leg", status_url="/over", timeout=30)
    form = stage.until_asked("/leg")
    assert (form["Direction"], form["To"], form["From"], form["CallSid"]) == ("outbound-api", "+86200", "+86199", sid)
    assert switch.move(sid, f"{BASE}/moved")
    assert stage.until_asked("/over")["CallStatus"] == "completed"
    wait_until(lambda: not switch.under_way)
    assert not switch.move(sid, f"{BASE}/moved")


def test_the_calls_of_a_killed_process_are_reported_as_ended(stage: Stage, tmp_path: Path) -> None:
    stage.server.pages = dict(PAGES)
    killed = CallJournal(tmp_path / "calls")
    killed.begun("CA77", LineOptions(BASE, TOKEN).phone_line("+8613800000001", "ivr"))
    made(stage, CallJournal(tmp_path / "calls"))
    form = stage.until_asked("/twilio/status")
    assert (form["CallSid"], form["CallStatus"]) == ("CA77", "completed")


def test_a_player_that_breaks_ends_its_call(stage: Stage) -> None:
    class Deaf(PhoneInMemory):
        def answer(self) -> None:
            raise RuntimeError("broken")

    stage.server.pages = {"/twilio/voice": "<Play>/b.wav</Play>", "/b.wav": sound(900), "/twilio/status": ""}
    switch, phone = made(stage), Deaf()
    switch.arrived(phone)
    wait_until(lambda: phone.end)
    assert not phone.has_heard(mark(900))
    assert switch.drain(60)


def test_a_switch_without_services_says_so() -> None:
    with pytest.raises(RuntimeError):
        _ = Switch(LineOptions(BASE), CallJournal(None)).services
