"""What the agent is to know of a caller, kept sealed: a store file alone tells no name, number or reason."""

from __future__ import annotations

from typing import Any

import msgspec

from ivr.crypto import Seal
from ivr.engine.service_ports.field_types import entries
from ivr.engine.service_ports.queue import MOST_NOTES, AboutCaller, PromiseCallback
from ivr.secret import Secret


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


def agent_context_of(number: str, asked: AboutCaller[Any]) -> AgentContext:
    """Gather what a flow tells of a caller."""
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
    """Add what the same caller told in an earlier wait, so that nobody tells it twice; what was proved then is not."""
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
    """Open a context again. Raises StoreError for one that was sealed with another key."""
    return msgspec.json.decode(by.open(text).reveal(), type=AgentContext) if text else AgentContext()


def mark_of(number: str, by: Seal) -> str:
    """Return what stands for a number; it tells the number to nobody."""
    return by.fingerprint(b"queue number\0" + number.encode()) if number else ""
