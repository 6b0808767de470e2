"""A call back that the queue could not make, with the facts that people need to make it by hand."""

from __future__ import annotations

from dataclasses import dataclass

from .agent_context import AgentContext
from .callback_log import promise_key
from .state import Waiter


@dataclass(frozen=True)
class CallbackFailure:
    """A call back for people to make. `key` names its promise, `promise` its row in the log; `by` is a Unix time.

    `call` asked for it; `number` is empty where only `message` contains it.

    `why` is "unreached" (called in vain `tries` times), "message" (a person must listen to it first), or "waiting" (no
    agent could be rung).
    """

    key: str
    promise: str
    call: str
    reference: str
    by: int
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
        # With the time: a caller who calls again gets a new promise under the same id.
        key=f"{waiter.id}:{int(waiter.by)}",
        promise=promise_key(waiter),
        call=waiter.call,
        reference=waiter.reference,
        by=int(waiter.by),
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
