"""Ask outside services with JSON over HTTP, within the flow's deadline. Errors must not contain what a caller typed."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any
from urllib.parse import quote, urlencode

from ivr.errors import LookupFailed
from ivr.flow.outside_services import OutsideQuestion
from ivr.net.http import HttpClient, RequestFailed
from ivr.net.reachability import Reach
from ivr.secret import Secret

LARGEST_ANSWER = 256 << 10
_MOST_OPEN = 64


@dataclass(frozen=True)
class ServiceAddress:
    """Where a service is and how it is asked: further headers, the client's certificate, its declared questions.

    A question that is not among `questions` is a POST to the address and its name; with `closed` it is refused.
    """

    url: str
    headers: Mapping[str, str] = field(default_factory=dict, repr=False)
    certificate: str = ""
    questions: Mapping[str, OutsideQuestion] = field(default_factory=dict)
    closed: bool = False


class HttpLookup:
    """The engine's `Lookup` port: "bank.balance" is a POST to `<address of bank>/balance`, unless it is declared else.

    At most `most_open` requests to a service are open at a time; one more fails at once, so that a slow back end cannot
    block every thread of the server.
    """

    def __init__(self, addresses: Mapping[str, ServiceAddress | str], *, most_open: int = _MOST_OPEN) -> None:
        services = {name: _address(address) for name, address in addresses.items()}
        self._services = {name: _Service(name, address, most_open) for name, address in services.items() if address.url}
        self._reaches = {name: Reach(address.url) if address.url else None for name, address in services.items()}

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


def _address(address: ServiceAddress | str) -> ServiceAddress:
    return ServiceAddress(address) if isinstance(address, str) else address


class _Service:
    """One back end."""

    def __init__(self, name: str, address: ServiceAddress, most_open: int) -> None:
        self._name, self._address = name, address
        self._client = HttpClient(
            address.url.rstrip("/"), most=most_open, largest=LARGEST_ANSWER, certificate=address.certificate
        )

    def ask(self, name: str, question: Mapping[str, Any], deadline: float, key: str) -> Mapping[str, Any]:
        """Send a question. The key lets the back end refuse to act twice, so it may be sent again."""
        declared = self._address.questions.get(name)
        if declared is None and self._address.closed:
            raise LookupFailed(f"{self._name} has no question of this name in lookups.yaml")
        method = declared.method if declared else "POST"
        target, rest = self._target(name, declared, question)
        body = self._body(rest) if method == "POST" else None
        # A GET changes nothing at the service, so it needs no key against acting twice.
        headers = {**_HEADERS, "Idempotency-Key": key} if body is not None else {"Accept": _JSON}
        try:
            answer = self._client.request(
                # The service's own headers come last: a bank may want another Accept or Content-Type.
                method,
                target,
                body=body,
                headers={**headers, **self._address.headers},
                seconds=deadline,
            )
        except RequestFailed as fault:
            raise LookupFailed(f"{self._name} {fault}") from None
        if answer.status == 404:
            raise self._not_found(answer.body)
        if not 200 <= answer.status < 300:  # 201 and the like with an object are answers
            raise LookupFailed(f"{self._name} answered with status {answer.status}")
        return self._understood(answer.body, listed=declared is not None and "items" in declared.declared.answer)

    def _target(
        self, name: str, declared: OutsideQuestion | None, question: Mapping[str, Any]
    ) -> tuple[str, Mapping[str, Any]]:
        """Return the path and query of a question, and the fields that go into a body."""
        if declared is None:
            return f"/{quote(name, safe='')}", question
        in_path = set(_PLACEHOLDER.findall(declared.path))
        path = _PLACEHOLDER.sub(lambda match: quote(_in_address(question.get(match[1], "")), safe=""), declared.path)
        target = f"/{path.removeprefix('/')}"
        rest = {field: value for field, value in question.items() if field not in in_path}
        if declared.method == "POST" or not rest:
            return target, rest
        query = urlencode({field: _in_address(value) for field, value in rest.items()})
        return f"{target}{'&' if '?' in target else '?'}{query}", {}

    def _not_found(self, body: bytes) -> LookupFailed:
        """Return the failure of a 404: a service that knows the question tells in JSON that there is no such record."""
        try:
            is_record = isinstance(_from_json(body.decode()), dict)
        except (ValueError, RecursionError):
            is_record = False
        if is_record:
            return LookupFailed(f"{self._name} has no such record", missing=True)
        return LookupFailed(f"{self._name} does not know this question")

    def close(self) -> None:
        self._client.close()

    def _body(self, question: Mapping[str, Any]) -> bytes:
        try:
            return _as_json(question).encode()
        except (TypeError, ValueError, RecursionError):
            raise LookupFailed(f"the question for {self._name} cannot be written as JSON") from None

    def _understood(self, answer: bytes, *, listed: bool) -> Mapping[str, Any]:
        """Parse a JSON object; with `listed` a list becomes its `items`.

        Decimal numbers stay text, so that money never becomes a float.
        """
        try:
            content = _from_json(answer.decode("utf-8-sig"))
            if b"\\u" in answer:
                json.dumps(content, ensure_ascii=False).encode()  # half a surrogate pair could not be encoded later
        except (ValueError, RecursionError):
            raise LookupFailed(f"{self._name} answered with something that is not JSON") from None
        if listed and isinstance(content, list):
            return {"items": content}
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


def _in_address(value: Any) -> str:
    """Return a value as text of an address. Secrets were refused when lookups.yaml was read."""
    if isinstance(value, bool):
        return str(value).lower()
    return "" if isinstance(value, Secret) else str(value)


def _refused(name: str) -> None:
    raise ValueError(name)


_as_json = json.JSONEncoder(default=_plain, ensure_ascii=False, allow_nan=False).encode
_from_json = json.JSONDecoder(parse_float=str, parse_constant=_refused).decode
_JSON = "application/json"
_HEADERS = {"Content-Type": _JSON, "Accept": _JSON}
_PLACEHOLDER = re.compile(r"\{([^{}]*)\}")
