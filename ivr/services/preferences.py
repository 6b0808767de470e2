"""The preferences of a caller, kept for the next call from the same number. Numbers are stored as fingerprints.

A number does not prove an identity, so nothing that must be protected belongs here.
"""

from __future__ import annotations

from collections import Counter

from ivr.crypto import Seal
from ivr.engine.ports import Document, Documents
from ivr.engine.service_ports.memory import (
    CallerPreferences,
    ForgetPreferences,
    KeepPreferences,
    RecallPreferences,
)

from .owners import owner_of

PREFERENCES = "memory"
_REASONS = 3
HISTORY, FREQUENT, OFTEN = 10, 2, 2
"""The calls whose reasons are counted, the most frequent reasons, and the least count of a frequent one."""
FORGET_DAYS = 400
"""The days without a call after which a number may belong to another person."""

ELDERLY = "elderly"
_KEPT = ("profile", "language", "frequent", "rate", "segment", "age_band")


class Preferences:
    """The service "memory". It keeps nothing for callers without a number; an unknown number is no error."""

    def __init__(self, documents: Documents, seal: Seal) -> None:
        self._documents, self._seal = documents, seal

    def recall(self, question: RecallPreferences, *, key: str, now: float) -> CallerPreferences:
        """Return the preferences of a number."""
        del key
        number = question.number
        return _preferences(self._documents.get(PREFERENCES, self._place(number)) if number else None, int(now))

    def keep(self, question: KeepPreferences, *, key: str, now: float) -> CallerPreferences:
        """Keep preferences of a number. A new `call` counts as one call more; asking again changes nothing."""
        at, chosen, reason, call = int(now), _chosen(question), question.reason, question.call
        if not question.number:
            return _preferences(None, at)

        def keep(before: Document | None) -> Document:
            kept = _fresh(before, at) or {"chosen": {}, "reasons": [], "calls": 0, "call": ""}
            reasons = [reason, *(old for old in kept["reasons"] if old != reason)][:_REASONS]
            entry = [reason, call or key]
            # The entry of a question that is asked again moves to the front instead of counting twice.
            history = [row for row in kept.get("history", []) if row != entry]
            return {
                "chosen": {**kept["chosen"], **chosen},
                "reasons": reasons if reason else kept["reasons"],
                "history": [entry, *history][:HISTORY] if reason else history,
                # A call asks several times; only its first question counts it.
                "calls": kept["calls"] + (call not in ("", kept["call"])),
                "call": call or kept["call"],
                "at": at,
            }

        return _preferences(self._documents.change(PREFERENCES, self._place(question.number), keep), at)

    def forget(self, question: ForgetPreferences, *, key: str, now: float) -> CallerPreferences:
        """Delete all that is kept of a number."""
        del key
        if question.number:
            self._documents.change(PREFERENCES, self._place(question.number), lambda _: None)
        return _preferences(None, int(now))

    def _place(self, number: str) -> str:
        return owner_of(self._seal, "memory", number)


def _chosen(question: KeepPreferences) -> dict[str, str]:
    named = {name: getattr(question, name) for name in _KEPT}
    return {name: value for name, value in named.items() if value}


def _fresh(kept: Document | None, now: int) -> Document | None:
    return kept if kept and now - kept["at"] <= FORGET_DAYS * 86400 else None


def _preferences(stored: Document | None, now: int) -> CallerPreferences:
    """Return the preferences as flows read them."""
    kept = _fresh(stored, now)
    if kept is None:
        return CallerPreferences()
    chosen = kept["chosen"]
    return CallerPreferences(
        profile=chosen.get("profile"),
        language=chosen.get("language"),
        rate=float(chosen["rate"]) if "rate" in chosen else None,
        frequent=chosen.get("frequent"),
        last_reasons=tuple(kept["reasons"]),
        reasons=_frequent(kept),
        calls=kept["calls"],
        segment=chosen.get("segment"),
        age_band=chosen.get("age_band"),
    )


def _frequent(kept: Document) -> tuple[str, ...]:
    """Return the frequent reasons of a number, the weightiest first; newer calls weigh more.

    Elderly callers, who need the same menu each time, and callers who declined get none.
    """
    if kept["chosen"].get("profile") == ELDERLY or kept["chosen"].get("frequent") == "off":
        return ()
    weights, times = Counter[str](), Counter[str]()
    for place, (reason, _) in enumerate(kept.get("history", [])):
        weights[reason] += HISTORY - place
        times[reason] += 1
    # By weight, but only from OFTEN on: a single new reason would weigh more than two old ones.
    return tuple(reason for reason, _ in weights.most_common() if times[reason] >= OFTEN)[:FREQUENT]
