"""Write one unit of work: the turn of a call, its journal, documents and the board, all in one transaction."""

from __future__ import annotations

import sqlite3

from ivr.engine.ports import Changes, Saved

from ._sqlite_board import put_rows
from ._sqlite_documents import put_document
from ._sqlite_replies import keep_late_replies, keep_reply

BEGIN = """INSERT OR IGNORE INTO live (turn, key, call, reply, call_id) SELECT ?, ?, ?, ?, ?
    WHERE NOT EXISTS (SELECT 1 FROM past WHERE call_id = ?)"""
UPDATE = "UPDATE live SET turn = ?, key = ?, call = ?, reply = ? WHERE call_id = ? AND turn = ?"
LEAVE = "DELETE FROM live WHERE call_id = ? AND turn = ?"
END = """INSERT OR IGNORE INTO past (turn, key, call, reply, call_id) SELECT ?, ?, ?, ?, ?
    WHERE NOT EXISTS (SELECT 1 FROM live WHERE call_id = ?)"""
JOURNAL = "INSERT INTO journal (call_id, turn, at, kind, data) VALUES (?, ?, ?, ?, ?)"


def put_changes(connection: sqlite3.Connection, changes: Changes) -> bool:
    """Write all changes inside a transaction; return False at the first conflict, for the caller to roll back."""
    # The turn first, since it conflicts most often; a conflict costs a rollback of all that was written before.
    if changes.call is not None and not _put_turn(connection, changes.call, changes.expected, changes.at):
        return False
    if changes.documents and not all(put_document(connection, document) for document in changes.documents):
        return False
    if changes.board and not put_rows(connection, changes.board, changes.seen):
        return False
    if changes.rows:
        connection.executemany(JOURNAL, [(r.call_id, r.turn, r.at, r.kind, r.data) for r in changes.rows])
    if changes.replies:
        keep_late_replies(connection, changes.replies)
    return True


def _put_turn(connection: sqlite3.Connection, saved: Saved, expected: int | None, at: float) -> bool:
    """Write the turn to `live` or `past`; return False if the stored turn is not `expected`."""
    call_id = saved.call_id
    row = (saved.turn, saved.key, saved.call, saved.reply, call_id)
    if expected is not None:
        # Before the row is replaced, because it is copied from that row. At a conflict it is rolled back.
        keep_reply(connection, saved, expected, at)
    if not saved.ended:
        if expected is None:
            return connection.execute(BEGIN, (*row, call_id)).rowcount == 1
        return connection.execute(UPDATE, (*row, expected)).rowcount == 1
    if expected is not None and connection.execute(LEAVE, (call_id, expected)).rowcount != 1:
        return False
    return connection.execute(END, (*row, call_id)).rowcount == 1
