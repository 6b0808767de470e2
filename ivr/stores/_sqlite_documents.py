"""Documents in the file of the SQLite store: one row per document, one transaction per change."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Sequence
from contextlib import closing
from itertools import takewhile

from ivr.engine.ports import Document
from ivr.errors import StoreError

from ._documents import NESTED, first_key, from_text, to_text
from ._sqlite_connections import Connections, OneWriter

READ = "SELECT body FROM documents WHERE collection = ? AND key = ?"
WRITE = """INSERT INTO documents (collection, key, body) VALUES (?, ?, ?)
    ON CONFLICT (collection, key) DO UPDATE SET body = excluded.body"""
DELETE = "DELETE FROM documents WHERE collection = ? AND key = ?"
KEYS_SQL = "SELECT key FROM documents WHERE collection = ? AND key >= ? ORDER BY key LIMIT ?"


class SqliteDocuments:
    """The `Documents` part of the SQLite store."""

    _connections: Connections
    _writing: OneWriter

    def get(self, collection: str, key: str) -> Document | None:
        """Return a document, or None."""
        with self._connections.faults():
            row = self._connections.execute(READ, (collection, key)).fetchone()
        return from_text(row[0]) if row else None

    def change(
        self, collection: str, key: str, update: Callable[[Document | None], Document | None]
    ) -> Document | None:
        """Change one document in one transaction; return the stored document.

        No other thread or process writes while `update` runs; its exceptions are passed on and change nothing.
        """
        connection = self._connections.get()
        with self._connections.faults():
            if connection.in_transaction:
                raise StoreError(NESTED)
        with self._writing:
            try:
                self._connections.execute("BEGIN IMMEDIATE")
                text = _change(connection, collection, key, update)
                connection.execute("COMMIT")
            except BaseException as fault:
                self._connections.undo(connection)
                if isinstance(fault, sqlite3.Error):
                    raise self._connections.fault(fault) from None
                raise
        self._count_write()
        return from_text(text)

    def keys(self, collection: str, *, after: str = "", prefix: str = "", limit: int = 1000) -> Sequence[str]:
        """Return the keys after `after` that begin with `prefix`, in order, at most `limit`."""
        with self._connections.faults():
            start = first_key(after, prefix)
            with closing(self._connections.execute(KEYS_SQL, (collection, start, limit))) as rows:
                return list(takewhile(lambda key: key.startswith(prefix), (key for (key,) in rows)))

    def _count_write(self) -> None:
        raise NotImplementedError


def _change(
    connection: sqlite3.Connection,
    collection: str,
    key: str,
    update: Callable[[Document | None], Document | None],
) -> str | None:
    """Change a document inside a transaction. An unchanged document is not written."""
    row = connection.execute(READ, (collection, key)).fetchone()
    before: str | None = row[0] if row else None
    text = to_text(update(from_text(before)))
    if text == before:
        return text
    if text is None:
        connection.execute(DELETE, (collection, key))
    else:
        connection.execute(WRITE, (collection, key, text))
    return text
