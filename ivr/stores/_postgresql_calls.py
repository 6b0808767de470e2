"""Calls, journal and replies in a PostgreSQL store: what is read, and what retention deletes."""

from __future__ import annotations

import struct
import threading
from collections.abc import Sequence
from typing import TYPE_CHECKING

from ivr.engine.ports import JournalRow, Saved

from ._postgresql_connection import Command, Statement
from ._postgresql_thread import Exchanges

if TYPE_CHECKING:
    from psycopg.pq.abc import PGresult

LOAD_CALL = Statement(
    b"load",
    b"""SELECT live.turn, live.key, live.call, live.reply, false, replies.reply
    FROM live LEFT JOIN replies ON replies.call_id = live.call_id AND replies.key = $2::bytea
    WHERE live.call_id = $1::bytea
    UNION ALL SELECT past.turn, past.key, past.call, past.reply, true, replies.reply
    FROM past LEFT JOIN replies ON replies.call_id = past.call_id AND replies.key = $2::bytea
    WHERE past.call_id = $1::bytea LIMIT 1""",
    (1, 1),
)
_COLUMNS = b"SELECT id, call_id, turn, at, kind, data FROM journal"
READ_JOURNAL = Statement(b"journal", _COLUMNS + b" ORDER BY id LIMIT $1::bigint OFFSET $2::bigint", (0, 0))
READ_JOURNAL_ON = Statement(b"journal_on", _COLUMNS + b" WHERE id > $2::bigint ORDER BY id LIMIT $1::bigint", (0, 0))
READ_JOURNAL_OF = Statement(
    b"journal_of",
    _COLUMNS + b" WHERE call_id = $3::bytea ORDER BY id LIMIT $1::bigint OFFSET $2::bigint",
    (0, 0, 1),
)
LIVE_NEWEST_FIRST = Statement(b"newest_live", b"SELECT call_id FROM live ORDER BY id DESC LIMIT $1::bigint", (0,))
LIVE_OLDEST_FIRST = Statement(b"oldest_live", b"SELECT call_id FROM live ORDER BY id LIMIT $1::bigint", (0,))
PAST_NEWEST_FIRST = Statement(b"newest_past", b"SELECT call_id FROM past ORDER BY id DESC LIMIT $1::bigint", (0,))
COUNT_LIVE = Statement(b"count_live", b"SELECT count(*) FROM live")
PRUNE = Statement(b"prune", b"SELECT prune($1::double precision, $2::bigint)", (0, 0))
FORGET_OLD_REPLIES = Statement(b"forget", b"SELECT forget_replies($1::double precision, $2::bigint)", (0, 0))
CALL_STATEMENTS = (
    LOAD_CALL, READ_JOURNAL, READ_JOURNAL_ON, READ_JOURNAL_OF, LIVE_NEWEST_FIRST, LIVE_OLDEST_FIRST, PAST_NEWEST_FIRST,
    COUNT_LIVE, PRUNE, FORGET_OLD_REPLIES,
)  # fmt: skip

LONG_READ_SECONDS = 60.0
"""The longest wait for a page of the journal: a report that begins far inside it skips many rows."""

_TRUE = b"\x01"
_DOUBLE = struct.Struct(">d")


def saved_of(call_id: str, key: str, result: PGresult) -> Saved | None:
    """Return the call that LOAD_CALL has read for the request `key`."""
    if not result.ntuples:
        return None
    get = result.get_value
    newest, reply = _text(get(0, 1)), get(0, 3) or b""
    repeated = reply if key and key == newest else get(0, 5)
    return Saved(call_id, integer_of(get(0, 0)), newest, get(0, 2) or b"", reply, get(0, 4) == _TRUE, repeated)


def integer_of(value: bytes | None) -> int:
    """Decode an integer of any size from PostgreSQL's binary format."""
    return int.from_bytes(value or b"", "big", signed=True)


class PostgresqlCalls:
    """The part of the PostgreSQL store that reads calls and journal, and forgets old ones."""

    _exchanges: Exchanges
    _page: JournalPage

    def load(self, call_id: str, key: str = "") -> Saved | None:
        """Return a live or ended call with its reply to the request `key`; None for an unknown call."""
        thread = self._exchanges.thread
        if thread.loaded is not None:
            # Used once: after the first read the call may have been changed by this thread's own commit.
            loaded, thread.loaded = thread.loaded, None
            if loaded[:2] == (call_id, key):
                return loaded[2]
        return saved_of(call_id, key, self._exchanges.read((LOAD_CALL, (call_id.encode(), key.encode()))))

    def journal(self, call_id: str | None = None, *, after: int = 0, limit: int = 1000) -> Sequence[JournalRow]:
        """Return journal rows of one call or of all, in the order of writing; skip the first `after`.

        A page that follows the last one of this thread begins behind its last row, which costs no skipping.
        """
        command: Command
        if call_id is not None:
            command = READ_JOURNAL_OF, (b"%d" % limit, b"%d" % after, call_id.encode())
        elif after and self._page.after == after:
            command = READ_JOURNAL_ON, (b"%d" % limit, b"%d" % self._page.last)
        else:
            command = READ_JOURNAL, (b"%d" % limit, b"%d" % after)
        result = self._exchanges.read_long(LONG_READ_SECONDS, command)
        get, count = result.get_value, result.ntuples
        # OFFSET reads all that it skips; without this a report over n rows would read about n * n / 2,000 of them.
        if call_id is None and count:
            self._page.after, self._page.last = after + count, integer_of(get(count - 1, 0))
        return [_journal_row(result, number) for number in range(count)]

    def calls(self, *, live: bool, limit: int = 100, oldest: bool = False) -> Sequence[str]:
        """Return the ids of live or past calls, newest first; with `live` and `oldest`, oldest first."""
        statement = (LIVE_OLDEST_FIRST if oldest else LIVE_NEWEST_FIRST) if live else PAST_NEWEST_FIRST
        result = self._exchanges.read((statement, (b"%d" % limit,)))
        return [_text(result.get_value(number, 0)) for number in range(result.ntuples)]

    def live(self) -> int:
        """Count the calls that have not ended."""
        return integer_of(self._exchanges.read((COUNT_LIVE, ())).get_value(0, 0))

    def prune(self, before: float, *, limit: int = 1000) -> int:
        """Delete journal rows older than a time, and ended calls that have none left; return the number of rows.

        It deletes at most `limit` rows at once; repeat until it returns 0.
        """
        values = repr(float(before)).encode(), b"%d" % limit
        return integer_of(self._exchanges.write((PRUNE, values)).get_value(0, 0))

    def forget_replies(self, before: float, *, limit: int = 1000) -> int:
        """Delete the oldest replies of ended calls, in the order of writing, up to the first that is not old enough.

        It deletes at most `limit` at once; repeat until it returns 0.
        """
        values = repr(float(before)).encode(), b"%d" % limit
        return integer_of(self._exchanges.write((FORGET_OLD_REPLIES, values)).get_value(0, 0))


class JournalPage(threading.local):
    """The end of the page of the journal that a thread has read last: rows skipped and read, and the last row's id."""

    after = last = 0


def _journal_row(result: PGresult, number: int) -> JournalRow:
    get = result.get_value
    at = _DOUBLE.unpack(get(number, 3) or b"")[0]
    call_id, turn = _text(get(number, 1)), integer_of(get(number, 2))
    return JournalRow(call_id, turn, at, _text(get(number, 4)), _text(get(number, 5)))


def _text(value: bytes | None) -> str:
    return (value or b"").decode()
