"""Suspend a turn at a question: the engine returns it as a value, and resumes the turn with the answer.

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

_T = TypeVar("_T")


@dataclass(frozen=True)
class BankLookup:
    """A question to the bank. `fields` may hold secrets."""

    source: str
    fields: Mapping[str, Any] = field(repr=False)


AnyQuestion = Question[Any] | BankLookup
AnyAnswer = Answer | Mapping[str, Any] | LookupFailed
"""The answer to a question, or the error why there is none."""


@dataclass(frozen=True, eq=False)
class Ask(Generic[_T]):
    """A turn that waits for the answer to `question`. It is resumed once, in the thread that began it.

    `key` is the same when the same turn is run again, so that a back end can refuse to act twice. The answer may take
    `deadline` seconds.
    """

    question: AnyQuestion
    key: str
    deadline: float
    _turn: greenlet.greenlet = field(repr=False)

    def answered(self, answer: AnyAnswer) -> _T | Ask[_T]:
        """Resume the turn with the answer; return its result or its next question."""
        # A greenlet switches to its parent when it ends. One that is resumed from another greenlet than began it would
        # otherwise hand its result to the first one.
        self._turn.parent = greenlet.getcurrent()
        outcome: _T | Ask[_T] = _outcome(self._turn, self._turn.switch(answer))
        return outcome


class _Suspendable(greenlet.greenlet):
    """The greenlet of a turn; the class distinguishes it from those of other libraries."""


def run_turn(turn: Callable[[], _T]) -> _T | Ask[_T]:
    """Run a turn up to its end or its first question. Its exceptions pass."""
    suspendable = _Suspendable(turn)
    outcome: _T | Ask[_T] = _outcome(suspendable, suspendable.switch())
    return outcome


def ask(question: AnyQuestion, key: str, deadline: float) -> Any:
    """Suspend the current turn until it has the answer. Raises LookupFailed, also outside of a turn."""
    turn = greenlet.getcurrent()
    # `parent` is None in the main greenlet. The class is compared because gevent and SQLAlchemy have greenlets, too: a
    # question must never be switched into one of theirs.
    if not isinstance(turn, _Suspendable) or turn.parent is None:
        raise LookupFailed("nothing can be asked outside of a turn")
    asker = turn.parent
    del turn  # a suspended greenlet whose own frames hold it is never freed
    answer = asker.switch((question, key, deadline))
    if isinstance(answer, LookupFailed):
        raise answer
    return answer


def answer_all(outcome: _T | Ask[_T], answer: Callable[[Ask[_T]], AnyAnswer]) -> _T:
    """Answer every question of a turn; return its result. `answer` may raise LookupFailed."""
    while isinstance(outcome, Ask):
        try:
            value = answer(outcome)
        except LookupFailed as failed:
            value = failed
        outcome = outcome.answered(value)
    return outcome


def _outcome(turn: greenlet.greenlet, value: Any) -> Any:
    # A greenlet that has ended passes its return value to `switch`; one that is suspended passes its question.
    if turn.dead:
        return value
    question, key, deadline = value
    return Ask(question, key, deadline, turn)
