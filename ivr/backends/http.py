"""Ask back ends with JSON over HTTP, within the flow's deadline. No error text contains what a caller typed."""

from __future__ import annotations

import json
import os
import threading
import time
import weakref
from collections.abc import Mapping
from decimal import Decimal
from typing import Any
from urllib.parse import quote, urlsplit

from urllib3 import BaseHTTPResponse, Timeout
from urllib3 import exceptions as faults

from ivr.errors import LookupFailed
from ivr.net.connections import StaleConnectionError, TooManyOpenError, pool_for
from ivr.net.reachability import Reach
from ivr.secret import Secret

LARGEST_ANSWER = 256 << 10
_MOST_OPEN = 64


class HttpLookup:
    """The engine's `Lookup` port: "bank.balance" is a POST to `<address of bank>/balance`.

    At most `most_open` requests to a service are open at a time; one more fails at once, so that a slow back end cannot
    block every thread of the server.
    """

    def __init__(self, base_urls: Mapping[str, str], *, most_open: int = _MOST_OPEN) -> None:
        self._base_urls, self._most_open = dict(base_urls), most_open
        self._start()
        _lookups.add(self)

    def __call__(self, source: str, question: Mapping[str, Any], *, deadline: float, key: str) -> Mapping[str, Any]:
        """Ask within `deadline` seconds. Raises LookupFailed; its text names the service, never a value."""
        service, _, name = source.partition(".")
        if service not in self._services:
            raise LookupFailed(f"no address is set for {service}")
        return self._services[service].ask(name, question, deadline, key)

    def troubles(self) -> Mapping[str, str]:
        """Return each back end that has no address or accepts no connection, with the reason."""
        troubles = {name: reach.trouble() if reach else "no address is set" for name, reach in self._reaches.items()}
        return {name: trouble for name, trouble in troubles.items() if trouble}

    def close(self) -> None:
        """Close idle connections."""
        for service in self._services.values():
            service.close()

    def _start(self) -> None:
        """Create the pools of this process, without a connection."""
        self._services = {name: _Service(name, url, self._most_open) for name, url in self._base_urls.items() if url}
        self._reaches = {name: Reach(url) if url else None for name, url in self._base_urls.items()}


class _Service:
    """One back end: its connections, and how many requests to it are open."""

    def __init__(self, name: str, base_url: str, most_open: int) -> None:
        self._name = name
        self._path = urlsplit(base_url).path.rstrip("/")
        self._pool = pool_for(base_url, most=most_open)
        self._open = threading.Semaphore(most_open)

    def ask(self, name: str, question: Mapping[str, Any], deadline: float, key: str) -> Mapping[str, Any]:
        until = time.monotonic() + deadline
        target, body = f"{self._path}/{quote(name, safe='')}", self._body(question)
        if not self._open.acquire(blocking=False):
            raise LookupFailed(f"{self._name} has too many questions open")
        try:
            return self._read(self._send(target, body, key, until))
        except LookupFailed:
            raise
        except Exception as fault:
            raise LookupFailed(f"{self._name} {_reason(fault, deadline)}") from None
        finally:
            self._open.release()

    def close(self) -> None:
        self._pool.close()

    def _body(self, question: Mapping[str, Any]) -> bytes:
        try:
            return json.dumps(question, default=_plain, ensure_ascii=False, allow_nan=False).encode()
        except (TypeError, ValueError, RecursionError):
            raise LookupFailed(f"the question for {self._name} cannot be written as JSON") from None

    def _send(self, target: str, body: bytes, key: str, until: float) -> BaseHTTPResponse:
        """Send the request, and send it again if the pooled connection turns out to be closed by the other side.

        That is safe: no answer had come, and the idempotency key lets the back end refuse to act twice.
        """
        try:
            return self._post(target, body, key, until)
        except faults.ProtocolError as fault:
            if not isinstance(fault.args[-1], StaleConnectionError):
                raise
        return self._post(target, body, key, until)

    def _post(self, target: str, body: bytes, key: str, until: float) -> BaseHTTPResponse:
        left = until - time.monotonic()
        if left <= 0:
            raise TimeoutError
        return self._pool.urlopen(
            "POST",
            target,
            body=body,
            headers={**_HEADERS, "Idempotency-Key": key},
            timeout=Timeout(total=left),
            retries=False,
            redirect=False,
            preload_content=False,
        )

    def _read(self, response: BaseHTTPResponse) -> Mapping[str, Any]:
        answer = self._whole(response)
        if response.status == 404:
            raise LookupFailed(f"{self._name} knows no such thing", missing=True)
        if response.status != 200:
            raise LookupFailed(f"{self._name} answered with status {response.status}")
        return self._understood(answer)

    def _whole(self, response: BaseHTTPResponse) -> bytes:
        """Read the whole answer, so that the connection can be used again; close it if the end is not reached."""
        whole = False
        try:
            answer = response.read(LARGEST_ANSWER + 1, decode_content=False)
            if len(answer) > LARGEST_ANSWER:
                raise LookupFailed(f"{self._name} sent an answer of more than {LARGEST_ANSWER >> 10} KiB")
            if response.length_remaining:
                raise LookupFailed(f"{self._name} broke off its answer")
            whole = True
            return answer
        finally:
            if not whole:
                response.close()

    def _understood(self, answer: bytes) -> Mapping[str, Any]:
        """Parse a JSON object. Decimal numbers stay text, so that money never becomes a float."""
        try:
            content = json.loads(answer.decode(), parse_float=str, parse_constant=_refused)
            if b"\\u" in answer:
                json.dumps(content, ensure_ascii=False).encode()  # half a surrogate pair could not be sent on
        except (ValueError, RecursionError):
            raise LookupFailed(f"{self._name} answered with something that is not JSON") from None
        if not isinstance(content, dict):
            raise LookupFailed(f"{self._name} answered with something that is not a JSON object")
        return content


def _plain(value: Any) -> Any:
    """Convert types that JSON lacks. Here a secret leaves for the back end."""
    if isinstance(value, Secret):
        return value.reveal()
    if isinstance(value, Decimal):
        return str(value)
    if isinstance(value, Mapping):
        return dict(value)
    raise TypeError("no JSON for this")


def _refused(name: str) -> None:
    raise ValueError(name)


def _reason(fault: Exception, deadline: float) -> str:
    """Return what went wrong, without any text of the request or the answer."""
    if isinstance(fault, faults.NameResolutionError):
        return "cannot be found: its name has no address"
    if isinstance(fault, faults.NewConnectionError):
        return "cannot be reached"
    if isinstance(fault, TimeoutError | faults.TimeoutError):
        return f"did not answer within {deadline:g} s"
    if isinstance(fault, TooManyOpenError):
        return "has too many questions open"
    if isinstance(fault, faults.SSLError):
        return "has no trusted certificate"
    if isinstance(fault, faults.ProtocolError):
        return "broke off its answer"
    return f"cannot be asked ({type(fault).__name__})"


_HEADERS = {"Content-Type": "application/json", "Accept": "application/json", "Accept-Encoding": "identity"}
_lookups: weakref.WeakSet[HttpLookup] = weakref.WeakSet()


def _after_fork() -> None:
    for lookup in list(_lookups):
        lookup._start()


os.register_at_fork(after_in_child=_after_fork)
