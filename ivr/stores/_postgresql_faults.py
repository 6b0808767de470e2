"""Why a PostgreSQL server failed or refused, in plain words that hold no value and no password."""

from __future__ import annotations

from ivr.errors import StoreError

CONFLICT = "IV001"
"""The SQLSTATE by which our own functions say that nothing was written because of a conflict."""
TOO_MANY_CONNECTIONS = "53300"
CONFLICTS = frozenset({CONFLICT, "40001", "40P01"})
"""Conflicts of two units of work: ours, a serialisation failure, and a deadlock."""

SQLSTATE_REASONS = {
    "28000": "it refuses this user; check the user in IVR_STORE and the server's pg_hba.conf",
    "28P01": "it refuses the password of this user",
    "3D000": "there is no such database; create it first",
    "3F000": "there is no such schema; let the server start once with a user that may create it",
    "42501": "this user lacks a right; grant it as the manual says, or start once with the owner of the database",
    "25006": "it is read-only, such as a standby; name the primary, or add ?target_session_attrs=read-write",
    "53100": "its disk is full",
    "53200": "it is out of memory",
    TOO_MANY_CONNECTIONS: "it has no connection left; raise max_connections, or lower ?connections= in IVR_STORE",
    "55P03": "others have kept it locked for too long",
    "57014": "it has not answered in time",
    "57P01": "it is being stopped",
    "57P02": "it has crashed and restarts",
    "57P03": "it is starting or stopping",
}


class ServerRefused(StoreError):
    """The server refused a statement; the connection can be used again."""

    def __init__(self, shown: str, sqlstate: str) -> None:
        self.sqlstate = sqlstate
        super().__init__(
            f"PostgreSQL at {shown}: {SQLSTATE_REASONS.get(sqlstate, f'it failed with SQLSTATE {sqlstate}')}"
        )


class ServerGone(StoreError):
    """The server cannot be reached, has closed the connection or does not answer; what was sent last may be written."""

    def __init__(self, shown: str, reason: str, sqlstate: str = "") -> None:
        self.sqlstate = sqlstate
        super().__init__(f"PostgreSQL at {shown}: {SQLSTATE_REASONS.get(sqlstate, reason)}")


def reason_of(message: str) -> tuple[str, str]:
    """Return a reason and a SQLSTATE for libpq's message on a failed connection, which has no SQLSTATE of its own.

    The message itself is not shown: it may quote parameters.
    """
    for words, reason, sqlstate in _MESSAGES:
        if words in message:
            return reason, sqlstate
    return "it cannot be reached", ""


_MESSAGES = (
    ("password authentication failed", "", "28P01"),
    ("no password supplied", "it asks for a password, and neither IVR_STORE nor PGPASSFILE has one", ""),
    ("no pg_hba.conf entry", "", "28000"),
    ('role "', "there is no such user", ""),
    ("does not exist", "", "3D000"),
    ("too many clients", "", TOO_MANY_CONNECTIONS),
    ("remaining connection slots", "", TOO_MANY_CONNECTIONS),
    ("too many connections", "", TOO_MANY_CONNECTIONS),
    ("starting up", "", "57P03"),
    ("shutting down", "", "57P03"),
    ("not yet accepting", "", "57P03"),
    ("recovery", "", "57P03"),
    ("session is read-only", "", "25006"),
    ("server is in hot standby", "", "25006"),
    ("does not support SSL", "it speaks no TLS; let it, or add ?sslmode=disable on a network of your own", ""),
    ("certificate", "its certificate is not accepted; check sslmode and sslrootcert in IVR_STORE", ""),
    ("could not translate host name", "its host name is unknown", ""),
    ("Connection refused", "it cannot be reached: the connection is refused", ""),
    ("No such file", "it cannot be reached: there is no such socket", ""),
)
