"""The services of our own behind their ports: identity, risk, tickets, memory, the line, the queue..."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress

from ivr.crypto import Seal
from ivr.engine.service_ports import OwnServices, ServicePorts
from ivr.engine.service_ports.sms import SendMessage
from ivr.engine.service_ports.tickets import OpenTicket
from ivr.errors import LookupFailed
from ivr.flow.phrasebook import phrase
from ivr.stores import Store

from .announcements import Announcements
from .identity import IdentityService
from .preferences import Preferences
from .queue.callback_failure import CallbackFailure
from .queue.service import Queue
from .sms import open_messages
from .sms.backend import Backend
from .surveys import Surveys
from .tickets.service import Tickets


def own_services(store: Store, seal: Seal, queue: Queue, carrier: Backend | None = None) -> ServicePorts:
    """Return every service of our own. Their state is in the store alone."""
    documents = store
    messages = open_messages(documents, seal, carrier=carrier)
    identity = IdentityService(documents, seal=seal, messenger=messages)
    return ServicePorts(
        identity=identity,
        risk=identity.risks,
        sms=messages,
        tickets=Tickets(documents, seal),
        survey=Surveys(documents),
        memory=Preferences(documents, seal),
        line=Announcements(documents),
        queue=queue,
    )


def hand_on(services: OwnServices) -> Callable[[CallbackFailure], None]:
    """Return what has people keep a promise of a call back: a ticket, and a text message to who was called in vain.

    It raises LookupFailed when no ticket could be opened; the same promise again opens no second one.
    """

    def keep(promise: CallbackFailure) -> None:
        receipt = services.ask(_ticket(promise), key=f"call back {promise.key}")
        if promise.why != "unreached":
            return
        values = {"reference": promise.reference, "ticket": receipt.ticket}
        text = phrase(promise.language, "called_in_vain", **values)
        with suppress(LookupFailed):  # a fixed line gets no text messages; the ticket is there all the same
            services.ask(
                SendMessage(number=promise.number, text=text, purpose="call back"), key=f"call back {promise.key}"
            )

    return keep


_WHY = {
    "unreached": "回电{tries}次未接通",
    "message": "客户留言，请听后回电",
    "waiting": "没有座席可以回电，请人工回电",
}
"""What the ticket says of a promise, for colleagues."""


def _ticket(promise: CallbackFailure) -> OpenTicket:
    why = _WHY[promise.why].format(tries=promise.tries)
    about = "，".join(filter(None, (promise.name, promise.reason)))
    return OpenTicket(
        kind="service",
        number=promise.number,
        customer=promise.customer,
        recording=promise.message,
        text=f"{why}。受理编号{promise.reference}，承诺{promise.by}之前，{promise.desk}。{about}",
    )
