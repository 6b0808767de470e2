"""One unit of work as the parameters of one function of the server: a turn, its journal, documents and the board."""

from __future__ import annotations

from collections.abc import Sequence

import msgspec

from ivr.engine.ports import KEPT_WRITES, Changes, Saved

from ._postgresql_connection import Command, Statement

_OF_CALL = b"""$1::text, $2::integer, $3::integer, $4::bytea, $5::integer, $6::bytea, $7::bytea, $8::bytea, $9::boolean,
    $10::integer, $11::double precision, $12::json"""
_FORMATS = (0, 0, 0, 1, 0, 1, 1, 1, 0, 0, 0, 0)
TAKE_TURN = Statement(b"take_turn", b"SELECT take_turn(" + _OF_CALL + b")", _FORMATS)
COMMIT_CHANGES = Statement(
    b"commit_changes",
    b"SELECT commit_changes(" + _OF_CALL + b", $13::json, $14::json, $15::bigint, $16::bigint, $17::json)",
    (*_FORMATS, 0, 0, 0, 0, 0),
)
COMMIT_STATEMENTS = (TAKE_TURN, COMMIT_CHANGES)

_encode = msgspec.json.Encoder().encode
_NO_CALL: tuple[bytes | None, ...] = (None,) * 5
_NO_LEASE: tuple[bytes | None, ...] = (None,) * 2
_TRUTH = {True: b"t", False: b"f"}


def command_of(changes: Changes, wait: float | None, lease: Sequence[bytes | None] = _NO_LEASE) -> Command:
    """Return the command that writes all changes; it waits at most `wait` seconds for each lock (None: the default).

    `lease` is the advisory lock that the command frees, when its changes can be seen.
    """
    call, rows = changes.call, [(_hex(r.call_id), r.turn, r.at, r.kind, r.data) for r in changes.rows]
    values = (
        None if wait is None else b"%d" % max(1, int(wait * 1000)),
        *lease,
        *(_NO_CALL if call is None else _of_call(call)),
        _TRUTH[call is not None and call.ended],
        None if changes.expected is None else b"%d" % changes.expected,
        repr(float(changes.at)).encode(),
        _encode(rows) if rows else None,
    )
    # The turn of a menu has a function of its own with fewer parameters: it is the most frequent write by far.
    if call is not None and not (changes.documents or changes.board or changes.replies):
        return TAKE_TURN, values
    # Always in the same order, so that two units that change the same documents wait for each other, not in a deadlock.
    documents = sorted(changes.documents, key=lambda change: (change.collection, change.key))
    board = [(_hex(name), body if body is None else body.hex()) for name, body in changes.board.items()]
    replies = [(_hex(r.call_id), _hex(r.key), r.turn, r.at, r.reply.hex()) for r in changes.replies]
    return COMMIT_CHANGES, (
        *values,
        _encode([(_hex(d.collection), _hex(d.key), d.before, d.after) for d in documents]) if documents else None,
        _encode(board) if board else None,
        b"%d" % changes.seen,
        b"%d" % KEPT_WRITES,
        _encode(replies) if replies else None,
    )


def _of_call(call: Saved) -> tuple[bytes | None, ...]:
    return call.call_id.encode(), b"%d" % call.turn, call.key.encode(), call.call, call.reply


def _hex(text: str) -> str:
    # PostgreSQL's text refuses NUL, which a carrier or caller may send; names travel as hex and are stored as bytes.
    return text.encode().hex()
