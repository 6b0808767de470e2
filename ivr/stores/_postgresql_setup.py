"""Create and migrate the tables of a PostgreSQL store, and set up each connection to it."""

from __future__ import annotations

import time
from itertools import chain
from pathlib import Path

from ivr.errors import StoreError

from ._postgresql_address import ServerAddress
from ._postgresql_connection import ServerConnection

_LAYOUTS = Path(__file__).parent / "_postgresql_layouts"
"""Scripts `1.sql`, `2.sql` and so on, each of which leads to the layout that it is named after."""
NEWEST_LAYOUT = 2
SET_UP_SECONDS = 60.0
SETUP_LOCK = 0x69767231
"""The advisory lock under which one process at a time migrates."""

_SESSION = {
    "default_transaction_isolation": "read committed",
    "lock_timeout": "4s",
    "statement_timeout": "5s",
    "idle_in_transaction_session_timeout": "15s",
    "tcp_keepalives_idle": "5",
    "tcp_keepalives_interval": "2",
    "tcp_keepalives_count": "3",
    "tcp_user_timeout": "10s",
    "plan_cache_mode": "force_generic_plan",
    "jit": "off",
}
"""The settings of each session. A machine that is switched off loses its leases by the keepalives."""


def set_up_session(connection: ServerConnection, address: ServerAddress, until: float) -> None:
    """Set the time-outs and the schema of a connection."""
    settings = {**_SESSION, "search_path": f"{address.schema}, pg_catalog"}
    if address.synchronous_commit:
        settings["synchronous_commit"] = address.synchronous_commit
    calls = ", ".join(f"set_config(${n}, ${n + 1}, false)" for n in range(1, 2 * len(settings), 2))
    connection.run(f"SELECT {calls}", until, [text.encode() for text in chain.from_iterable(settings.items())])


def layout_of(connection: ServerConnection, schema: str, until: float) -> int:
    """Return the layout of the tables; 0 if there are none."""
    (table,) = connection.run("SELECT to_regclass($1)::text", until, [f"{schema}.layout".encode()])
    if table[0] is None:
        return 0
    (row,) = connection.run(f"SELECT version FROM {schema}.layout", until)  # noqa: S608  # of letters and digits
    return int.from_bytes(row[0] or b"", "big")


def migrate(connection: ServerConnection, address: ServerAddress) -> None:
    """Create the tables, or bring them up to date. Raises StoreError for tables of a newer version.

    The lock is that of the session, so that what another process has created is seen once it is held.
    """
    until = time.monotonic() + SET_UP_SECONDS
    # The usual case needs no lock, so that a hundred workers that start together do not wait for each other.
    if _current(connection, address, until) == NEWEST_LAYOUT:
        return
    connection.run_script(f"SET lock_timeout = '30s'; SET statement_timeout = 0; {_LOCK}", until)
    # Read again under the lock: another process may have migrated while this one waited.
    layout = _current(connection, address, until)
    if layout < NEWEST_LAYOUT:
        # CREATE SCHEMA IF NOT EXISTS needs the right to create one even where it exists, which a prepared user lacks.
        (schema,) = connection.run("SELECT to_regnamespace($1)::text", until, [address.schema.encode()])
        create = f"CREATE SCHEMA {address.schema};" if schema[0] is None else ""
        scripts = [(_LAYOUTS / f"{number}.sql").read_text("utf-8") for number in range(layout + 1, NEWEST_LAYOUT + 1)]
        # One transaction: a server that stops in the middle leaves no half of a layout.
        connection.run_script("\n".join(["BEGIN;", create, *scripts, "COMMIT;"]), until)


def _current(connection: ServerConnection, address: ServerAddress, until: float) -> int:
    layout = layout_of(connection, address.schema, until)
    if layout > NEWEST_LAYOUT:
        raise StoreError(
            f"PostgreSQL at {address.shown}: schema {address.schema} was written by a newer version of ivr;"
            " install that version or name another schema"
        )
    return layout


_LOCK = f"SELECT pg_advisory_lock({SETUP_LOCK})"
