"""The screen pop: a caller for the agents' software while the telephone rings. Numbers and entries are masked."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ivr.calendar import local

from .agent_context import AgentContext
from .state import Agent, Offer, Waiter


def screen(offer: Offer, waiter: Waiter, agent: Agent | None, context: AgentContext) -> Mapping[str, Any]:
    """Return the facts of a caller to show: the last digits of the number, and masked entries."""
    return {
        "event": "ringing",
        "call": waiter.id,
        "leg": offer.id,
        "agent": offer.agent,
        "agent_number": agent.number if agent else "",
        "desk": offer.desk,
        "call_back": waiter.calls_back,
        "name": context.name,
        "number_tail": context.number[-4:],
        "customer": context.customer,
        "segment": context.segment,
        "priority": waiter.priority,
        "language": waiter.language,
        "level": waiter.level,
        "reason": context.reason,
        "path": list(context.path),
        "last_contacts": list(context.last_reasons),
        "typed": dict(context.typed),
        "message": context.message,
        "waited": int(max(0.0, offer.made - waiter.entered)),
        "at": local(offer.made).isoformat(timespec="seconds"),
    }
