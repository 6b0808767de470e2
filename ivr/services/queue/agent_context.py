"""What the agent is to know of a caller, kept sealed: a store file alone tells no name, number or reason."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import msgspec

from ivr.crypto import Seal
from ivr.secret import Secret

_MOST = 40
"""Entries of the path, of what was typed and of earlier contacts that go along; the newest ones."""
_LONGEST = 200
LONGEST_ADDRESS = 500


class AgentContext(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """Who calls and why. `typed` holds masked entries only, `message` the address of what the caller left on tape."""

    number: str = ""
    called: str = ""
    name: str = ""
    customer: str = ""
    segment: str = ""
    reason: str = ""
    message: str = ""
    path: tuple[str, ...] = ()
    typed: dict[str, str] = {}
    last_reasons: tuple[str, ...] = ()


def agent_context_of(number: str, told: Mapping[str, str | None], given: Mapping[str, Any] | None) -> AgentContext:
    """Gather what a flow tells. What cannot be kept, such as a secret, is left out."""
    given = given or {}
    texts = {name: (told.get(name) or "")[:_LONGEST] for name in ("called", "name", "customer", "segment", "reason")}
    return AgentContext(
        number=number,
        message=(told.get("message") or "")[:LONGEST_ADDRESS],
        path=_texts(given.get("path")),
        typed=_entries(given.get("typed")),
        last_reasons=_texts(given.get("last_reasons")),
        **texts,
    )


def retold(told: AgentContext, before: AgentContext) -> AgentContext:
    """Add what the same caller told in an earlier wait, so that nobody tells it twice; what was proved then is not."""
    return msgspec.structs.replace(
        told,
        reason=told.reason or before.reason,
        message=told.message or before.message,
        path=(*before.path, *told.path)[-_MOST:],
        typed=_entries({**before.typed, **told.typed}),
    )


def seal_context(context: AgentContext, by: Seal) -> str:
    """Seal a context."""
    return by.seal(Secret("id", msgspec.json.encode(context).decode()))


def unseal_context(text: str, by: Seal) -> AgentContext:
    """Open a context again. Raises StoreError for one that was sealed with another key."""
    return msgspec.json.decode(by.open(text).reveal(), type=AgentContext) if text else AgentContext()


def mark_of(number: str, by: Seal) -> str:
    """Return what stands for a number; it tells the number to nobody."""
    return by.fingerprint(b"queue number\0" + number.encode()) if number else ""


def _texts(values: Any) -> tuple[str, ...]:
    found = values if isinstance(values, list | tuple) else ()
    return tuple(value[:_LONGEST] for value in found if isinstance(value, str))[-_MOST:]


def _entries(values: Any) -> dict[str, str]:
    found = list(values.items())[-_MOST:] if isinstance(values, Mapping) else []
    return {str(name)[:_LONGEST]: value[:_LONGEST] for name, value in found if isinstance(value, str)}
