"""Delete expired data: calls and journal rows once a minute, a few documents with each write."""

from __future__ import annotations

import secrets
from collections.abc import Callable

from ivr.engine.ports import CallStore, Document, Documents

MOST_A_ROUND = 10_000
"""Maximum journal rows deleted per round: about what a busy minute adds."""


REPLY_SECONDS = 3600
"""How long replies are kept for requests that come again; a carrier repeats one within minutes."""


def forget_old(store: CallStore, days: int, now: float, *, most: int = MOST_A_ROUND) -> int:
    """Delete journal rows and calls older than `days`, at most `most` rows; return the number of rows deleted."""
    return forget_before(store, now - days * 86400, most=most)


def forget_before(store: CallStore, before: float, *, most: int | None = None) -> int:
    """Delete journal rows and calls from before a Unix time, in pieces that delay no turn; return their number."""
    forgotten = 0
    while (most is None or forgotten < most) and (rows := store.prune(before)):
        forgotten += rows
    return forgotten


def forget_replies(store: CallStore, now: float) -> int:
    """Forget the replies of calls that are over and were given over REPLY_SECONDS ago; return how many went."""
    forgotten = 0
    while forgotten < MOST_A_ROUND and (replies := store.forget_replies(now - REPLY_SECONDS)):
        forgotten += replies
    return forgotten


def forget_some(documents: Documents, collection: str, is_over: Callable[[Document], bool], most: int) -> None:
    """Read `most` documents from a random key on, and delete those for which `is_over` is true.

    Called with each write, it bounds a collection without a job that reads all of it.
    """

    def keep(document: Document | None) -> Document | None:
        return None if document is None or is_over(document) else document

    # Keys of such collections are fingerprints in hex, so a random place is as likely as any other.
    for key in documents.keys(collection, after=secrets.token_hex(16), limit=most):
        if keep(documents.get(collection, key)) is None:
            documents.change(collection, key, keep)


_END_OF_TIME = 10**14
_SPARE = 50


def add_newest(documents: Documents, collection: str, at: float, document: Document, most: int) -> str:
    """Add a document to a collection that holds the `most` newest; return its key. `at` is Unix time.

    Keys count down, so that the newest come first.
    """
    # Random digits at the end, because two may be added in the same millisecond.
    key = f"{_END_OF_TIME - int(at * 1000):015d}-{secrets.token_hex(4)}"
    documents.change(collection, key, lambda _: document)
    for old in documents.keys(collection, limit=most + _SPARE)[most:]:
        documents.change(collection, old, lambda _: None)
    return key
