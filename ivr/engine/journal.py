"""Reads the journal of any store page by page."""

from __future__ import annotations

from collections.abc import Iterator

from .ports import CallStore, JournalRow

_PAGE = 1000


def journal_rows(store: CallStore, call_id: str | None = None, *, kind: str = "") -> Iterator[JournalRow]:
    """Yield every journal row in the order written, of one call or of all calls, of one kind or of all kinds."""
    after = 0
    while rows := store.journal(call_id, after=after, limit=_PAGE):
        yield from (row for row in rows if kind in ("", row.kind))
        after += len(rows)
