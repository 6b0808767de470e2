"""The registry of our own services: one attribute for each port."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from functools import cached_property
from typing import Self

from ivr.crypto import Seal
from ivr.engine.service_ports import Asker, ServicePorts
from ivr.engine.service_ports.sms import SendMessage
from ivr.errors import LookupFailed
from ivr.flow.phrasebook import Phrasebooks
from ivr.settings import Settings
from ivr.stores import Store, UnitOfWork, in_one_commit

from .announcements import Announcements
from .dropped_calls import DroppedCalls
from .identity import IdentityService, Limits, chosen_limits
from .identity.risk import Risks
from .preferences import Preferences
from .queue.callback_failure import CallbackFailure
from .queue.service import Queue
from .sms import Messages, Rules, SmsSender, open_messages
from .surveys import Surveys
from .tasks import NewTask, Tasks
from .tickets.service import Tickets


@dataclass(frozen=True)
class OwnServices:
    """The parts from which our own services are made for each unit of work. All their state is in the store.

    `sender` sends text messages by the carrier; without it they stay in the store's outbox.
    """

    seal: Seal
    queue: Queue
    announcements: Announcements
    sender: SmsSender | None = None
    limits: Limits = Limits()
    texts: Rules = Rules()

    @classmethod
    def of(
        cls, settings: Settings, seal: Seal, queue: Queue, announcements: Announcements, sender: SmsSender | None
    ) -> Self:
        """Return the services of a deployment, with the limits that it has chosen."""
        texts = Rules(an_hour=settings.texts_an_hour)
        return cls(seal, queue, announcements, sender, chosen_limits(settings), texts)

    def within(self, unit: UnitOfWork) -> ServicePorts:
        """Return the services over a unit of work, which they read and change but do not commit."""
        return _UnitServices(self, unit)

    def troubles(self) -> Mapping[str, str]:
        """Report the service "sms" when no text message leaves this machine."""
        return {} if self.sender else {"sms": "messages stay in the outbox, so one-time codes reach no caller"}


class _UnitServices:
    """The services of one unit of work, each made at its first question: most turns ask one service or none."""

    def __init__(self, own: OwnServices, unit: UnitOfWork) -> None:
        self._own, self._unit = own, unit

    @cached_property
    def identity(self) -> IdentityService:
        return IdentityService(self._unit, self._own.limits, seal=self._own.seal, messenger=self.sms)

    @cached_property
    def risk(self) -> Risks:
        return Risks(self._unit, self._own.seal)

    @cached_property
    def sms(self) -> Messages:
        return open_messages(self._unit, self._own.seal, self._own.sender, rules=self._own.texts)

    @cached_property
    def tickets(self) -> Tickets:
        return Tickets(self._unit, self._own.seal)

    @cached_property
    def survey(self) -> Surveys:
        return Surveys(self._unit)

    @cached_property
    def memory(self) -> Preferences:
        return Preferences(self._unit, self._own.seal)

    @cached_property
    def dropped(self) -> DroppedCalls:
        return DroppedCalls(self._unit, self._own.seal)

    @property
    def line(self) -> Announcements:
        return self._own.announcements

    @cached_property
    def queue(self) -> Queue:
        return self._own.queue.within(self._unit)


def hand_on(
    store: Store, services: Asker, clock: Callable[[], float], phrases: Callable[[], Phrasebooks]
) -> Callable[[CallbackFailure], None]:
    """Return the function that hands a failed call back to people: by a task, and a text message to the caller.

    It opens one task for a promise, however often it is called. It raises StoreError when that fails.
    """

    def keep(promise: CallbackFailure) -> None:
        key, now = f"call back {promise.key}", clock()
        in_one_commit(store, lambda unit: Tasks(unit).open(_task(promise, now), key=key, now=now))
        # Only then the caller has missed calls of the bank, and should know from whom.
        if promise.why != "unreached":
            return
        text = phrases().phrase(promise.language, "called_in_vain", reference=promise.reference)
        with suppress(LookupFailed):  # a fixed line gets no text messages; the task is open all the same
            services.ask(SendMessage(number=promise.number, text=text, purpose="call back"), key=key)

    return keep


_WHY = {
    "unreached": "回电{tries}次未接通",
    "message": "客户留言，请听后回电",
    "waiting": "没有座席可以回电，请人工回电",
}
"""The reason of the task, in words for colleagues."""
AFTER_VAIN_TRIES = 86_400
"""The seconds within which people call a caller whom the queue could not reach."""


def _task(promise: CallbackFailure, now: float) -> NewTask:
    return NewTask(
        kind="message" if promise.why == "message" else "call_back",
        by=int(now) + AFTER_VAIN_TRIES if promise.why == "unreached" else promise.by,
        call=promise.call,
        number=promise.number,
        customer=promise.customer,
        name=promise.name,
        desk=promise.desk,
        reason=promise.reason,
        language=promise.language,
        reference=promise.reference,
        text=_WHY[promise.why].format(tries=promise.tries),
        recording=promise.message,
        promise=promise.promise,
    )
