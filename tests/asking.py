"""Asks a service of our own by the names that flows use, and tells its answer as flows read it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ivr.engine.asking import Ask
from ivr.engine.engine import Reply
from ivr.engine.service_ports import QUESTIONS
from ivr.engine.service_ports.question import Answer, read_question
from ivr.engine.service_ports.queue import QueueStatus
from ivr.errors import LookupFailed

_OF_STATE = {
    "wait": ("position", "minutes", "longer", "due", "piece", "call_back"),
    "ring": ("agent", "number", "leg", "timeout", "record"),
    "direct": ("number", "timeout"),
    "talked": ("agent", "seconds"),
    "router": ("workflow", "priority", "task"),
}
"""The fields that mean something in a state of the queue."""


def ask(service: Any, source: str, given: Mapping[str, Any], *, key: str, now: float) -> dict[str, Any]:
    """Ask `service` the question `source`, such as tickets.open, with the fields `given`."""
    if source not in QUESTIONS:
        raise LookupFailed("no such question")
    question = read_question(QUESTIONS[source], given)
    return read_answer(getattr(service, source.partition(".")[2])(question, key=key, now=now))


def read_answer(answer: Answer) -> dict[str, Any]:
    """Return the fields of an answer; of a queue's, those of its state, and none for a caller who has left."""
    if not isinstance(answer, QueueStatus):
        return answer.values()
    told = {name: getattr(answer, name) for name in _OF_STATE.get(answer.state, ())}
    return {"state": answer.state, **told} if answer.state != "left" else {}


def no_answer(_: Ask[Reply]) -> LookupFailed:
    """Answer a question of a turn as if there were no bank and no service."""
    return LookupFailed("there is no back end here", missing=True)


def no_bank(source: str, question: Mapping[str, Any], *, deadline: float, key: str) -> Mapping[str, Any]:
    """Stand for a bank that knows nothing."""
    raise LookupFailed("there is no bank here", missing=True)
