"""The service "sms": sends a text message to a mobile number once, within limits, and never tells what was in it."""

from __future__ import annotations

import re
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, ClassVar

from ivr.crypto import Seal
from ivr.engine.ports import Document, Documents
from ivr.engine.service_ports.field_types import Private, reveal
from ivr.engine.service_ports.sms import MessageSent, SendMessage
from ivr.errors import LookupFailed
from ivr.secret import Secret

from .backend import Backend, UncertainError
from .local_outbox import LocalOutbox

_COLLECTION = "sms.numbers"
_DAY = 86_400

PREMIUM = (
    *("+1900", "+1976", "+449", "+4470", "+979", "+870", "+878", "+881", "+882", "+883", "+888"),
    *(f"+1{area}" for area in (242, 246, 264, 268, 284, 345, 441, 473, 649, 664, 721, 758, 767, 784, 809, 829, 849)),
    *(f"+1{area}" for area in (868, 869, 876)),
)
"""Never allowed: premium rate, personal numbering, satellites, international networks, the Caribbean."""
_INTERNATIONAL = re.compile(r"\+[1-9][0-9]{7,14}")
_MAINLAND_MOBILE = re.compile(r"\+861[3-9][0-9]{9}")

_Record = dict[str, Any]


@dataclass(frozen=True)
class Rules:
    """To whom messages may go, how many a number gets within 24 hours, and how long one may be (characters)."""

    prefixes: tuple[str, ...] = ("+861",)
    a_day: int = 20
    longest: int = 500


class Messages:
    """Counts and sends. The same key never sends twice: what may have gone out is not sent again."""

    name: ClassVar[str] = "sms"

    def __init__(self, documents: Documents, backend: Backend, *, seal: Seal, rules: Rules | None = None) -> None:
        self._documents, self.backend, self._seal = documents, backend, seal
        self._rules = rules or Rules()

    def send(self, question: SendMessage, *, key: str, now: float) -> MessageSent:
        """Send a message. Raises LookupFailed, `missing` for a number that gets no text messages."""
        number, text = self._number(question.number), self._text(question.text)
        purpose = re.sub(r"[^a-z0-9_ ]", "", question.purpose.lower())[:40]
        mark = self._seal.fingerprint(b"sms number\0" + number.encode())
        done = self._claim(mark, key, int(now))
        if not done:
            done = self._send(mark, key, number, text, purpose, now)
        return MessageSent(id=done, to_tail=number[-4:])

    def troubles(self) -> Mapping[str, str]:
        """Tell when no message leaves this machine."""
        why = "messages stay in the outbox, so one-time codes reach nobody"
        return {"sms": why} if self.backend.last_resort else {}

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
        return Secret("otp", text.encode("utf-8", "replace").decode())

    def _claim(self, mark: str, key: str, at: int) -> str:
        """Take the right to send under this key; return the id when that was done before. Raises LookupFailed."""
        mine = secrets.token_hex(8)

        def update(stored: Document | None) -> _Record:
            sent = [entry for entry in (stored or {}).get("sent", ()) if at - entry["at"] <= _DAY]
            if not any(entry["key"] == key for entry in sent):
                if len(sent) >= self._rules.a_day:
                    raise LookupFailed("this number had too many text messages today")
                sent.append({"at": at, "key": key, "id": "", "by": mine})
            return {"sent": sent}

        stored = self._documents.change(_COLLECTION, mark, update) or {"sent": []}
        entry = next(entry for entry in stored["sent"] if entry["key"] == key)
        if not entry["id"] and entry["by"] != mine:
            raise UncertainError("this text message may have been sent before; it is not sent again")
        return str(entry["id"])

    def _send(self, mark: str, key: str, number: str, text: Secret, purpose: str, now: float) -> str:
        try:
            done = self.backend.send(number, text, purpose, now)
        except UncertainError:
            raise
        except LookupFailed:
            self._settle(mark, key, "")
            raise
        self._settle(mark, key, done)
        return done

    def _settle(self, mark: str, key: str, done: str) -> None:
        """Note the id of what was sent, or forget what surely was not."""

        def update(stored: Document | None) -> _Record | None:
            sent = []
            for entry in (stored or {}).get("sent", ()):
                if entry["key"] != key:
                    sent.append(entry)
                elif done:
                    sent.append({**entry, "id": done})
            return {"sent": sent} if sent else None

        self._documents.change(_COLLECTION, mark, update)


def open_messages(
    documents: Documents, seal: Seal, *, carrier: Backend | None = None, rules: Rules | None = None
) -> Messages:
    """Return the service that sends by the carrier; without one, messages stay in the store's outbox."""
    return Messages(documents, carrier or LocalOutbox(documents, seal), seal=seal, rules=rules)
