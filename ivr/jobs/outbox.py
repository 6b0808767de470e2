"""Send messages to a webhook, repeated until they are accepted. Must not run in a caller's turn."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Protocol, TypeVar
from urllib.parse import urlsplit

from ivr.engine.ports import Document, Documents
from ivr.errors import IvrError
from ivr.net.http import HttpClient, RequestFailed

RETRY_SECONDS = 60
FAILURES_IN_A_ROW = 3
"""Consecutive failures that end a round: the receiver is down, and each further attempt would cost a timeout."""
TIMEOUT_SECONDS = 3.0
_MOST_OPEN = 64


class NotDelivered(IvrError):
    """The receiver did not accept a message; it is repeated later."""


class Message(Protocol):
    """A message to post. It must not contain what a caller typed or said."""

    @property
    def key(self) -> str:
        """Return the idempotency key, by which a receiver drops a message that arrives twice."""

    def body(self) -> Mapping[str, Any]:
        """Return the JSON object to send."""


L = TypeVar("L", bound=Message)


@dataclass(frozen=True, eq=False)
class KeyedMessage:
    """A message made of a key and a JSON document."""

    key: str
    document: Mapping[str, Any]

    def body(self) -> Mapping[str, Any]:
        """Return the JSON object to send."""
        return self.document


@dataclass(frozen=True)
class Delivered:
    """The result of a round: messages accepted, failed (they are repeated) and unreadable."""

    taken: int = 0
    failed: int = 0
    broken: int = 0

    def __add__(self, other: Delivered) -> Delivered:
        return Delivered(self.taken + other.taken, self.failed + other.failed, self.broken + other.broken)


class Webhook:
    """Posts messages as JSON to a URL. The URL may contain a token, so errors must not contain it."""

    def __init__(self, url: str, *, timeout: float = TIMEOUT_SECONDS) -> None:
        # No kept connection: messages are rare, and a kept one would have been closed by the receiver, often unnoticed.
        self._client = HttpClient(url, most=_MOST_OPEN, largest=0, keep=False)
        self._query, self._seconds = f"?{query}" if (query := urlsplit(url).query) else "", timeout

    def __call__(self, letter: Message) -> None:
        """Post a message. Raises NotDelivered for a status outside 200-299 or no answer in time."""
        headers = {"Idempotency-Key": letter.key, "Content-Type": "application/json"}
        try:
            body = json.dumps(dict(letter.body())).encode()
            answer = self._client.request("POST", self._query, body=body, headers=headers, seconds=self._seconds)
        except (RequestFailed, ValueError) as fault:
            # `from None`, since the exception behind it may quote the URL with its token.
            raise NotDelivered(f"the address {fault if isinstance(fault, RequestFailed) else 'got no JSON'}") from None
        if not 200 <= answer.status < 300:
            raise NotDelivered(f"the address answered with status {answer.status}")


def waits(mark: Document | None, now: int) -> bool:
    """Return whether the message with this mark is not accepted yet and no process is sending it."""
    # The clocks of two machines differ by seconds; a mark that lies farther ahead was made before a clock was set back.
    return mark is None or not (mark["taken"] or abs(now - mark["at"]) < RETRY_SECONDS)


def post(
    letters: Iterable[L], send: Callable[[L], None], *, claim: Callable[[L], bool], taken: Callable[[L], None]
) -> Delivered:
    """Send messages until FAILURES_IN_A_ROW. `claim` returns false if another process is sending the message."""
    done = Delivered()
    in_a_row = 0
    for letter in letters:
        if in_a_row == FAILURES_IN_A_ROW:
            break
        if not claim(letter):
            continue
        if _sent(send, letter):
            taken(letter)
            done, in_a_row = done + Delivered(taken=1), 0
        else:
            done, in_a_row = done + Delivered(failed=1), in_a_row + 1
    return done


def _sent(send: Callable[[L], None], letter: L) -> bool:
    try:
        send(letter)
    except Exception:
        return False  # any fault of one message must not stop the others
    return True


def every_key(documents: Documents, collection: str) -> Iterator[str]:
    """Yield every key of a collection in order."""
    after = ""
    while keys := documents.keys(collection, after=after):
        yield from keys
        after = keys[-1]


UNSENT: Mapping[str, None] = {"sent": None}
"""The fields of a document that an `Outbox` is to send."""


class Outbox:
    """Sends the documents of a collection that have the field `sent`, for any number of processes.

    `letter` makes a message from a document, or returns None if it is not due; with `keep` an accepted document is
    marked instead of deleted.
    """

    def __init__(
        self,
        documents: Documents,
        collection: str,
        letter: Callable[[str, Document], KeyedMessage | None],
        send: Callable[[KeyedMessage], None],
        *,
        keep: bool = False,
    ) -> None:
        self._documents, self._collection, self._letter, self._send = documents, collection, letter, send
        self._keep = keep

    def sound(self, now: float) -> Delivered:
        """Send the waiting messages."""
        at = int(now)
        keys: dict[KeyedMessage, str] = {}
        broken = 0
        for key in every_key(self._documents, self._collection):
            document = self._documents.get(self._collection, key)
            if document is None or "sent" not in document or not waits(document["sent"], at):
                continue
            try:
                letter = self._letter(key, document)
            except Exception:  # one unreadable document must not stop the others
                broken += 1
                continue
            if letter is not None:
                keys[letter] = key
        return Delivered(broken=broken) + post(
            keys,
            self._send,
            claim=lambda letter: self._claim(keys[letter], at),
            taken=lambda letter: self._taken(keys[letter], at),
        )

    def _claim(self, key: str, at: int) -> bool:
        claimed = False

        def claim(before: Document | None) -> Document | None:
            nonlocal claimed
            claimed = before is not None and waits(before["sent"], at)
            return {**before, "sent": {"at": at, "taken": False}} if before and claimed else before

        # Claimed in the store before it is sent: a process that dies in between delays the message by RETRY_SECONDS,
        # and it may be sent twice, but is never lost.
        self._documents.change(self._collection, key, claim)
        return claimed

    def _taken(self, key: str, at: int) -> None:
        def taken(before: Document | None) -> Document | None:
            return {**before, "sent": {"at": at, "taken": True}} if before and self._keep else None

        self._documents.change(self._collection, key, taken)
