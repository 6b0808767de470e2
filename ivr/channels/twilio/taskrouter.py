"""Describe a caller as a task of Twilio's TaskRouter, which can replace the engine's queue. Must not do I/O."""

from __future__ import annotations

from ivr.engine.service_ports.queue import EnterQueue, QueueStatus
from ivr.flow.waiting import Waiting
from ivr.services.queue.agent_context import agent_context_of


def task(workflow: str, question: EnterQueue, rules: Waiting) -> QueueStatus:
    """Return the workflow, the task's priority (head start in seconds; higher is more urgent) and its attributes."""
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
