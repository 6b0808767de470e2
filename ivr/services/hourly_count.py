"""Counts of the last hour that many callers share, in spans of five minutes: a busy line has thousands in an hour."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from ivr.engine.ports import Document, Documents
from ivr.errors import LookupFailed
from ivr.settings.identity import HOUR, MINUTE

SPAN = 5 * MINUTE
CAPS = "caps"

Spans = Mapping[str, int]
"""How many there were by span; a span is named by its number since 1970."""


def recent(spans: Spans, at: int) -> dict[str, int]:
    """Return the spans that are not more than an hour old."""
    since = (at - HOUR) // SPAN
    return {span: count for span, count in spans.items() if int(span) > since}


def with_one_more(spans: Spans, at: int) -> dict[str, int]:
    """Return the spans with one more now."""
    span = str(at // SPAN)
    return {**spans, span: spans.get(span, 0) + 1}


class HourlyCap:
    """A cap on something over all callers within an hour. `full` is told once an hour that it is reached."""

    def __init__(self, documents: Documents, name: str, most: int, full: Callable[[int], None]) -> None:
        self._documents, self._name, self._most, self._full = documents, name, most, full

    def take(self, at: int) -> None:
        """Count one. Raises LookupFailed when the cap is reached."""
        refused: list[tuple[bool, bool]] = []

        def update(stored: Document | None) -> Document:
            record = stored or {"spans": {}, "told": 0}
            spans = recent(record["spans"], at)
            is_full, is_news = sum(spans.values()) >= self._most, at - record["told"] > HOUR
            refused.append((is_full, is_full and is_news))
            if not is_full:
                return {**record, "spans": with_one_more(spans, at)}
            return {"spans": spans, "told": at if is_news else record["told"]}

        self._documents.change(CAPS, self._name, update)
        is_full, is_news = refused[-1]
        if is_news:
            self._full(at)
        if is_full:
            raise LookupFailed(f"there were {self._most} {self._name} within an hour, over all numbers", missing=True)
