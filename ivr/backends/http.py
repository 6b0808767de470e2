"""Ask back ends with JSON over HTTP, within the flow's deadline. Errors must not contain what a caller typed."""

from __future__ import annotations

import json
from collections.abc import Mapping
from decimal import Decimal
from typing import Any
from urllib.parse import quote

from ivr.errors import LookupFailed
from ivr.net.http import HttpClient, RequestFailed
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
        self._services = {name: _Service(name, url, most_open) for name, url in base_urls.items() if url}
        self._reaches = {name: Reach(url) if url else None for name, url in base_urls.items()}

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


class _Service:
    """One back end."""

    def __init__(self, name: str, base_url: str, most_open: int) -> None:
        self._name = name
        self._client = HttpClient(base_url.rstrip("/"), most=most_open, largest=LARGEST_ANSWER)

    def ask(self, name: str, question: Mapping[str, Any], deadline: float, key: str) -> Mapping[str, Any]:
        """Post a question. The key lets the back end refuse to act twice, so it may be sent again."""
        body, headers = self._body(question), {**_HEADERS, "Idempotency-Key": key}
        try:
            answer = self._client.request(
                "POST", f"/{quote(name, safe='')}", body=body, headers=headers, seconds=deadline
            )
        except RequestFailed as fault:
            raise LookupFailed(f"{self._name} {fault}") from None
        if answer.status == 404:
            raise LookupFailed(f"{self._name} has no such record", missing=True)
        if answer.status != 200:
            raise LookupFailed(f"{self._name} answered with status {answer.status}")
        return self._understood(answer.body)

    def close(self) -> None:
        self._client.close()

    def _body(self, question: Mapping[str, Any]) -> bytes:
        try:
            return _as_json(question).encode()
        except (TypeError, ValueError, RecursionError):
            raise LookupFailed(f"the question for {self._name} cannot be written as JSON") from None

    def _understood(self, answer: bytes) -> Mapping[str, Any]:
        """Parse a JSON object. Decimal numbers stay text, so that money never becomes a float."""
        try:
            content = _from_json(answer.decode())
            if b"\\u" in answer:
                json.dumps(content, ensure_ascii=False).encode()  # half a surrogate pair could not be encoded later
        except (ValueError, RecursionError):
            raise LookupFailed(f"{self._name} answered with something that is not JSON") from None
        if not isinstance(content, dict):
            raise LookupFailed(f"{self._name} answered with something that is not a JSON object")
        return content


def _plain(value: Any) -> Any:
    """Convert types that JSON lacks. Reveals secrets, which the back end must receive."""
    if isinstance(value, Secret):
        return value.reveal()
    if isinstance(value, Decimal):
        return str(value)
    if isinstance(value, Mapping):
        return dict(value)
    raise TypeError("no JSON for this")


def _refused(name: str) -> None:
    raise ValueError(name)


_as_json = json.JSONEncoder(default=_plain, ensure_ascii=False, allow_nan=False).encode
_from_json = json.JSONDecoder(parse_float=str, parse_constant=_refused).decode
_HEADERS = {"Content-Type": "application/json", "Accept": "application/json"}
