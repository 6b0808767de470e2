"""Resumable downloads over HTTP with a maximum size. The caller checks the content."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import urlsplit
from urllib.request import getproxies, proxy_bypass

import urllib3

from ivr.errors import ModelError

ATTEMPTS = 5
"""Times that an interrupted download is resumed before it fails."""
_CHUNK = 1 << 16
_TIMEOUT = urllib3.Timeout(connect=10, read=30)
_FAULTS = (urllib3.exceptions.HTTPError, OSError)

FetchProgress = Callable[[int], None]
"""Receives the number of bytes since the last call; negative if a part must be fetched again."""


@contextmanager
def connection(url: str) -> Iterator[urllib3.PoolManager]:
    """Yield a connection pool for a URL, through the proxy of the environment."""
    parts = urlsplit(url)
    proxy = getproxies().get(parts.scheme) if not proxy_bypass(parts.hostname or "") else None
    # No retries inside: `fetch` resumes by itself and says what has happened. Model hosts redirect to their mirrors.
    tries = urllib3.Retry(0, redirect=5)
    if proxy:
        pool: urllib3.PoolManager = urllib3.ProxyManager(proxy, timeout=_TIMEOUT, maxsize=8, retries=tries)
    else:
        pool = urllib3.PoolManager(timeout=_TIMEOUT, maxsize=8, retries=tries)
    with pool:
        yield pool


def fetch(
    pool: urllib3.PoolManager, url: str, target: Path, most: int, progress: FetchProgress, pause: float = 1.0
) -> None:
    """Fetch one file to `target`; an incomplete one is `target.part`, which a later run resumes.

    `most` is the maximum size in bytes, `pause` the seconds between attempts. Raises ModelError.
    """
    part = target.with_name(target.name + ".part")
    for attempt in range(ATTEMPTS):
        if attempt:
            time.sleep(pause * attempt)
        try:
            _attempt(pool, url, part, most, progress)
        except _FAULTS as fault:
            # An error with a file's name is that of the disk, and no further attempt would change it.
            if isinstance(fault, OSError) and fault.errno is not None and fault.filename is not None:
                raise ModelError(f"{fault.filename} cannot be written: {fault.strerror}") from None
            last = fault
            continue
        part.replace(target)
        return
    have = part.stat().st_size if part.exists() else 0
    raise ModelError(
        f"{url} cannot be fetched: {_reason(last)}. {have / 1e6:.1f} MB are here; run the command again to go on,"
        " or fetch it elsewhere and give it with --from-file."
    )


def _attempt(pool: urllib3.PoolManager, url: str, part: Path, most: int, progress: FetchProgress) -> None:
    have = part.stat().st_size if part.exists() else 0
    # Unpacked on the way, the bytes that are here would not be those that the server counts for a range.
    headers = {"Accept-Encoding": "identity", "User-Agent": "ivr"} | ({"Range": f"bytes={have}-"} if have else {})
    answer = pool.request("GET", url, headers=headers, preload_content=False)
    try:
        if have and not _goes_on(answer, have):
            progress(-have)
            part.unlink()
            if answer.status != 200:
                raise urllib3.exceptions.HTTPError(f"the server answered {answer.status} to the rest of it")
            have = 0
        elif answer.status not in {200, 206}:
            _refused(url, answer.status)
        with part.open("ab") as file:
            while chunk := answer.read1(_CHUNK):  # not stream(), which loses the data before an interruption
                have += len(chunk)
                if have > most:
                    # A later run would otherwise resume the wrong file.
                    file.truncate(0)
                    raise ModelError(
                        f"{url} is larger than the {most} bytes that it should have; nothing of it is kept"
                    )
                file.write(chunk)
                progress(len(chunk))
    finally:
        answer.release_conn()
        answer.close()


def _goes_on(answer: urllib3.BaseHTTPResponse, have: int) -> bool:
    return answer.status == 206 and answer.headers.get("Content-Range", "").startswith(f"bytes {have}-")


def _refused(url: str, status: int) -> None:
    if status >= 500 or status in {408, 429}:
        raise urllib3.exceptions.HTTPError(f"the server answered {status}")
    raise ModelError(f"{url} cannot be fetched: the server answered {status}; give the file with --from-file instead")


def _reason(fault: BaseException) -> str:
    if isinstance(fault, urllib3.exceptions.MaxRetryError | urllib3.exceptions.NewConnectionError):
        return "the server cannot be reached"
    if isinstance(fault, urllib3.exceptions.ReadTimeoutError):
        return "the server stopped sending"
    if isinstance(fault, urllib3.exceptions.ProtocolError):
        return "the connection broke off"
    return str(fault)
