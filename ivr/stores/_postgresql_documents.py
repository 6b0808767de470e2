"""Documents and the board in a PostgreSQL store. A change of a document compares and swaps; it locks nothing."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from itertools import takewhile

from ivr.engine.ports import Changes, Document, DocumentChange

from ._documents import first_key, from_text, to_text
from ._postgresql_calls import integer_of
from ._postgresql_connection import Statement
from ._postgresql_thread import Exchanges
from ._unit_of_work import retries

READ_TEXT = Statement(b"text", b"SELECT body FROM documents WHERE collection = $1::bytea AND key = $2::bytea", (1, 1))
KEYS = Statement(
    b"keys",
    b"SELECT key FROM documents WHERE collection = $1::bytea AND key >= $2::bytea ORDER BY key LIMIT $3::bigint",
    (1, 1, 0),
)
READ_BOARD = Statement(
    b"since",
    b"""SELECT last_write.number, board.name, board.body
    FROM last_write LEFT JOIN board ON board.write > $1::bigint""",
    (0,),
)
DOCUMENT_STATEMENTS = (READ_TEXT, KEYS, READ_BOARD)


class PostgresqlDocuments:
    """The `Documents` and `Board` parts of the PostgreSQL store."""

    _exchanges: Exchanges

    def get(self, collection: str, key: str) -> Document | None:
        """Return a document; None if there is none."""
        return from_text(self.text(collection, key))

    def text(self, collection: str, key: str) -> str | None:
        """Return the JSON text of a document; None if there is none."""
        result = self._exchanges.read((READ_TEXT, (collection.encode(), key.encode())))
        body = result.get_value(0, 0) if result.ntuples else None
        return None if body is None else body.decode()

    def change(
        self, collection: str, key: str, update: Callable[[Document | None], Document | None]
    ) -> Document | None:
        """Change one document; return the stored document. `update` runs again when another has changed it meanwhile.

        An exception of `update` passes and changes nothing.
        """
        self._exchanges.check_writable()
        after = None
        for _ in retries():
            before = self.text(collection, key)
            # `update` runs without a lock or transaction; a write of its own inside would be lost if the swap fails.
            with self._exchanges.changing():
                after = to_text(update(from_text(before)))
            change = DocumentChange(collection, key, before, after)
            if after == before or self.commit(Changes(documents=[change])):
                break
        return from_text(after)

    def keys(self, collection: str, *, after: str = "", prefix: str = "", limit: int = 1000) -> Sequence[str]:
        """Return at most `limit` keys, sorted, that are greater than `after` and begin with `prefix`."""
        start = first_key(after, prefix).encode()
        result = self._exchanges.read((KEYS, (collection.encode(), start, b"%d" % limit)))
        keys = ((result.get_value(number, 0) or b"").decode() for number in range(result.ntuples))
        return list(takewhile(lambda key: key.startswith(prefix), keys))

    def rows_since(self, write: int) -> tuple[int, Mapping[str, bytes | None]]:
        """Return the number of the last write, and the rows written after `write`; None marks a deleted row."""
        result = self._exchanges.read((READ_BOARD, (b"%d" % write,)))
        get = result.get_value
        names = ((number, get(number, 1)) for number in range(result.ntuples))
        rows = {name.decode(): get(number, 2) for number, name in names if name is not None}
        return integer_of(get(0, 0)), rows

    def write_rows(self, rows: Mapping[str, bytes | None], *, seen: int) -> bool:
        """Write all rows at once if the last write is still `seen`; otherwise write nothing and return False."""
        if rows:
            return self.commit(Changes(board=rows, seen=seen))
        self._exchanges.check_writable()
        return self.rows_since(seen)[0] == seen

    def commit(self, changes: Changes) -> bool:
        """Write all changes in one transaction; at a conflict write nothing and return False."""
        raise NotImplementedError
