"""Suspend a turn at a question: the engine returns it as a value, and goes on when it is handed the answer.

Why greenlets: a step asks in the middle of its work, as if it called a function. With generators every function
between the step and the engine would have to yield; run again from its beginning, a turn with six questions would be
run seven times. SQLAlchemy bridges to asyncio in the same way.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Generic, TypeVar

import greenlet

from ivr.errors import LookupFailed

from .service_ports.question import Answer, Question

T = TypeVar("T")


@dataclass(frozen=True)
class BankQuestion:
    """A question to the bank. `fields` may hold secrets; `deadline` is in seconds."""

    source: str
    fields: Mapping[str, Any] = field(repr=False)
    deadline: float


AnyQuestion = Question[Any] | BankQuestion
AnyAnswer = Answer | Mapping[str, Any] | LookupFailed
"""What a turn gets for its question: the answer, or why there is none."""


@dataclass(frozen=True, eq=False)
class Ask(Generic[T]):
    """A turn that waits for the answer to `question`. It goes on once, in the thread that began it.

    `key` is the same when the same turn is run again, so that a back end can refuse to act twice.
    """

    question: AnyQuestion
    key: str
    _turn: greenlet.greenlet = field(repr=False)

    def answered(self, answer: AnyAnswer) -> T | Ask[T]:
        """Go on with the answer; return what the turn ends in, or its next question."""
        self._turn.parent = greenlet.getcurrent()
        outcome: T | Ask[T] = _outcome(self._turn, self._turn.switch(answer))
        return outcome


class _Suspendable(greenlet.greenlet):
    """The greenlet of a turn, told from those of other libraries."""


def run(turn: Callable[[], T]) -> T | Ask[T]:
    """Run a turn up to its end or its first question. What it raises is raised here."""
    suspendable = _Suspendable(turn)
    outcome: T | Ask[T] = _outcome(suspendable, suspendable.switch())
    return outcome


def ask(question: AnyQuestion, key: str) -> Any:
    """Suspend the turn that runs until it has the answer. Raises LookupFailed."""
    turn = greenlet.getcurrent()
    if not isinstance(turn, _Suspendable) or turn.parent is None:
        raise LookupFailed("nothing can be asked outside of a turn")
    answer = turn.parent.switch((question, key))
    if isinstance(answer, LookupFailed):
        raise answer
    return answer


def answer_all(outcome: T | Ask[T], answer: Callable[[Ask[T]], AnyAnswer]) -> T:
    """Answer every question of a turn; return what it ends in. `answer` may raise LookupFailed."""
    while isinstance(outcome, Ask):
        try:
            value = answer(outcome)
        except LookupFailed as failed:
            value = failed
        outcome = outcome.answered(value)
    return outcome


def _outcome(turn: greenlet.greenlet, value: Any) -> Any:
    if turn.dead:
        return value
    question, key = value
    return Ask(question, key, turn)
