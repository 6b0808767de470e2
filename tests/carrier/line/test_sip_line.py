"""The SIP line against a caller in plain SIP: what it answers, and what it hears and plays."""

from __future__ import annotations

import secrets
import socket
import struct
from collections.abc import Iterator

import pytest

from ivr.carrier.line.line_call import CannotDial
from ivr.carrier.line.sip_line import NoSipLine, SipLine, SipOptions
from ivr.speech.audio.g711 import alaw_samples
from tests.waiting import wait_until

from .sip_peer import G729, SipPeer
from .sip_stage import SipStage, sip_stage
from .stage import line_stage, sound

GATHER = '<Gather numDigits="1" finishOnKey="" timeout="60" action="/twilio/key"><Play loop="0">/a.wav</Play></Gather>'
PAGES = {"/twilio/voice": GATHER, "/twilio/key": GATHER, "/twilio/status": "", "/a.wav": sound(600, 0.5)}


@pytest.fixture(scope="module")
def sip() -> Iterator[SipStage]:
    with line_stage() as stage, sip_stage(stage) as ready:
        yield ready


@pytest.fixture
def peer(sip: SipStage) -> Iterator[SipPeer]:
    """Return a caller; the server starts anew."""
    sip.stage.server.requests.clear()
    sip.stage.server.pages = dict(PAGES)
    with SipPeer(sip.address) as caller:
        yield caller
    sip.switch.end_all()
    sip.switch._taking = True


def digits(sip: SipStage) -> str:
    return "".join(form["Digits"] for form in sip.stage.server.asked("/twilio/key"))


@pytest.mark.parametrize("event", [96, 101, 120])
def test_keys_count_once_each_whatever_their_payload_type(sip: SipStage, peer: SipPeer, event: int) -> None:
    peer.event = event
    peer.call()
    for place, key in enumerate("1*#0", 1):
        peer.say()
        peer.key(key)
        sip.stage.until_asked("/twilio/key", place)
    assert digits(sip) == "1*#0"


def test_prompts_are_heard_and_sound_goes_on_in_silence(sip: SipStage, peer: SipPeer) -> None:
    peer.call()
    wait_until(lambda: any(abs(alaw_samples(bytes(peer.heard))) > 4000))
    sip.stage.server.pages["/twilio/key"] = "<Pause length='60'/>"
    peer.key("1")
    sip.stage.until_asked("/twilio/key")
    before = len(peer.heard)
    wait_until(lambda: len(peer.heard) > before + 8000)


def test_keys_of_sip_info_count_as_well(sip: SipStage, peer: SipPeer) -> None:
    peer.call()
    body = "Signal=5\r\nDuration=160\r\n"
    info = peer.request("INFO", number=5, branch="info").replace("Content-Length: 0\r\n\r\n", "")
    peer.send(f"{info}Content-Type: application/dtmf-relay\r\nContent-Length: {len(body)}\r\n\r\n{body}")
    assert sip.stage.until_asked("/twilio/key")["Digits"] == "5"


def test_numbers_and_diversion_are_handed_on(sip: SipStage, peer: SipPeer) -> None:
    peer.to = "<sip:4008000065@127.0.0.1>"
    peer.invite(more="Diversion: <sip:95588@pbx>;reason=unconditional\r\n")
    form = sip.stage.until_asked("/twilio/voice")
    assert (form["From"], form["To"], form["ForwardedFrom"]) == ("+8613800000001", "+864008000065", "95588")


def test_a_late_offer_is_answered(sip: SipStage, peer: SipPeer) -> None:
    peer.invite(late=True)
    assert "m=audio" in peer.until("200")
    peer.acknowledge(late=True)
    wait_until(lambda: any(abs(alaw_samples(bytes(peer.heard))) > 4000))


def test_codecs_that_are_not_ours_are_refused(sip: SipStage, peer: SipPeer) -> None:
    peer.codec = G729
    peer.invite()
    peer.until("488")
    assert not sip.stage.server.requests


def test_the_same_invite_twice_is_one_call(sip: SipStage, peer: SipPeer) -> None:
    peer.invite()
    peer.invite()
    peer.until("200")
    peer.acknowledge()
    peer.key("1")
    sip.stage.until_asked("/twilio/key")
    assert len(sip.stage.server.asked("/twilio/voice")) == 1


def test_a_call_that_is_cancelled_before_the_answer_ends(sip: SipStage, peer: SipPeer) -> None:
    sip.stage.server.pages["/twilio/voice"] = "<Pause length='60'/><Say language='cmn-CN'>您好</Say>"
    peer.invite()
    peer.until("180")
    sip.stage.until_asked("/twilio/voice")
    peer.send(peer.request("CANCEL"))
    peer.until("487")
    assert sip.stage.until_asked("/twilio/status")["CallStatus"] == "canceled"


def test_a_caller_who_hangs_up_is_reported(sip: SipStage, peer: SipPeer) -> None:
    peer.call()
    wait_until(lambda: peer.heard)
    peer.hang_up()
    assert sip.stage.until_asked("/twilio/status")["CallStatus"] == "completed"


def test_sound_and_keys_of_another_source_are_dropped(sip: SipStage, peer: SipPeer) -> None:
    peer.call()
    peer.say(frames=5)
    peer.key("1")
    sip.stage.until_asked("/twilio/key")
    assert peer.there
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as foreign:
        foreign.bind(("127.0.0.1", 0))
        for end in (0, 0, 0x80, 0x80):
            header = struct.pack("!BBHII", 0x80, peer.event, 9000, 90000, secrets.randbits(32))
            foreign.sendto(header + struct.pack("!BBH", 7, 10 | end, 640), peer.there)
    peer.key("2")
    sip.stage.until_asked("/twilio/key", 2)
    assert digits(sip) == "12"


def test_a_telephone_is_dialled_and_its_refusal_is_told(sip: SipStage, peer: SipPeer) -> None:
    peer.accepts = False
    call = sip.line.dial(f"sip:agent@127.0.0.1:{peer.here[1]}", "+861085550199")
    invite = peer.until("INVITE")
    assert "P-Asserted-Identity: <sip:+861085550199@127.0.0.1>" in invite
    assert call.facts.called.startswith("sip:agent")
    call.hang_up()
    with pytest.raises(CannotDial):
        sip.line.dial("sip:not an address", "")
    assert not sip.line.reaches("+861085550100")


def test_a_caller_whose_name_is_no_number_is_shown_escaped(sip: SipStage, peer: SipPeer) -> None:
    peer.accepts = False
    call = sip.line.dial(f"sip:agent@127.0.0.1:{peer.here[1]}", 'Li Na"> \r\nX-Own: 1')
    invite = peer.until("INVITE")
    assert "P-Asserted-Identity: <sip:Li%20Na%22%3E%20%0D%0AX-Own%3A%201@127.0.0.1>" in invite
    call.hang_up()


def test_an_address_that_is_taken_is_refused(sip: SipStage) -> None:
    with pytest.raises(NoSipLine, match="cannot listen"):
        SipLine(SipOptions(*sip.address), lambda _: None).start()


@pytest.mark.parametrize("extension", ["100rel", "timer", "precondition"])
def test_an_extension_that_is_required_and_not_ours_is_refused(sip: SipStage, peer: SipPeer, extension: str) -> None:
    peer.invite(more=f"Require: {extension}\r\n")
    assert f"Unsupported: {extension}" in peer.until("420")
    assert not sip.stage.server.asked("/twilio/voice")


def test_a_peer_that_may_do_without_reliable_answers_and_refreshes_its_session_is_served(
    sip: SipStage, peer: SipPeer
) -> None:
    timer = "Supported: 100rel, timer\r\nSession-Expires: 90;refresher=uac\r\nMin-SE: 90\r\n"
    peer.invite(more=timer)
    assert "Require" not in peer.until("200")
    peer.acknowledge()
    peer.say()
    peer.key("1")
    sip.stage.until_asked("/twilio/key", 1)
    for number, method, body in ((2, "UPDATE", ""), (3, "INVITE", peer.sdp())):
        answers = len(peer.all("200"))
        peer.send(peer.request(method, body, number=number, branch=f"refresh{number}", more=timer))
        wait_until(lambda answers=answers: len(peer.all("200")) > answers)
    peer.send(peer.request("ACK", number=3, branch="ack3"))
    peer.key("2")
    sip.stage.until_asked("/twilio/key", 2)
    assert digits(sip) == "12"
