"""What a caller chose, remembered for the next call from the same number. Numbers are kept as fingerprints only.

A number proves nothing about who is calling: only comforts belong here, never anything that must be protected.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Mapping
from decimal import Decimal
from typing import Any

from ivr.crypto import Seal
from ivr.engine.ports import Document, Documents
from ivr.errors import LookupFailed

from .fields import Fields, owner_of

PREFERENCES = "memory"
_REASONS = 3
HISTORY, FREQUENT, OFTEN = 10, 2, 2
"""How many calls' reasons are weighed, how many of them are called frequent, and how often each came at least."""
_KEYS = 8
FORGET_DAYS = 400
"""After so many days without a call a number may belong to somebody else."""

SLOWEST, FASTEST = Decimal("0.5"), Decimal("2")
ELDERLY = "elderly"
SWITCH = ("on", "off")
"""Whether what a caller often asks for may be offered first; who does not want that says so once."""
_WORD = re.compile(r"[A-Za-z][\w-]{0,39}")


class Preferences:
    """The service "memory": recall, keep, forget. Callers without a number are never remembered."""

    def __init__(self, documents: Documents, seal: Seal) -> None:
        self._documents, self._seal = documents, seal
        self._questions: Mapping[str, Callable[[Fields, Mapping[str, Any], str, int], Document]] = {
            "recall": self._recall,
            "keep": self._keep,
            "forget": self._forget,
        }

    def ask(self, question: str, given: Mapping[str, Any], *, key: str, now: float) -> Mapping[str, Any]:
        """Answer. Raises LookupFailed for what cannot be kept; an unknown number is no fault."""
        if question not in self._questions:
            raise LookupFailed(f"memory knows no question {question!r}")
        return self._questions[question](Fields(given), given, key, int(now))

    def _recall(self, given: Fields, _fields: Mapping[str, Any], _key: str, now: int) -> Document:
        number = given.number()
        return _told(self._documents.get(PREFERENCES, self._place(number)) if number else None, now)

    def _keep(self, given: Fields, fields: Mapping[str, Any], key: str, now: int) -> Document:
        """Keep what was chosen. A `call` that was not named before counts as one more call."""
        chosen = _chosen(given, fields)
        reason, call = _word(given, "reason"), given.text("call")
        number = given.number()
        if not number:
            return _told(None, now)

        def keep(before: Document | None) -> Document:
            known = _fresh(before, now) or {"chosen": {}, "reasons": [], "calls": 0, "call": "", "keys": []}
            if key in known["keys"]:
                return known
            reasons = [reason, *(old for old in known["reasons"] if old != reason)][:_REASONS]
            history = [row for row in known.get("history", []) if row != [reason, call]]
            return {
                "chosen": {**known["chosen"], **chosen},
                "reasons": reasons if reason else known["reasons"],
                "history": [[reason, call or key], *history][:HISTORY] if reason else history,
                "calls": known["calls"] + (call not in ("", known["call"])),
                "call": call or known["call"],
                "keys": [*known["keys"], key][-_KEYS:],
                "at": now,
            }

        return _told(self._documents.change(PREFERENCES, self._place(number), keep), now)

    def _forget(self, given: Fields, _fields: Mapping[str, Any], _key: str, now: int) -> Document:
        if number := given.number():
            self._documents.change(PREFERENCES, self._place(number), lambda _: None)
        return _told(None, now)

    def _place(self, number: str) -> str:
        return owner_of(self._seal, "memory", number)


def _chosen(given: Fields, fields: Mapping[str, Any]) -> dict[str, str]:
    chosen = {"profile": _word(given, "profile"), "language": _word(given, "language")}
    chosen["frequent"] = given.one_of("frequent", SWITCH, "") if given.text("frequent") else ""
    if fields.get("rate") not in (None, ""):
        chosen["rate"] = _rate(fields["rate"])
    return {name: value for name, value in chosen.items() if value}


def _word(given: Fields, name: str) -> str:
    """Return a name as editors give it, such as elderly or zh-CN; "" when none was given."""
    word = given.text(name)
    if word and not _WORD.fullmatch(word):
        raise LookupFailed(f"{name} is no name")
    return word


def _rate(value: object) -> str:
    """Return a share of the normal speaking rate as text, for documents hold no fractions."""
    written = str(value) if isinstance(value, int | float | str | Decimal) and not isinstance(value, bool) else ""
    if not re.fullmatch(r"\d(\.\d{1,20})?", written) or not SLOWEST <= Decimal(written) <= FASTEST:
        raise LookupFailed(f"rate is no number from {SLOWEST} to {FASTEST}")
    return str(round(Decimal(written), 3).normalize())


def _fresh(kept: Document | None, now: int) -> Document | None:
    return kept if kept and now - kept["at"] <= FORGET_DAYS * 86400 else None


def _told(kept: Document | None, now: int) -> Document:
    """Return what flows may read: what was never chosen is not there."""
    known = _fresh(kept, now)
    if known is None:
        return {"last_reasons": [], "reasons": [], "calls": 0}
    chosen: dict[str, Any] = dict(known["chosen"])
    if "rate" in chosen:
        chosen["rate"] = float(chosen["rate"])
    return {
        **chosen,
        "last_reasons": list(known["reasons"]),
        "reasons": _frequent(known),
        "calls": known["calls"],
    }


def _frequent(known: Document) -> list[str]:
    """Return what this number calls for again and again, the weightiest first: a newer call weighs more.

    Elderly callers have the same menu each time; who said no is not offered anything either.
    """
    if known["chosen"].get("profile") == ELDERLY or known["chosen"].get("frequent") == "off":
        return []
    weights, times = Counter[str](), Counter[str]()
    for place, (reason, _) in enumerate(known.get("history", [])):
        weights[reason] += HISTORY - place
        times[reason] += 1
    return [reason for reason, _ in weights.most_common() if times[reason] >= OFTEN][:FREQUENT]
