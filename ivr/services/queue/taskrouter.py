"""What the carrier's own router is told of a caller, where it does the matching instead of our queue. Pure."""

from __future__ import annotations

from ivr.engine.service_ports.queue import EnterQueue, QueueStatus
from ivr.flow.model import Waiting

from .agent_context import agent_context_of


def task(asked: EnterQueue, workflow: str, rules: Waiting) -> QueueStatus:
    """Return the workflow, the priority (the head start in seconds: more is more urgent) and the task's attributes."""
    context = agent_context_of("", asked)
    attributes = {
        "call": asked.call,
        "desk": asked.desk,
        "segment": context.segment,
        "priority": asked.priority,
        "language": asked.language,
        "level": asked.level,
        "name": context.name,
        "reason": context.reason,
        "path": list(context.path),
        "typed": dict(context.typed),
        "last_contacts": list(context.last_reasons),
    }
    priority = int(rules.head_start(asked.priority))
    return QueueStatus(state="router", workflow=workflow, priority=priority, task=attributes)
