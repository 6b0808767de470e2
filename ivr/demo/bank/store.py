"""The demo bank's SQLite file: reading, and changes that run once per idempotency key. Must not use HTTP."""

from __future__ import annotations

import json
import sqlite3
from collections import deque
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from .pins import MODERATE, opens, seal
from .questions import UnknownError
from .seeding import edition, seed

_BUSY_SECONDS = 5.0

StoredAnswer = dict[str, Any]
Change = Callable[[sqlite3.Connection], StoredAnswer]


class KeyReusedError(Exception):
    """An idempotency key was repeated with another question."""


@dataclass(frozen=True)
class Once:
    """The identity of a change: endpoint, the client's key, and the question as text."""

    endpoint: str
    key: str
    question: str = field(repr=False)


class BankStore:
    """The bank's store. Thread-safe: each question borrows a connection."""

    def __init__(self, path: Path, *, pin_cost: int = MODERATE) -> None:
        self._path = path
        self._cost = pin_cost
        self._idle: deque[sqlite3.Connection] = deque()
        path.parent.mkdir(parents=True, exist_ok=True)
        with self.reading() as db:
            db.execute("PRAGMA journal_mode = WAL")
        self._seed_where_stale()

    @contextmanager
    def reading(self) -> Iterator[sqlite3.Connection]:
        """Borrow a connection for reading."""
        try:
            db = self._idle.pop()
        except IndexError:
            db = self._open()
        try:
            yield db
        finally:
            self._idle.append(db)

    @contextmanager
    def writing(self) -> Iterator[sqlite3.Connection]:
        """Borrow a connection with the write lock; commit at the end, or roll back after an exception."""
        with self.reading() as db:
            # At once, not at the first write: two questions that both read first would block each other, and one would
            # fail.
            db.execute("BEGIN IMMEDIATE")
            try:
                yield db
                db.execute("COMMIT")
            except BaseException:
                db.execute("ROLLBACK")
                raise

    def change(self, act: Change, once: Once | None) -> StoredAnswer:
        """Run `act` and store its answer; the same `once` gets the stored answer. Raises KeyReusedError."""
        with self.writing() as db:
            if once is None:
                return act(db)
            kept = db.execute(
                "SELECT question, answer FROM answers WHERE endpoint = ? AND key = ?", (once.endpoint, once.key)
            ).fetchone()
            if kept is None:
                answer = act(db)
                # A question may hold a PIN, which a fast digest would reveal.
                question = seal(once.question, self._cost)
                row = (once.endpoint, once.key, question, json.dumps(answer, ensure_ascii=False))
                db.execute("INSERT INTO answers VALUES (?, ?, ?, ?)", row)
                return answer
            if not opens(once.question, kept["question"]):
                raise KeyReusedError
            return dict(json.loads(kept["answer"]))

    def reset(self) -> None:
        """Fill the store anew, without idempotency keys."""
        with self.writing() as db:
            seed(db, self._cost)

    def close(self) -> None:
        """Close the idle connections."""
        while self._idle:
            self._idle.pop().close()

    def _open(self) -> sqlite3.Connection:
        db = sqlite3.connect(self._path, timeout=_BUSY_SECONDS, isolation_level=None, check_same_thread=False)
        db.row_factory = sqlite3.Row
        db.execute("PRAGMA synchronous = NORMAL")
        return db

    def _seed_where_stale(self) -> None:
        wanted = edition(self._cost)
        with self.writing() as db:
            if db.execute("PRAGMA user_version").fetchone()[0] != wanted:
                seed(db, self._cost)
                db.execute(f"PRAGMA user_version = {wanted}")


def customer_row(db: sqlite3.Connection, key: str) -> sqlite3.Row:
    """Return the row of a customer. Raises UnknownError."""
    row: sqlite3.Row | None = db.execute("SELECT * FROM customers WHERE customer = ?", (key,)).fetchone()
    if row is None:
        raise UnknownError("there is no such customer")
    return row


def book_key(db: sqlite3.Connection) -> bytes:
    """Return the key of account names. It survives resets, so that tries stay counted."""
    return bytes(db.execute("SELECT key FROM keys WHERE name = 'account'").fetchone()[0])
