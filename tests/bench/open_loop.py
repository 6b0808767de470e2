"""A carrier that does not wait: requests are due at random times, and count from when they were due.

Turns of one call keep their order; calls overlap so much that a call's next turn is due long after its last answer.
"""

from __future__ import annotations

import asyncio
import contextlib
import json
import random
import statistics
import sys
from collections.abc import Iterator, Sequence

from . import walks

CALLS_AT_ONCE = 200


def interleaved(calls: Sequence[list[walks.Posted]]) -> Iterator[bytes]:
    """Yield the requests of calls, many calls at once."""
    # Two turns of one call are 200 requests apart, so the second is not due before the first is answered.
    for first in range(0, len(calls), CALLS_AT_ONCE):
        block = calls[first : first + CALLS_AT_ONCE]
        for place in range(len(block[0])):
            for call in block:
                yield call[place].wire()


class Lines:
    """Connections that are kept; there are as many as requests under way."""

    def __init__(self, port: int) -> None:
        self._port = port
        self._idle: list[tuple[asyncio.StreamReader, asyncio.StreamWriter]] = []

    async def ask(self, request: bytes) -> bytes:
        """Post a request and return the answer's body. Raises RuntimeError unless it is 200 or 204."""
        while self._idle:
            line = self._idle.pop()
            try:
                return await self._ask(line, request)
            except (asyncio.IncompleteReadError, ConnectionError):  # the server has closed an idle line
                await _closed(line[1])
        return await self._ask(await asyncio.open_connection("127.0.0.1", self._port), request)

    async def _ask(self, line: tuple[asyncio.StreamReader, asyncio.StreamWriter], request: bytes) -> bytes:
        reader, writer = line
        writer.write(request)
        head = (await reader.readuntil(b"\r\n\r\n")).lower()
        body = await reader.readexactly(int(head.partition(b"content-length:")[2].partition(b"\r\n")[0] or 0))
        if not head.startswith((b"http/1.1 200 ", b"http/1.1 204 ")):
            raise RuntimeError(head.decode("latin-1"))
        if b"connection: close" in head:
            await _closed(writer)
        else:
            self._idle.append(line)
        return body

    async def close(self) -> None:
        """Close the idle connections."""
        while self._idle:
            await _closed(self._idle.pop()[1])


async def _closed(writer: asyncio.StreamWriter) -> None:
    writer.close()
    with contextlib.suppress(ConnectionError):
        await writer.wait_closed()


async def drive(port: int, requests: Sequence[bytes], rate: float) -> list[float]:
    """Send every request when it is due; return how long after that each was answered, in seconds."""
    loop, lines, chance = asyncio.get_running_loop(), Lines(port), random.Random(1)
    latencies: list[float] = []

    async def answered(request: bytes, due: float) -> None:
        await lines.ask(request)
        latencies.append(loop.time() - due)

    due, tasks = loop.time() + 0.1, []
    for request in requests:
        # Exponential gaps, as calls of many independent callers arrive. The seed is fixed: each server gets the same
        # bursts.
        due += chance.expovariate(rate)
        # Requests are sent when due, whether or not earlier ones were answered. A client that waits for the server
        # sends less while it is slow, and so leaves out the worst times.
        await asyncio.sleep(max(0.0, due - loop.time()))
        tasks.append(asyncio.create_task(answered(request, due)))
    await asyncio.gather(*tasks)
    await lines.close()
    return latencies


def main() -> None:
    """Drive, and print p50 and p99."""
    port, contender, first, calls, rate = sys.argv[1:]
    numbers = range(int(first), int(first) + int(calls))
    requests = list(interleaved(list(walks.calls(walks.ALONE, numbers, contender))))
    latencies = asyncio.run(drive(int(port), requests, float(rate)))
    percentiles = statistics.quantiles(latencies, n=100)
    print(json.dumps([percentiles[49], percentiles[98]]))


if __name__ == "__main__":
    main()
