"""Read the address of a PostgreSQL store. The password in it never reaches a text that is shown."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from urllib.parse import parse_qsl, urlencode, urlsplit

from ivr.errors import SettingsError

DEFAULT_SCHEMA = "ivr"
DEFAULT_CONNECTIONS = 64
"""As many as a worker of `ivr serve` has threads: a turn that waits for the bank keeps its connection. Connections are
opened when they are needed, so that a worker usually has a few."""
SAMPLE = "postgresql://ivr@db.example.com:5432/ivr"

_OWN = ("schema", "synchronous_commit", "connections")
_SECRETS = ("password", "sslpassword")
_SYNCHRONOUS = ("on", "off", "local", "remote_write", "remote_apply")
_LOCAL = ("", "localhost", "127.0.0.1", "::1")
_KEEPALIVE = {"keepalives": "1", "keepalives_idle": "5", "keepalives_interval": "2", "keepalives_count": "3"}
_ALWAYS = {"client_encoding": "UTF8", **_KEEPALIVE, "tcp_user_timeout": "5000"}
"""A server that is switched off is noticed within some eleven seconds, also by a connection that waits for nothing."""


@dataclass(frozen=True)
class ServerAddress:
    """Where the store is: libpq's parameters, one set for each host, and options of our own.

    `shown` names host and database, without user and password. `synchronous_commit` is "" where the server decides.
    """

    shown: str
    attempts: Sequence[Mapping[str, str]] = field(repr=False)
    schema: str = DEFAULT_SCHEMA
    synchronous_commit: str = ""
    connections: int = DEFAULT_CONNECTIONS


def split_options(url: str) -> tuple[str, dict[str, str]]:
    """Split a URL into what libpq reads and our own options. Raises SettingsError for a secret in the query."""
    try:
        parts = urlsplit(url)
        query = parse_qsl(parts.query, keep_blank_values=True, strict_parsing=bool(parts.query))
    except ValueError:
        raise SettingsError(_unreadable()) from None
    if parts.fragment or any(name in _SECRETS for name, _ in query):
        raise SettingsError(
            "the password of a PostgreSQL address stands before the @, with special characters as %2F and the like;"
            " or leave it out and name a file in PGPASSFILE"
        )
    own = {name: value for name, value in query if name in _OWN}
    rest = [(name, value) for name, value in query if name not in _OWN]
    plain = url.partition("?")[0]
    return f"{plain}?{urlencode(rest)}" if rest else plain, own


def address_of(parameters: Mapping[str, str], options: Mapping[str, str]) -> ServerAddress:
    """Return the address of libpq's parameters and our own options. Raises SettingsError for a wrong option."""
    schema = options.get("schema", DEFAULT_SCHEMA)
    if not re.fullmatch(r"[a-z_][a-z0-9_]{0,62}", schema):
        raise SettingsError("?schema= of a PostgreSQL address takes small letters, digits and _, at most 63")
    synchronous = options.get("synchronous_commit", "")
    if synchronous and synchronous not in _SYNCHRONOUS:
        raise SettingsError(f"?synchronous_commit= of a PostgreSQL address is one of {', '.join(_SYNCHRONOUS)}")
    connections = options.get("connections", str(DEFAULT_CONNECTIONS))
    if not re.fullmatch(r"[1-9][0-9]{0,3}", connections):
        raise SettingsError("?connections= of a PostgreSQL address is the most connections of one process, 1 to 9999")
    attempts = [_with_defaults(of_host) for of_host in _of_each_host(parameters)]
    database = parameters.get("dbname") or parameters.get("user", "")
    hosts = ",".join(_shown_host(attempt) for attempt in attempts)
    return ServerAddress(f"{hosts}/{database}", attempts, schema, synchronous, int(connections))


def _of_each_host(parameters: Mapping[str, str]) -> list[dict[str, str]]:
    """Split several hosts, so that one that does not answer leaves time for the next."""
    hosts = (parameters.get("host") or parameters.get("hostaddr", "")).split(",")
    result = []
    for number in range(len(hosts)):
        of_host = dict(parameters)
        for name in ("host", "hostaddr", "port"):
            values = parameters.get(name, "").split(",")
            if len(values) not in (1, len(hosts)):
                raise SettingsError(_unreadable())
            of_host[name] = values[number] if len(values) > 1 else values[0]
        if not of_host["port"].isdecimal() and of_host["port"]:
            raise SettingsError(_unreadable())
        result.append({name: value for name, value in of_host.items() if value})
    return result


def _with_defaults(parameters: Mapping[str, str]) -> dict[str, str]:
    """Add what the address leaves open. A host that is not this machine is spoken to over TLS."""
    host = parameters.get("host") or parameters.get("hostaddr", "")
    near = host in _LOCAL or host.startswith("/")
    # libpq would try GSS encryption first where this machine has Kerberos credentials, at the cost of a round trip.
    defaults = {
        **_ALWAYS, "application_name": "ivr", "gssencmode": "disable", "sslmode": "prefer" if near else "require"
    }  # fmt: skip
    # Options of the address go before: an operator may write sslmode=disable for a network of the bank's own.
    return {**defaults, **parameters}


def _shown_host(parameters: Mapping[str, str]) -> str:
    host = parameters.get("host") or parameters.get("hostaddr") or "localhost"
    return f"{host}:{parameters['port']}" if "port" in parameters else host


def _unreadable() -> str:
    return f"a PostgreSQL address is {SAMPLE}, with special characters of a password written as %2F and the like"
