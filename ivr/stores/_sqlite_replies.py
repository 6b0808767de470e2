"""The replies of earlier turns, in the file of the SQLite store: found by call and key, deleted by age."""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence

from ivr.engine.ports import KeptReply, Saved

from ._sqlite_writer import OneWriter

KEEP = """INSERT OR REPLACE INTO replies (call_id, key, turn, at, reply)
    SELECT call_id, key, turn, ?, reply FROM live WHERE call_id = ? AND turn = ? AND key <> ?"""
KEEP_LATE = "INSERT OR IGNORE INTO replies (call_id, key, turn, at, reply) VALUES (?, ?, ?, ?, ?)"
MARK_PAST = "INSERT INTO replies_of_past SELECT id FROM replies WHERE call_id = ? AND key = ?"
OLDEST_REPLIES = """SELECT replies_of_past.id, replies.at FROM replies_of_past CROSS JOIN replies USING (id)
    ORDER BY replies_of_past.id LIMIT ?"""
FORGET = "DELETE FROM replies WHERE id IN (SELECT id FROM replies_of_past WHERE id <= ?)"


def keep_reply(connection: sqlite3.Connection, saved: Saved, expected: int, at: float) -> None:
    """Keep the reply of the stored turn, which `saved` replaces; nothing if both answer the same request."""
    connection.execute(KEEP, (at, saved.call_id, expected, saved.key))


def keep_late_replies(connection: sqlite3.Connection, replies: Sequence[KeptReply]) -> None:
    """Keep replies of ended calls, except those whose key is kept already."""
    for kept in replies:
        values = (kept.call_id, kept.key, kept.turn, kept.at, kept.reply)
        if connection.execute(KEEP_LATE, values).rowcount == 1:
            connection.execute(MARK_PAST, (kept.call_id, kept.key))


class SqliteReplies:
    """The part of the SQLite store for replies of ended calls."""

    _writing: OneWriter

    def forget_replies(self, before: float, *, limit: int = 1000) -> int:
        """Delete the oldest replies of ended calls, in the order of writing, up to the first that is not old enough.

        It deletes at most `limit` at once, so that no caller's turn waits long; repeat until it returns 0.
        """
        with self._writing as connection:
            last = count = 0
            for reply, at in connection.execute(OLDEST_REPLIES, (limit,)).fetchall():
                if at >= before:
                    break
                last, count = reply, count + 1
            if count:
                connection.execute(FORGET, (last,))
        return count
