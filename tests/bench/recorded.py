"""A trivial server: it answers each path with the body that our application once gave there. It checks nothing.

A client is measured against it, because it costs next to nothing and is never the bottleneck.
"""

from __future__ import annotations

import asyncio
import json
import subprocess
import sys
import time
from collections.abc import Mapping
from typing import Self

from ivr.carrier.clock import VirtualClock
from ivr.carrier.transport import CarrierAnswer, WsgiTransport
from ivr.conversations.model import Conversation
from ivr.conversations.play import play_conversation

from . import ours, walks


class Recording:
    """A transport that keeps what passes: the requests in their order, and each answer by its path."""

    def __init__(self, inner: WsgiTransport) -> None:
        self._inner = inner
        self.requests: list[tuple[str, str]] = []
        self.answers: dict[str, str] = {}

    def send(self, method: str, url: str, body: bytes, headers: Mapping[str, str]) -> CarrierAnswer:
        """Send one request."""
        answer = self._inner.send(method, url, body, headers)
        path = url.removeprefix(walks.BASE).partition("#")[0]  # after it stand the carrier's options for retries
        self.requests.append((path, body.decode()))
        # The number of the turn is in its path, so one path has one answer.
        self.answers[path] = answer.body.decode()
        return answer


def record(conversation: Conversation) -> Recording:
    """Play one conversation against our application in this process. Raises RuntimeError when it fails."""
    with ours.bank() as bank_url, ours.running(bank_url=bank_url) as (_, app):
        recording = Recording(WsgiTransport(app))
        clock = VirtualClock(time.time())
        played = play_conversation(conversation, recording, clock, base_url=walks.BASE, token=walks.TOKEN)
    if not played.passed:
        raise RuntimeError(f"{conversation.title}: {played.failures[0]}")
    return recording


class RecordedServer:
    """The server as a process of its own."""

    def __init__(self, answers: Mapping[str, str], delays: Mapping[str, float] | None = None) -> None:
        self._setup = json.dumps({"answers": dict(answers), "delays": dict(delays or {})})

    def __enter__(self) -> Self:
        command = [sys.executable, "-m", "tests.bench.recorded"]
        self._process = subprocess.Popen(
            command, cwd=ours.ROOT, text=True, stdin=subprocess.PIPE, stdout=subprocess.PIPE
        )
        assert self._process.stdin
        assert self._process.stdout
        self._process.stdin.write(self._setup + "\n")
        self._process.stdin.flush()
        self.url = f"http://127.0.0.1:{int(self._process.stdout.readline())}"
        return self

    def __exit__(self, *fault: object) -> None:
        self._process.terminate()
        self._process.wait(10)


class _Answering(asyncio.Protocol):
    answers: Mapping[bytes, bytes]
    delays: Mapping[bytes, float]

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self._transport = transport
        self._read = b""

    def data_received(self, data: bytes) -> None:
        self._read += data
        head, end, body = self._read.partition(b"\r\n\r\n")
        # A request may come in several pieces.
        if not end or len(body) < _length(head):
            return
        self._read = b""
        path = head.split(b" ", 2)[1]
        answer, delay = self.answers.get(path, _MISSING), self.delays.get(path, 0.0)
        if delay:
            # Not awaited: other connections are served while this answer waits.
            asyncio.get_running_loop().call_later(delay, self._transport.write, answer)
        else:
            self._transport.write(answer)


def _length(head: bytes) -> int:
    name = head.lower().partition(b"\r\ncontent-length:")[2]
    return int(name.partition(b"\r\n")[0] or 0)


_MISSING = b"HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n"


def _wire(body: str) -> bytes:
    encoded = body.encode()
    # A 204 must not have a Content-Length.
    head = f"HTTP/1.1 {200 if encoded else 204} OK\r\nContent-Type: text/xml; charset=utf-8\r\n"
    return (head + (f"Content-Length: {len(encoded)}\r\n" if encoded else "") + "\r\n").encode() + encoded


async def _serve() -> None:
    setup = json.loads(sys.stdin.readline())
    _Answering.answers = {path.encode(): _wire(body) for path, body in setup["answers"].items()}
    _Answering.delays = {path.encode(): seconds for path, seconds in setup["delays"].items()}
    server = await asyncio.get_running_loop().create_server(_Answering, "127.0.0.1", 0, backlog=4096)
    print(server.sockets[0].getsockname()[1], flush=True)
    await server.serve_forever()


if __name__ == "__main__":
    asyncio.run(_serve())
