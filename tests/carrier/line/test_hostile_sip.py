"""A thousand malformed and hostile messages: the line lives, makes no call, and serves the others meanwhile.

The kinds are those of RFC 4475 (torture tests) that an element must refuse, scanners' requests, and random damage.
"""

from __future__ import annotations

import random
import secrets
import socket
import struct
from collections.abc import Iterator

import pytest

from tests.waiting import wait_until

from .sip_peer import SDP, SipPeer
from .sip_stage import SipStage, sip_stage
from .stage import line_stage, sound

GATHER = '<Gather numDigits="1" finishOnKey="" timeout="60" action="/twilio/key"><Play loop="0">/a.wav</Play></Gather>'
MESSAGES = 1000
INVITE = (
    "INVITE sip:ivr@{line} SIP/2.0\r\n"
    "Via: SIP/2.0/UDP 127.0.0.1:9;branch=z9hG4bK{id}\r\n"
    "Max-Forwards: 70\r\n"
    "From: <sip:caller@127.0.0.1>;tag={id}\r\n"
    "To: <sip:ivr@127.0.0.1>\r\n"
    "Call-ID: {id}\r\n"
    "CSeq: 1 INVITE\r\n"
    "Contact: <sip:caller@127.0.0.1:9>\r\n"
    "Content-Type: application/sdp\r\n"
    "Content-Length: {size}\r\n\r\n{sdp}"
)
NEEDED = ("Via", "From", "To", "Call-ID", "CSeq")


def whole(line: str) -> str:
    sdp = SDP.format(port=9000, codec=8, event=101, rtpmap="")
    return INVITE.format(line=line, id=secrets.token_hex(6), size=len(sdp), sdp=sdp)


def changed(line: str, old: str, new: str) -> str:
    text = whole(line)
    assert old in text
    return text.replace(old, new, 1)


def torture(line: str) -> list[str | bytes]:
    """Return one message of each kind, with the section of RFC 4475 that describes it."""
    call = whole(line)
    head = call.partition("\r\n\r\n")[0]
    return [
        changed(line, "SIP/2.0\r\nVia", "SIP/7.0\r\nVia"),  # 3.1.2.16 unknown version
        changed(line, "CSeq: 1 INVITE", "CSeq: 1 OPTIONS"),  # 3.1.2.17 method and CSeq differ
        changed(line, "CSeq: 1 INVITE", "CSeq: 36893488147419103232 REGISTER"),  # 3.1.2.4 scalar too large
        changed(line, f"INVITE sip:ivr@{line} ", f"INVITE <sip:ivr@{line}> "),  # 3.1.2.7 brackets around the address
        changed(line, f"sip:ivr@{line} ", f"sip:ivr@{line}; lr "),  # 3.1.2.8 white space in the address
        changed(line, "INVITE sip", "INVITE  sip"),  # 3.1.2.9 two spaces in the start line
        changed(line, "From: <sip:caller@127.0.0.1>", 'From: "unterminated <sip:caller@127.0.0.1>'),  # 3.1.2.6
        "INVITE sip:ivr@x SIP/2.0\r\nVia: SIP/2.0/UDP 127.0.0.1:9\r\n\r\n",  # 3.3.1 fields are missing
        changed(line, f"sip:ivr@{line}", "nobodyKnowsThisScheme:totallyopaquecontent"),  # 3.3.2
        changed(line, f"sip:ivr@{line}", "soap.beep://192.0.2.103:3002"),  # 3.3.3
        changed(line, "Max-Forwards: 70\r\n", "Require: nothingSupportsThis, nothingSupportsThisEither\r\n"),  # 3.3.7
        "SIP/2.0 4294967301 better not break the receiver\r\n" + head.partition("\r\n")[2] + "\r\n\r\n",  # 3.1.2.19
        call.replace("z9hG4bK", "", 1).replace("Call-ID", "X-Call-ID", 1),
        "\r\n" * 50,
        "REGISTER sip:x SIP/2.0\r\nContact: *\r\n\r\n",
        b"\x00" * 500,
        bytes(range(256)) * 4,
        "OPTIONS sip:100@127.0.0.1 SIP/2.0\r\nUser-Agent: friendly-scanner\r\n\r\n",
        head.encode() + b"\r\nX: " + b"A" * 60000,
        "INVITE " + "sip:" * 3000 + " SIP/2.0\r\n\r\n",
    ]


def damaged(line: str, chance: random.Random) -> bytes:
    """Return an INVITE without a field that it needs, with random damage elsewhere."""
    head, _, body = whole(line).partition("\r\n\r\n")
    lines = head.split("\r\n")
    gone = chance.choice(NEEDED)
    lines = [each for each in lines if not each.startswith(f"{gone}:")]
    chance.shuffle(rest := lines[1:])
    data = bytearray("\r\n".join([lines[0], *rest]).encode() + b"\r\n\r\n" + body.encode())
    for _ in range(chance.randrange(8)):
        data[chance.randrange(len(data))] = chance.randrange(256)
    return bytes(data[: chance.randrange(20, len(data) + 1)])


@pytest.fixture
def sip() -> Iterator[SipStage]:
    with line_stage() as stage, sip_stage(stage) as ready:
        stage.server.pages = {"/twilio/voice": GATHER, "/twilio/key": GATHER, "/a.wav": sound(600, 0.5)}
        stage.server.pages["/twilio/status"] = ""
        yield ready


def test_the_line_survives_and_the_call_under_way_is_unharmed(sip: SipStage) -> None:
    line, chance = f"{sip.address[0]}:{sip.address[1]}", random.Random(4475)
    with SipPeer(sip.address) as peer, socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as hostile:
        peer.call()
        hostile.bind(("127.0.0.1", 0))
        assert peer.there
        for place in range(MESSAGES):
            kinds = torture(line)
            message = kinds[place // 2 % len(kinds)] if place % 2 else damaged(line, chance)
            hostile.sendto(message if isinstance(message, bytes) else message.encode(), sip.address)
            noise = struct.pack("!BBHII", 0x80, 101, place, place, 99) + bytes([7, 0x8A, 2, 128])
            hostile.sendto(noise, peer.there)
            if place % 100 == 50:
                peer.say()
                peer.key(str(place // 100))
        sip.stage.until_asked("/twilio/key", 10)
        digits = "".join(form["Digits"] for form in sip.stage.server.asked("/twilio/key"))
        assert digits == "0123456789"
        assert sip.switch.taken == 1
        peer.hang_up()
        wait_until(lambda: not sip.switch.under_way)
    with SipPeer(sip.address) as after:
        after.call()
        after.key("5")
        sip.stage.until_asked("/twilio/key", 11)
    assert (sip.switch.taken, sip.switch.refused) == (2, 0)


def test_those_who_are_not_on_the_list_get_silence() -> None:
    with line_stage() as stage, sip_stage(stage, allowed=("127.0.0.2",)) as sip, SipPeer(sip.address) as stranger:
        stranger.invite()
        stranger.send(stranger.request("OPTIONS", number=2, branch="2"))
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as peer:
            peer.bind(("127.0.0.2", 0))
            peer.settimeout(60)
            here = "{}:{}".format(*peer.getsockname())
            options = stranger.request("OPTIONS").replace("{}:{}".format(*stranger.here), here)
            peer.sendto(options.encode(), sip.address)
            assert peer.recv(4096).startswith(b"SIP/2.0 200")
        assert stranger.got == []
        assert sip.switch.taken == 0
