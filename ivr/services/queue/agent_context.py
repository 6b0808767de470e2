"""The context of a caller for the agent, kept sealed: no name, number or reason can be read from the store alone."""

from __future__ import annotations

from typing import Any

import msgspec

from ivr.crypto import Seal
from ivr.engine.service_ports.field_types import entries
from ivr.engine.service_ports.queue import MOST_NOTES, AboutCaller, PromiseCallback
from ivr.secret import Secret


class AgentContext(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """The caller and the reason of the call. `typed` holds masked entries, `message` the URL of a recorded message."""

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


def agent_context_of(number: str, asked: AboutCaller[Any]) -> AgentContext:
    """Return the context of a caller from a question of a flow."""
    return AgentContext(
        number=number,
        called=asked.called,
        name=asked.name,
        customer=asked.customer,
        segment=asked.segment,
        reason=asked.reason,
        message=asked.message if isinstance(asked, PromiseCallback) else "",
        path=asked.context.path,
        typed=asked.context.typed,
        last_reasons=asked.context.last_reasons,
    )


def retold(context: AgentContext, before: AgentContext) -> AgentContext:
    """Add reason, message and entries of an earlier wait, which callers need not repeat, but no proved identity."""
    return msgspec.structs.replace(
        context,
        reason=context.reason or before.reason,
        message=context.message or before.message,
        path=(*before.path, *context.path)[-MOST_NOTES:],
        typed=entries({**before.typed, **context.typed}, most=MOST_NOTES),
    )


def seal_context(context: AgentContext, by: Seal) -> str:
    """Seal a context."""
    return by.seal(Secret("id", msgspec.json.encode(context).decode()))


def unseal_context(text: str, by: Seal) -> AgentContext:
    """Open a sealed context. Raises StoreError for one that was sealed with another key."""
    return msgspec.json.decode(by.open(text).reveal(), type=AgentContext) if text else AgentContext()


def mark_of(number: str, by: Seal) -> str:
    """Return the fingerprint of a number, which cannot be reversed; empty for a withheld number."""
    return by.fingerprint(b"queue number\0" + number.encode()) if number else ""
