"""Documents in the file of the SQLite store: one row per document, one transaction per change."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Sequence
from contextlib import closing
from itertools import takewhile

from ivr.engine.ports import Document, DocumentChange

from ._documents import first_key, from_text, to_text
from ._sqlite_connections import Connections
from ._sqlite_writer import OneWriter

READ = "SELECT body FROM documents WHERE collection = ? AND key = ?"
ADD = "INSERT OR IGNORE INTO documents (collection, key, body) VALUES (?, ?, ?)"
REPLACE = "UPDATE documents SET body = ? WHERE collection = ? AND key = ? AND body = ?"
DELETE = "DELETE FROM documents WHERE collection = ? AND key = ? AND body = ?"
KEYS_SQL = "SELECT key FROM documents WHERE collection = ? AND key >= ? ORDER BY key LIMIT ?"


def put_document(connection: sqlite3.Connection, change: DocumentChange) -> bool:
    """Write a document inside a transaction; return False if the stored one differs from the one that was read."""
    collection, key, before, after = change.collection, change.key, change.before, change.after
    # A document that was only read and decides something is compared, too: a concurrent change is then a conflict.
    if before == after:
        return document_text(connection, collection, key) == before
    if before is None:
        cursor = connection.execute(ADD, (collection, key, after))
    elif after is None:
        cursor = connection.execute(DELETE, (collection, key, before))
    else:
        cursor = connection.execute(REPLACE, (after, collection, key, before))
    return cursor.rowcount == 1


def document_text(connection: sqlite3.Connection, collection: str, key: str) -> str | None:
    """Return the JSON text of a document, inside a transaction."""
    row = connection.execute(READ, (collection, key)).fetchone()
    return row[0] if row else None


class SqliteDocuments:
    """The `Documents` part of the SQLite store."""

    _connections: Connections
    _writing: OneWriter

    def get(self, collection: str, key: str) -> Document | None:
        """Return a document; None if there is none."""
        return from_text(self.text(collection, key))

    def text(self, collection: str, key: str) -> str | None:
        """Return the JSON text of a document; None if there is none."""
        with self._connections.faults():
            row = self._connections.execute(READ, (collection, key)).fetchone()
        return row[0] if row else None

    def change(
        self, collection: str, key: str, update: Callable[[Document | None], Document | None]
    ) -> Document | None:
        """Change one document in one transaction; return the stored document.

        No other thread or process writes while `update` runs. An exception of `update` passes and changes nothing.
        """
        with self._writing as connection:
            before = document_text(connection, collection, key)
            after = to_text(update(from_text(before)))
            if after != before:
                put_document(connection, DocumentChange(collection, key, before, after))
        self._count_write()
        return from_text(after)

    def keys(self, collection: str, *, after: str = "", prefix: str = "", limit: int = 1000) -> Sequence[str]:
        """Return at most `limit` keys, sorted, that are greater than `after` and begin with `prefix`."""
        with self._connections.faults():
            start = first_key(after, prefix)
            with closing(self._connections.execute(KEYS_SQL, (collection, start, limit))) as rows:
                # Not LIKE, which ignores case in SQLite and needs an escape for % and _.
                return list(takewhile(lambda key: key.startswith(prefix), (key for (key,) in rows)))

    def _count_write(self) -> None:
        raise NotImplementedError
