"""What the log of messages gives: the addresses of sound, and requests that RFC 3261 does not allow."""

from __future__ import annotations

import logging
from dataclasses import dataclass, field

import pytest

from ivr.carrier.line.sip_messages import SipMessages

SDP = "v=0\r\nc=IN IP4 10.1.2.3\r\nm=audio 4000 RTP/AVP 8 101\r\n"


@dataclass
class Reader:
    addresses: list[tuple[str, bool, str, int]] = field(default_factory=list)
    calls: list[tuple[str, bool]] = field(default_factory=list)

    def announced(self, call_id: str, *, ours: bool, host: str, port: int) -> None:
        self.addresses.append((call_id, ours, host, port))

    def invited(self, call_id: str, *, well_formed: bool) -> None:
        self.calls.append((call_id, well_formed))


@pytest.fixture
def reader() -> Reader:
    return Reader()


@pytest.fixture
def log(reader: Reader) -> logging.Logger:
    logger = logging.getLogger("test.sip")
    SipMessages(reader).attach(logger)
    assert logger.propagate is False
    return logger


def invite(start: str, more: str = "") -> str:
    return f"RX UDP a -> b\r\nINVITE {start}\r\n{more}Call-ID: abc@x\r\n\r\n"


def test_addresses_of_sound_are_read_in_both_directions(log: logging.Logger, reader: Reader) -> None:
    log.debug("%s", invite("sip:ivr@x SIP/2.0") + SDP)
    log.debug("TX UDP a -> b\r\nSIP/2.0 200 OK\r\ni: abc@x\r\n\r\n%s", SDP)
    log.debug("RX UDP a -> b\r\nINVITE sip:ivr@x SIP/2.0\r\n\r\nm=audio x RTP/AVP 8")
    assert reader.addresses == [("abc@x", False, "10.1.2.3", 4000), ("abc@x", True, "10.1.2.3", 4000)]
    assert reader.calls == [("abc@x", True)]


@pytest.mark.parametrize(
    ("start", "more", "well_formed"),
    [
        ("sip:ivr@127.0.0.1:5060 SIP/2.0", 'From: "Zhang \\" Wei" <sip:1@x>\r\n', True),
        ("tel:+864008000065 SIP/2.0", "", True),
        ("<sip:ivr@x> SIP/2.0", "", False),
        ("sip:ivr@x; lr SIP/2.0", "", False),
        ("soap.beep://192.0.2.103:3002 SIP/2.0", "", False),
        ("sip:ivr@x SIP/2.0", 'To: "unterminated <sip:1@x>\r\n', False),
    ],
)
def test_requests_are_judged(log: logging.Logger, reader: Reader, start: str, more: str, well_formed: bool) -> None:
    log.debug("%s", invite(start, more))
    log.debug("RX UDP a -> b\r\nOPTIONS sip:ivr@x SIP/2.0\r\nCall-ID: abc@x\r\n\r\n")
    assert reader.calls == [("abc@x", well_formed)]
