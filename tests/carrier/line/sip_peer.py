"""A caller in plain SIP over UDP, for what well-behaved telephones never do. Sends what a test writes."""

from __future__ import annotations

import secrets
import socket
import struct
import threading
import time
from dataclasses import dataclass, field
from types import TracebackType
from typing import Self

from tests.waiting import wait_until

SDP = (
    "v=0\r\no=- 1 1 IN IP4 127.0.0.1\r\ns=-\r\nc=IN IP4 127.0.0.1\r\nt=0 0\r\n"
    "m=audio {port} RTP/AVP {codec} {event}\r\na=rtpmap:{event} telephone-event/8000\r\n{rtpmap}a=sendrecv\r\n"
)
PCMA, G729 = 8, 18


@dataclass
class SipPeer:
    """One caller with its own sockets. `got` are the messages of the line, in order."""

    line: tuple[str, int]
    event: int = 101
    codec: int = PCMA
    got: list[str] = field(default_factory=list)
    heard: bytearray = field(default_factory=bytearray)
    accepts: bool = True
    caller: str = "+8613800000001"

    def __enter__(self) -> Self:
        self.sip = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self.rtp = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        for each in (self.sip, self.rtp):
            each.bind(("127.0.0.1", 0))
            each.settimeout(0.2)
        self.here = self.sip.getsockname()
        self.call_id, self.tag = secrets.token_hex(8), secrets.token_hex(4)
        self.to = "<sip:ivr@127.0.0.1>"
        self.there: tuple[str, int] | None = None
        self._sequence, self._time, self._source = 1, 0, secrets.randbits(32)
        self._over = threading.Event()
        self._threads = [threading.Thread(target=each, daemon=True) for each in (self._read, self._listen)]
        for thread in self._threads:
            thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, fault: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._over.set()
        for thread in self._threads:
            thread.join()
        self.sip.close()
        self.rtp.close()

    # --- SIP ---

    def sdp(self) -> str:
        rtpmap = "a=rtpmap:18 G729/8000\r\n" if self.codec == G729 else ""
        return SDP.format(port=self.rtp.getsockname()[1], codec=self.codec, event=self.event, rtpmap=rtpmap)

    def request(self, method: str, body: str = "", *, number: int = 1, branch: str = "1", more: str = "") -> str:
        kind = "Content-Type: application/sdp\r\n" if body else ""
        return (
            f"{method} sip:ivr@{self.line[0]}:{self.line[1]} SIP/2.0\r\n"
            f"Via: SIP/2.0/UDP {self.here[0]}:{self.here[1]};branch=z9hG4bK{self.call_id}{branch}\r\n"
            f"Max-Forwards: 70\r\nFrom: <sip:{self.caller}@127.0.0.1>;tag={self.tag}\r\nTo: {self.to}\r\n"
            f"Call-ID: {self.call_id}\r\nCSeq: {number} {method}\r\n"
            f"Contact: <sip:caller@{self.here[0]}:{self.here[1]}>\r\n"
            f"{more}{kind}Content-Length: {len(body)}\r\n\r\n{body}"
        )

    def send(self, message: str | bytes) -> None:
        self.sip.sendto(message.encode() if isinstance(message, str) else message, self.line)

    def invite(self, *, late: bool = False, more: str = "") -> None:
        self.send(self.request("INVITE", "" if late else self.sdp(), more=more))

    def call(self) -> None:
        """Call, and return when the line has answered."""
        self.invite()
        self.until("200")
        self.acknowledge()

    def acknowledge(self, *, late: bool = False) -> None:
        self.send(self.request("ACK", self.sdp() if late else "", branch="ack"))

    def hang_up(self) -> None:
        self.send(self.request("BYE", number=9, branch="bye"))

    def until(self, start: str, times: int = 1) -> str:
        """Wait for a final answer by its code, or for a request by its method; return it."""
        wait_until(lambda: len(self.all(start)) >= times)
        return self.all(start)[times - 1]

    def all(self, start: str) -> list[str]:
        lines = (f"SIP/2.0 {start} " if start.isdecimal() else f"{start} ",)
        return [message for message in list(self.got) if message.startswith(lines)]

    def _read(self) -> None:
        while not self._over.is_set():
            try:
                message = self.sip.recv(8192).decode()
            except TimeoutError:
                continue
            if "m=audio" in message:
                port = int(message.partition("m=audio ")[2].split()[0])
                self.there = (self.line[0], port) if port else None
            if message.startswith("SIP/2.0 200") and "INVITE" in message:
                self.to = _field(message, "To")
            self.got.append(message)
            if message.startswith(("SIP/2.0", "ACK")):
                continue
            if self.accepts:
                body = self.sdp() if message.startswith("INVITE") else ""
                self.send(_accepted(message, body, self.here))

    # --- RTP ---

    def key(self, key: str, *, ends: int = 3) -> None:
        """Press a key by RFC 4733: three packets while it is held, and the end, sent several times."""
        event = "0123456789*#".index(key)
        for place in range(3):
            self._event(event, 160 * (place + 1), marker=place == 0)
            time.sleep(0.02)
        for _ in range(ends):
            self._event(event, 160 * 4, end=True, repeat=True)
        self._sequence += 1
        self._time += 3200

    def say(self, payload: bytes = b"\xd5" * 160, frames: int = 1) -> None:
        for _ in range(frames):
            assert self.there
            header = struct.pack("!BBHII", 0x80, self.codec, self._sequence & 0xFFFF, self._time, self._source)
            self.rtp.sendto(header + payload, self.there)
            self._sequence += 1
            self._time += 160

    def _event(
        self, event: int, duration: int, *, marker: bool = False, end: bool = False, repeat: bool = False
    ) -> None:
        assert self.there
        kind = self.event | (0x80 if marker else 0)
        header = struct.pack("!BBHII", 0x80, kind, self._sequence & 0xFFFF, self._time, self._source)
        self.rtp.sendto(header + struct.pack("!BBH", event, 10 | (0x80 if end else 0), duration), self.there)
        if not repeat:
            self._sequence += 1

    def _listen(self) -> None:
        while not self._over.is_set():
            try:
                self.heard += self.rtp.recv(2048)[12:]
            except TimeoutError:
                continue


def _field(message: str, name: str) -> str:
    return next(
        line.partition(":")[2].strip() for line in message.split("\r\n") if line.lower().startswith(f"{name.lower()}:")
    )


def _accepted(message: str, body: str, here: tuple[str, int]) -> str:
    kept = [
        line
        for line in message.split("\r\n")
        if line.partition(":")[0].lower() in ("via", "from", "to", "call-id", "cseq")
    ]
    kind = "Content-Type: application/sdp\r\n" if body else ""
    contact = f"Contact: <sip:caller@{here[0]}:{here[1]}>\r\n"
    return "SIP/2.0 200 OK\r\n" + "\r\n".join(kept) + f"\r\n{contact}{kind}Content-Length: {len(body)}\r\n\r\n{body}"
