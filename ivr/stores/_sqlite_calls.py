"""The lists of calls in a SQLite store, and the pruning of old calls. Only this module deletes past calls and rows."""

from __future__ import annotations

from collections.abc import Sequence

from ._sqlite_connections import Connections
from ._sqlite_tables import APPEND_ONLY, append_only_name
from ._sqlite_writer import OneWriter

NEWEST = {
    True: "SELECT call_id FROM live ORDER BY id DESC LIMIT ?",
    False: "SELECT call_id FROM past ORDER BY id DESC LIMIT ?",
}
OLDEST_LIVE = "SELECT call_id FROM live ORDER BY id LIMIT ?"
OLD_ROWS = "SELECT id, at FROM journal ORDER BY id LIMIT ?"
FORGET_ROWS = "DELETE FROM journal WHERE id <= ?"
CALLS_OF = "SELECT DISTINCT call_id FROM journal WHERE id <= ?"
FORGET_CALL = "DELETE FROM past WHERE call_id = ? AND NOT EXISTS (SELECT 1 FROM journal WHERE journal.call_id = ?)"
FORGET_REPLIES = "DELETE FROM replies WHERE call_id = ?"
_GUARDED = ("past", "journal")


class SqliteCalls:
    """The part of the SQLite store for operators and retention."""

    _connections: Connections
    _writing: OneWriter

    def calls(self, *, live: bool, limit: int = 100, oldest: bool = False) -> Sequence[str]:
        """Return the ids of live or past calls, newest first; with `live` and `oldest`, oldest first."""
        with self._connections.faults():
            query = OLDEST_LIVE if live and oldest else NEWEST[live]
            return [call_id for (call_id,) in self._connections.execute(query, (limit,)).fetchall()]

    def prune(self, before: float, *, limit: int = 1000) -> int:
        """Delete journal rows older than a time, and ended calls that have none left; return the number of rows.

        It deletes at most `limit` rows at once, so that no caller's turn waits long; repeat until it returns 0.
        """
        with self._writing as connection:
            execute = connection.execute
            last = rows = 0
            for row, at in execute(OLD_ROWS, (limit,)).fetchall():
                # Rows are in the order of writing, not strictly of time; the first young one ends the page, and later
                # pages go on.
                if at >= before:
                    break
                last, rows = row, rows + 1
            if rows:
                calls = [call_id for (call_id,) in execute(CALLS_OF, (last,)).fetchall()]
                for table in _GUARDED:
                    # DDL is part of the transaction in SQLite: no other connection ever sees the tables without their
                    # triggers.
                    execute(f"DROP TRIGGER {append_only_name(table, 'DELETE')}")
                execute(FORGET_ROWS, (last,))
                for call_id in calls:
                    if execute(FORGET_CALL, (call_id, call_id)).rowcount:
                        execute(FORGET_REPLIES, (call_id,))
                for table in _GUARDED:
                    execute(APPEND_ONLY[table, "DELETE"])
        return rows
