"""Answers the questions of one turn: from the bank within the deadline, or from our own services in a unit of work."""

from __future__ import annotations

from collections.abc import Callable

from ivr.engine.asking import AnyAnswer, Ask, BankLookup
from ivr.engine.engine import Reply
from ivr.engine.service_ports import ServicePorts
from ivr.engine.service_ports.question import Answer
from ivr.errors import LookupFailed
from ivr.services.router import Router, answer
from ivr.stores import UnitOfWork
from ivr.telemetry.tracing import traced

ASKING_SECONDS = 2.0
"""The time for all questions of one turn together: the caller must hear the reply within three seconds."""
_NOT_WORTH_ASKING = 0.05
_TIME_FOR_THE_BANK = 1.0
"""The least seconds for a further question to the bank: with less it is asked in the next turn, which has its own."""


class ConflictError(Exception):
    """Another unit of work has changed the same data; the turn must be run again in a new unit."""


class Answers:
    """The answers to one request's questions. All attempts at its turn together ask the bank each question once.

    `timer` counts seconds; the time begins with the first question.
    """

    def __init__(self, back_ends: Router, now: float, timer: Callable[[], float]) -> None:
        self._back_ends, self._now, self._timer = back_ends, now, timer
        self._bank: list[tuple[str, BankLookup, AnyAnswer]] = []
        self._until: float | None = None
        self.exchanges: list[tuple[str, AnyAnswer]] = []
        """Each question of the newest attempt, by name, with its answer."""

    def within(self, unit: UnitOfWork) -> Callable[[Ask[Reply]], AnyAnswer]:
        """Return the function that answers the questions of one attempt. It raises ConflictError."""
        services: ServicePorts | None = None
        exchanges = self.exchanges = []

        def answer_to(ask: Ask[Reply]) -> AnyAnswer:
            try:
                with traced("question", **{"ivr.question": ask.question.source}):
                    result = answer_question(ask)
            except LookupFailed as failed:
                result = failed
            exchanges.append((ask.question.source, result))
            return result

        def answer_question(ask: Ask[Reply]) -> AnyAnswer:
            nonlocal services
            question = ask.question
            if isinstance(question, BankLookup):
                return self._of_bank(unit, question, ask)
            # Made at the first question: most turns of a menu ask none of our own services.
            services = services or self._back_ends.within(unit)
            with unit.waiting(min(ask.deadline, self._left())):
                own: Answer = answer(services, question, key=ask.key, now=self._now)
            # A try must be counted before its answer is checked; a caller who hangs up in between has used it all the
            # same.
            if question.commits_first and not unit.commit():
                raise ConflictError
            return own

        return answer_to

    def _of_bank(self, unit: UnitOfWork, question: BankLookup, ask: Ask[Reply]) -> AnyAnswer:
        # A turn that is run again after a conflict must not ask the bank twice: a transfer would be made twice, and the
        # time for questions is over.
        for key, asked, before in self._bank:
            if key == ask.key and asked == question:
                return before
        # No transaction may stay open while the bank takes its time: SQLite's log would grow, PostgreSQL ends an idle
        # one.
        unit.pause()
        result = self._ask_bank(question, ask)
        self._bank.append((ask.key, question, result))
        return result

    def _ask_bank(self, question: BankLookup, ask: Ask[Reply]) -> AnyAnswer:
        try:
            seconds = min(ask.deadline, self._left())
            if seconds < min(ask.deadline, _TIME_FOR_THE_BANK):
                raise LookupFailed("earlier questions of this turn took too long", later=True)
            return self._back_ends(question.source, question.fields, deadline=seconds, key=ask.key)
        except LookupFailed as failed:
            return failed

    def _left(self) -> float:
        """Return the seconds that are left for questions. Raises LookupFailed when too few are left."""
        if self._until is None:
            self._until = self._timer() + ASKING_SECONDS
        if (left := self._until - self._timer()) < _NOT_WORTH_ASKING:
            raise LookupFailed("earlier questions of this turn took all the time there is", later=True)
        return left
