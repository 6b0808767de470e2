"""The back ends of our own that flows ask like the bank: identity, risk, tickets, memory, the line, the queue..."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from contextlib import suppress

from ivr.crypto import Seal
from ivr.engine.ports import Lookup, Service
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

_SECONDS = 5.0


def own_services(store: Store, seal: Seal, queue: Queue, carrier: Backend | None = None) -> Mapping[str, Service]:
    """Return every service by the word that a lookup's `from:` begins with. Their state is in the store alone."""
    documents = store
    messages = open_messages(documents, seal, carrier=carrier)
    identity = IdentityService(documents, seal=seal, messenger=messages)
    return {
        "identity": identity,
        "risk": identity.risks,
        "sms": messages,
        "tickets": Tickets(documents, seal),
        "survey": Surveys(documents),
        "memory": Preferences(documents, seal),
        "line": Announcements(documents),
        "queue": queue,
    }


def hand_on(ask: Lookup) -> Callable[[CallbackFailure], None]:
    """Return what has people keep a promise of a call back: a ticket, and a text message to who was called in vain.

    It raises LookupFailed when no ticket could be opened; the same promise again opens no second one.
    """

    def keep(promise: CallbackFailure) -> None:
        opened = ask("tickets.open", _ticket(promise), deadline=_SECONDS, key=f"call back {promise.key}")
        if promise.why != "unreached":
            return
        told = {"reference": promise.reference, "ticket": str(opened["ticket"])}
        text = phrase(promise.language, "called_in_vain", **told)
        message = {"number": promise.number, "text": text, "purpose": "call back"}
        with suppress(LookupFailed):  # a fixed line gets no text messages; the ticket is there all the same
            ask("sms.send", message, deadline=_SECONDS, key=f"call back {promise.key}")

    return keep


_WHY = {
    "unreached": "回电{tries}次未接通",
    "message": "客户留言，请听后回电",
    "waiting": "没有座席可以回电，请人工回电",
}
"""What the ticket says of a promise, for colleagues."""


def _ticket(promise: CallbackFailure) -> Mapping[str, str]:
    why = _WHY[promise.why].format(tries=promise.tries)
    about = "，".join(filter(None, (promise.name, promise.reason)))
    return {
        "kind": "service",
        "number": promise.number,
        "customer": promise.customer,
        "recording": promise.message,
        "text": f"{why}。受理编号{promise.reference}，承诺{promise.by}之前，{promise.desk}。{about}",
    }
