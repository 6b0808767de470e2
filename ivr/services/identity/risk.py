"""Marks of callers who may be in the hands of a fraudster, set by bank or operators. Nothing is kept in clear.

A mark protects and proves nothing: flows warn and lead to a person.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from ivr.crypto import Seal
from ivr.engine.ports import Document, Documents
from ivr.engine.service_ports.identity import LONGEST_GIVEN
from ivr.engine.service_ports.risk import AskRisk, RiskStatus
from ivr.jobs.outbox import every_key

from .pseudonyms import Account, account_of

_COLLECTION = "risks"
_LONGEST_REASON = 200
_LONG_DIGITS = re.compile(r"(?:[0-9][ -]?){12,}[Xx]?")
"""Cards and ID numbers, which have no place in a reason."""


class Risks:
    """The marks in the shared store, and the service "risk", which answers whether there is one."""

    def __init__(self, documents: Documents, seal: Seal) -> None:
        self._documents, self._seal = documents, seal

    def mark(self, name: str, at: float, *, until: float | None = None, reason: str = "", by: str = "") -> Account:
        """Mark a number or customer as at risk, until a time or until the mark is removed. Raises ValueError."""
        account = self._account(name)
        mark: Document = {
            "name": account.shown,
            "since": int(at),
            "until": int(until) if until is not None else None,
            "reason": _LONG_DIGITS.sub("…", reason.strip()[:_LONGEST_REASON]),
            "by": by,
        }
        self._documents.change(_COLLECTION, account.key, lambda _: mark)
        return account

    def clear(self, name: str) -> bool:
        """Remove a mark; return whether there was one. Raises ValueError."""
        existed: list[bool] = []

        def clear(before: Document | None) -> None:
            existed.append(before is not None)

        self._documents.change(_COLLECTION, self._account(name).key, clear)
        # The last run counts: a store runs a change again after a conflict.
        return existed[-1]

    def standing(self, names: Iterable[str], at: float) -> bool:
        """Return whether one of these names has a mark now."""
        keys = (account_of(self._seal, name).key for name in names if name.strip())
        return any(_holds(self._documents.get(_COLLECTION, key), at) for key in keys)

    def all(self, at: float) -> Iterator[tuple[str, Document]]:
        """Yield every current mark with the key of its name; delete marks that are over."""
        for key in every_key(self._documents, _COLLECTION):
            document = self._documents.get(_COLLECTION, key)
            if document is not None and _holds(document, at):
                yield key, document
            elif document is not None:
                # Judged again inside the change: the bank may have renewed the mark since it was read.
                self._documents.change(_COLLECTION, key, lambda now: now if _holds(now, at) else None)

    def status(self, question: AskRisk, *, key: str, now: float) -> RiskStatus:
        """Return whether the number or the customer is at risk."""
        del key
        return RiskStatus(at_risk=self.standing((question.number, question.customer), now))

    def _account(self, name: str) -> Account:
        if not name.strip() or len(name) > LONGEST_GIVEN:
            raise ValueError("a number or customer has to be named")
        return account_of(self._seal, name)


def _holds(mark: Document | None, at: float) -> bool:
    return mark is not None and (mark["until"] is None or at < mark["until"])
