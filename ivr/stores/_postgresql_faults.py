"""Why a PostgreSQL server failed or refused, in plain words that hold no value and no password."""

from __future__ import annotations

from ivr.errors import StoreBusy, StoreError

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

SOON = frozenset({"25006", TOO_MANY_CONNECTIONS, "53200", "55P03", "57014", "57P01", "57P02", "57P03"})
"""Refusals that pass: callers wait for a moment instead of hearing an apology."""
ENDS = frozenset({"25006", "57P01", "57P02", "57P03"})
"""Refusals after which the connection is of no use, as that to a primary that has become a standby."""


class ServerRefused(StoreError):
    """The server refused a statement; the connection can be used again."""

    def __init__(self, shown: str, sqlstate: str) -> None:
        self.sqlstate = sqlstate
        super().__init__(
            f"PostgreSQL at {shown}: {SQLSTATE_REASONS.get(sqlstate, f'it failed with SQLSTATE {sqlstate}')}"
        )


class ServerBusy(ServerRefused, StoreBusy):
    """The server refused a statement, but may take it soon."""


class ServerGone(StoreBusy):
    """The server cannot be reached, has closed the connection or does not answer; what was sent last may be written."""

    def __init__(self, shown: str, reason: str, sqlstate: str = "") -> None:
        self.sqlstate = sqlstate
        super().__init__(f"PostgreSQL at {shown}: {SQLSTATE_REASONS.get(sqlstate, reason)}")


def refusal(shown: str, sqlstate: str) -> ServerRefused:
    """Return the exception for a statement that the server refused."""
    return (ServerBusy if sqlstate in SOON else ServerRefused)(shown, sqlstate)


def failed_connection(shown: str, message: str) -> ServerRefused | ServerGone | StoreError:
    """Return the exception for libpq's message on a failed connection, which has no SQLSTATE of its own.

    The message itself is not shown: it may quote parameters.
    """
    for words, reason, sqlstate in _MESSAGES:
        if words in message:
            if sqlstate:
                return ServerGone(shown, "", sqlstate) if sqlstate in SOON else ServerRefused(shown, sqlstate)
            return StoreError(f"PostgreSQL at {shown}: {reason}")
    for words, reason in _UNREACHABLE.items():
        if words in message:
            return ServerGone(shown, f"it cannot be reached: {reason}")
    return ServerGone(shown, "it cannot be reached")


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
)
_UNREACHABLE = {
    "Connection refused": "the connection is refused",
    "No such file": "there is no such socket",
    "could not translate host name": "its host name is unknown",
    "Connection timed out": "it does not answer",
}
