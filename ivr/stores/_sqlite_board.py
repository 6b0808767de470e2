"""The board in the file of the SQLite store: rows, each with the number of the write that wrote it."""

from __future__ import annotations

import sqlite3
from collections.abc import Mapping

from ivr.engine.ports import KEPT_WRITES

from ._sqlite_connections import Connections
from ._sqlite_writer import OneWriter

LAST = "SELECT coalesce(max(write), 0) FROM board"
SINCE = f"SELECT name, write, body FROM board WHERE write > ? UNION ALL SELECT NULL, ({LAST}), NULL"  # noqa: S608
"""The rows, and one without a name for the last write. One statement: no write may come between the two."""
PUT = """INSERT INTO board (name, write, body) VALUES (?, ?, ?)
    ON CONFLICT (name) DO UPDATE SET write = excluded.write, body = excluded.body"""
FORGET_DELETED = "DELETE FROM board WHERE body IS NULL AND write <= ?"


def put_rows(connection: sqlite3.Connection, rows: Mapping[str, bytes | None], seen: int) -> bool:
    """Write rows inside a transaction if the last write is still `seen`, else return False. `rows` may be empty."""
    # Inside the write transaction, so nothing can be written between this comparison and the rows.
    if int(connection.execute(LAST).fetchone()[0]) != seen:
        return False
    if not rows:
        return True
    connection.executemany(PUT, [(name, seen + 1, body) for name, body in rows.items()])
    if (seen + 1) % KEPT_WRITES == 0:
        connection.execute(FORGET_DELETED, (seen + 1 - KEPT_WRITES,))
    return True


class SqliteBoard:
    """The `Board` part of the SQLite store. The newest row holds the number of the last write."""

    _connections: Connections
    _writing: OneWriter

    def rows_since(self, write: int) -> tuple[int, Mapping[str, bytes | None]]:
        """Return the number of the last write, and the rows written after `write`; None marks a deleted row."""
        with self._connections.faults():
            rows = self._connections.execute(SINCE, (write,)).fetchall()
        last = max(at for name, at, _ in rows if name is None)
        return last, {name: body for name, _, body in rows if name is not None}

    def write_rows(self, rows: Mapping[str, bytes | None], *, seen: int) -> bool:
        """Write all rows at once if the last write is still `seen`; otherwise write nothing and return False."""
        with self._writing as connection:
            written = put_rows(connection, rows, seen)
        if written and rows:
            self._count_write()
        return written

    def _count_write(self) -> None:
        raise NotImplementedError
