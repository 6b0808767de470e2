"""What the agent is to know of a caller, kept sealed: a store file alone tells no name, number or reason."""

from __future__ import annotations

from typing import Any

import msgspec

from ..sealing import Seal
from ..secret import Secret

MOST = 40
"""Entries of the path, of what was typed and of earlier contacts that go along; the newest ones."""
LONGEST = 200


class Context(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """Who calls and why. `typed` holds masked entries only; `more` is what else the flow gave along."""

    number: str = ""
    name: str = ""
    reason: str = ""
    path: tuple[str, ...] = ()
    typed: dict[str, str] = {}
    contacts: tuple[str, ...] = ()
    more: dict[str, Any] = {}


def context_of(number: str, name: str, reason: str, given: dict[str, Any]) -> Context:
    """Gather what a flow tells. Values that cannot be kept, such as secrets, are left out."""
    path, typed, contacts = given.get("path"), given.get("typed"), given.get("contacts")
    more = {key: value for key, value in given.items() if key not in ("path", "typed", "contacts")}
    return Context(
        number=number,
        name=name[:LONGEST],
        reason=reason[:LONGEST],
        path=_texts(path),
        typed={str(key)[:LONGEST]: value[:LONGEST] for key, value in _pairs(typed) if isinstance(value, str)},
        contacts=_texts(contacts),
        more={key: value for key, value in more.items() if isinstance(value, str | int) and len(str(value)) <= LONGEST},
    )


def seal(context: Context, by: Seal) -> str:
    """Seal a context."""
    return by.seal(Secret("id", msgspec.json.encode(context).decode()))


def unseal(text: str, by: Seal) -> Context:
    """Open a context again. Raises StoreError for one that was sealed with another key."""
    return msgspec.json.decode(by.open(text).reveal(), type=Context) if text else Context()


def mark_of(number: str, by: Seal) -> str:
    """Return what stands for a number; it tells the number to nobody."""
    return by.fingerprint(b"queue number\0" + number.encode()) if number else ""


def _texts(values: Any) -> tuple[str, ...]:
    found = values if isinstance(values, list | tuple) else ()
    return tuple(value[:LONGEST] for value in found if isinstance(value, str))[-MOST:]


def _pairs(values: Any) -> list[tuple[Any, Any]]:
    return list(values.items())[-MOST:] if isinstance(values, dict) else []
