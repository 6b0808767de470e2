"""The service "sms": accepts text messages to mobile numbers, each once and within limits. It logs no text."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any, ClassVar

from ivr.crypto import Seal
from ivr.engine.ports import Documents
from ivr.engine.service_ports.field_types import Private, reveal
from ivr.engine.service_ports.sms import MessageSent, SendMessage
from ivr.errors import LookupFailed
from ivr.secret import Secret
from ivr.settings.identity import MESSAGES_AN_HOUR
from ivr.stores import UnitOfWork

from ..hourly_count import HourlyCap
from ..identity.alarms import Alarms
from .backend import Backend
from .local_outbox import LocalOutbox
from .sender import SmsSender

_COLLECTION = "sms.numbers"
_DAY = 86_400

PREMIUM = (
    *("+1900", "+1976", "+449", "+4470", "+979", "+870", "+878", "+881", "+882", "+883", "+888"),
    *(f"+1{area}" for area in (242, 246, 264, 268, 284, 345, 441, 473, 649, 664, 721, 758, 767, 784, 809, 829, 849)),
    *(f"+1{area}" for area in (868, 869, 876)),
)
"""Prefixes that are never allowed: premium rate, personal numbering, satellites, global networks, the Caribbean."""
_INTERNATIONAL = re.compile(r"\+[1-9][0-9]{7,14}")
_MAINLAND_MOBILE = re.compile(r"\+861[3-9][0-9]{9}")

_Entry = dict[str, Any]


@dataclass(frozen=True)
class Rules:
    """The allowed prefixes, the most messages to a number in 24 hours and to all in an hour, and their length."""

    prefixes: tuple[str, ...] = ("+861",)
    a_day: int = 20
    an_hour: int = MESSAGES_AN_HOUR
    longest: int = 500


class Messages:
    """Counts messages and passes them to a backend. A unit of work makes both one change."""

    name: ClassVar[str] = "sms"

    def __init__(self, documents: Documents, backend: Backend, *, seal: Seal, rules: Rules | None = None) -> None:
        self._documents, self.backend, self._seal = documents, backend, seal
        self._rules = rules or Rules()
        self._cap = HourlyCap(documents, "text messages", self._rules.an_hour, self._cap_reached)

    def send(self, question: SendMessage, *, key: str, now: float) -> MessageSent:
        """Accept a message to send; a repeated key is the same message.

        Raises LookupFailed, with `missing` for a number that gets no text messages.
        """
        number, text = self._number(question.number), self._text(question.text)
        purpose = re.sub(r"[^a-z0-9_ ]", "", question.purpose.lower())[:40]
        # The store must not hold a list of customers' numbers.
        mark = self._seal.fingerprint(b"sms number\0" + number.encode())
        sent = self._sent(mark, int(now))
        before = next((entry["id"] for entry in sent if entry["key"] == key), "")
        if before:
            return MessageSent(id=before, to_tail=number[-4:])
        # Refused for all purposes: an attacker could otherwise make the bank send texts without end.
        if len(sent) >= self._rules.a_day:
            raise LookupFailed("this number had too many text messages today")
        self._cap.take(int(now))
        message = self.backend.send(number, text, purpose, now)
        entry = {"at": int(now), "key": key, "id": message}
        self._documents.change(_COLLECTION, mark, lambda _: {"sent": [*sent, entry]})
        return MessageSent(id=message, to_tail=number[-4:])

    def _cap_reached(self, at: int) -> None:
        text = f"{self._rules.an_hour} text messages within an hour; further ones are refused"
        Alarms(self._documents).raise_alarm("messages", text, at)

    def _number(self, written: str) -> str:
        number = re.sub(r"[\s\-]", "", written)
        form = _MAINLAND_MOBILE if number.startswith("+86") else _INTERNATIONAL
        allowed = number.startswith(self._rules.prefixes) and not number.startswith(PREMIUM)
        if not allowed or not form.fullmatch(number):
            raise LookupFailed("text messages do not go to such a number", missing=True)
        return number

    def _text(self, private: Private) -> Secret:
        text = reveal(private)
        if len(text) > self._rules.longest:
            raise LookupFailed(f"a text message has at most {self._rules.longest} characters")
        # A lone surrogate, which JSON may hold, cannot be sent as UTF-8.
        return Secret("otp", text.encode("utf-8", "replace").decode())

    def _sent(self, mark: str, at: int) -> list[_Entry]:
        """Return the messages to a number in the last 24 hours."""
        stored = self._documents.get(_COLLECTION, mark) or {"sent": []}
        return [entry for entry in stored["sent"] if at - entry["at"] <= _DAY]


def open_messages(
    unit: UnitOfWork, seal: Seal, sender: SmsSender | None = None, *, rules: Rules | None = None
) -> Messages:
    """Return the service over a unit of work; without a sender, messages stay in the store's outbox."""
    backend = sender.within(unit) if sender else LocalOutbox(unit, seal)
    return Messages(unit, backend, seal=seal, rules=rules)
