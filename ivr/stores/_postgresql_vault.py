"""A vault in an unlogged table: PostgreSQL writes none of it into its log, its base backups or its standbys."""

from __future__ import annotations

from ._postgresql_calls import integer_of
from ._postgresql_connection import Statement
from ._postgresql_thread import Exchanges

PUT_ENTRY = Statement(
    b"vault_put",
    b"""INSERT INTO vault VALUES ($1::bytea, $2::double precision, $3::bytea)
    ON CONFLICT (key) DO UPDATE SET until = excluded.until, data = excluded.data""",
    (1, 0, 1),
)
READ_ENTRY = Statement(b"vault_read", b"SELECT data FROM vault WHERE key = $1::bytea", (1,))
DROP_ENTRY = Statement(b"vault_drop", b"DELETE FROM vault WHERE key = $1::bytea", (1,))
DROP_OLD_ENTRIES = Statement(
    b"vault_expired",
    b"""WITH gone AS (DELETE FROM vault WHERE until <= $1::double precision RETURNING 1)
    SELECT count(*) FROM gone""",
    (0,),
)
VAULT_STATEMENTS = (PUT_ENTRY, READ_ENTRY, DROP_ENTRY, DROP_OLD_ENTRIES)


class TableVault:
    """The Vault of a PostgreSQL store. It is empty after a crash or a failover; callers then type again."""

    def __init__(self, exchanges: Exchanges) -> None:
        self._exchanges = exchanges

    def put(self, key: str, data: bytes, until: float) -> None:
        """Keep an entry until a Unix time. Raises StoreError."""
        self._exchanges.check_writable()
        self._exchanges.write((PUT_ENTRY, (key.encode(), b"%r" % until, data)))

    def read(self, key: str) -> bytes | None:
        """Return an entry; None if there is none. Raises StoreError."""
        result = self._exchanges.read((READ_ENTRY, (key.encode(),)))
        return result.get_value(0, 0) if result.ntuples else None

    def drop(self, key: str) -> None:
        """Erase an entry, if there is one. Raises StoreError."""
        self._exchanges.check_writable()
        self._exchanges.write((DROP_ENTRY, (key.encode(),)))

    def drop_expired(self, now: float) -> int:
        """Erase the entries that have ended; return their number. Raises StoreError."""
        self._exchanges.check_writable()
        return integer_of(self._exchanges.write((DROP_OLD_ENTRIES, (b"%r" % now,))).get_value(0, 0))
