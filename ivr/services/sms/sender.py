"""Sends text messages by the carrier, after the commit of the turn that wrote them.

A message that may have been sent is not sent again, because a carrier has no key to recognise a repeat.
"""

from __future__ import annotations

import secrets
import time
from collections.abc import Callable
from typing import ClassVar

from ivr.crypto import Seal
from ivr.engine.ports import Document
from ivr.errors import LookupFailed
from ivr.jobs.outbox import every_key
from ivr.jobs.repeating import RepeatedJob
from ivr.secret import Secret
from ivr.settings.identity import Limits
from ivr.stores import Store, UnitOfWork

from .backend import Backend, Letters, UncertainError, has_code

UNSENT_MESSAGES = "sms.unsent"
POLL_SECONDS = 5.0
"""The interval of checks for messages that another process wrote and did not send."""
CLAIM_SECONDS = 60
"""The seconds after which a message whose sending was begun and never ended counts as perhaps sent."""
FIRST_RETRY, LONGEST_RETRY = 5, 900
"""The first and the longest pause after failures, in seconds; the pause doubles."""
GIVE_UP_SECONDS = 86_400


class UnsentMessages(Backend):
    """A backend that writes messages into a unit of work; they are sent after its commit."""

    kind: ClassVar[str] = "unsent"

    def __init__(self, unit: UnitOfWork, seal: Seal, committed: Callable[[], None]) -> None:
        self._unit, self._seal, self._committed = unit, seal, committed

    def send(self, number: str, text: Secret, purpose: str, now: float) -> str:
        """Write one message; return its id."""
        message = f"sms-{secrets.token_hex(8)}"
        until = int(now) + (Limits().code_seconds if has_code(purpose) else GIVE_UP_SECONDS)
        document = {
            **Letters(self._unit, self._seal).keep(number, text, purpose, until),
            "purpose": purpose,
            "until": until,
            "begun": None,
            "failures": 0,
            "not_before": 0,
        }
        self._unit.change(UNSENT_MESSAGES, message, lambda _: document)
        self._unit.afterwards(self._committed)
        return message


class SmsSender(RepeatedJob):
    """Sends the messages of a store, each once over all processes. `failed` gets each message that failed, and why."""

    def __init__(
        self,
        store: Store,
        seal: Seal,
        backend: Backend,
        *,
        failed: Callable[[Exception], None] = lambda _fault: None,
        clock: Callable[[], float] = time.time,
    ) -> None:
        super().__init__("ivr-sms", every=POLL_SECONDS)
        self._store, self._seal, self.backend, self._failed, self._clock = store, seal, backend, failed, clock
        self._letters = Letters(store, seal)

    def within(self, unit: UnitOfWork) -> UnsentMessages:
        """Return a backend that writes messages into a unit of work."""
        return UnsentMessages(unit, self._seal, self.wake)

    def _do_due(self) -> None:
        """Send every message that is due."""
        now = int(self._clock())
        for message in list(every_key(self._store, UNSENT_MESSAGES)):
            document = self._store.get(UNSENT_MESSAGES, message)
            if document is not None and _is_due(document, now):
                self._send(message, now)

    def _report(self, fault: Exception) -> None:
        self._failed(fault)

    def _send(self, message: str, now: int) -> None:
        document = self._claim(message, now)
        if document is None:
            return
        # Another `begun` is that of a process that died between sending and erasing.
        if document["begun"] != now or now > document["until"]:
            why = "may have been sent, and is not sent again" if document["begun"] != now else "is late"
            self._drop(message, document, why)
            return
        letter = self._letters.read(document)
        if letter is None:
            self._drop(message, document, "is late")
            return
        try:
            self.backend.send(*letter, document["purpose"], now)
        except UncertainError as fault:
            self._drop(message, document, str(fault))
        except LookupFailed as fault:
            self._failed(fault)
            self._store.change(UNSENT_MESSAGES, message, lambda before: before and _later(before, now))
        else:
            self._erase(message, document)

    def _claim(self, message: str, now: int) -> Document | None:
        """Claim a message; return it as claimed, with the older `begun` if an earlier claim has run out."""
        claimed: list[Document | None] = []

        def claim(before: Document | None) -> Document | None:
            mine = before is not None and _is_due(before, now)
            after = {**before, "begun": now} if before and before["begun"] is None and mine else before
            # A store runs a change again after a conflict: the last run is the one that was written.
            claimed.append(after if mine else None)
            return after

        self._store.change(UNSENT_MESSAGES, message, claim)
        return claimed[-1]

    def _erase(self, message: str, document: Document) -> None:
        self._store.change(UNSENT_MESSAGES, message, lambda _: None)
        self._letters.drop(document)

    def _drop(self, message: str, document: Document, why: str) -> None:
        self._erase(message, document)
        self._failed(LookupFailed(f"the text message {message} {why}"))


def _is_due(document: Document, now: int) -> bool:
    if document["begun"] is not None:
        return bool(now - document["begun"] > CLAIM_SECONDS)
    return bool(now >= document["not_before"])


def _later(document: Document, now: int) -> Document:
    pause = min(LONGEST_RETRY, FIRST_RETRY * 2 ** document["failures"])
    return {**document, "begun": None, "failures": document["failures"] + 1, "not_before": now + pause}
