"""What TaskRouter is told of a caller, where it does the matching instead of our queue. Pure."""

from __future__ import annotations

from ivr.engine.service_ports.queue import EnterQueue, QueueStatus
from ivr.flow.model import Waiting
from ivr.services.queue.agent_context import agent_context_of


def task(workflow: str, question: EnterQueue, rules: Waiting) -> QueueStatus:
    """Return the workflow, the priority (the head start in seconds: more is more urgent) and the task's attributes."""
    context = agent_context_of("", question)
    attributes = {
        "call": question.call,
        "desk": question.desk,
        "segment": context.segment,
        "priority": question.priority,
        "language": question.language,
        "level": question.level,
        "name": context.name,
        "reason": context.reason,
        "path": list(context.path),
        "typed": dict(context.typed),
        "last_contacts": list(context.last_reasons),
    }
    priority = int(rules.head_start(question.priority))
    return QueueStatus(state="router", workflow=workflow, priority=priority, task=attributes)
