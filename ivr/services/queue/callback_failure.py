"""A call back that the queue could not make, with the facts that people need to make it by hand."""

from __future__ import annotations

from dataclasses import dataclass

from ivr.calendar import local

from .agent_context import AgentContext
from .state import Waiter


@dataclass(frozen=True)
class CallbackFailure:
    """A call back for people to make. `key` names its promise; `number` is empty where only `message` contains it.

    `why` is "unreached" (called in vain `tries` times), "message" (a person must listen to it first), or "waiting" (no
    agent could be rung).
    """

    key: str
    reference: str
    by: str
    why: str
    tries: int
    desk: str
    priority: str
    language: str
    number: str
    name: str
    reason: str
    customer: str
    message: str


def callback_failure(waiter: Waiter, context: AgentContext) -> CallbackFailure:
    """Return the facts of a promised call back."""
    why = "unreached" if waiter.tries else "waiting" if context.number else "message"
    return CallbackFailure(
        key=f"{waiter.id}:{int(waiter.by)}",
        reference=waiter.reference,
        by=local(waiter.by).isoformat(timespec="minutes"),
        why=why,
        tries=waiter.tries,
        desk=waiter.desk,
        priority=waiter.priority,
        language=waiter.language,
        number=context.number,
        name=context.name,
        reason=context.reason,
        customer=context.customer,
        message=context.message,
    )
