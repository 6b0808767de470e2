"""The back ends of our own that flows ask like the bank: identity, risk, tickets, memory, the line, the queue..."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from contextlib import suppress

from .agents.service import Queue
from .agents.unkept import Unkept
from .announcements import Announcements
from .engine.ports import Lookup, Service
from .errors import LookupFailed
from .flow.phrasebook import phrase
from .identity import Identity
from .journal.memory import Memory
from .journal.surveys import Surveys
from .journal.tickets import Tickets
from .messages import open_messages
from .sealing import Seal
from .settings import Settings
from .stores import Store

SECONDS = 5.0


def own_services(settings: Settings, store: Store, seal: Seal, queue: Queue) -> Mapping[str, Service]:
    """Return every service by the word that a lookup's `from:` begins with. Their state is in the store alone."""
    documents = store
    messages = open_messages(settings, documents, seal)
    identity = Identity(documents, seal=seal, messenger=messages)
    return {
        "identity": identity,
        "risk": identity.risks,
        "sms": messages,
        "tickets": Tickets(documents, seal),
        "survey": Surveys(documents),
        "memory": Memory(documents, seal),
        "line": Announcements(documents),
        "queue": queue,
    }


def hand_on(ask: Lookup) -> Callable[[Unkept], None]:
    """Return what has people keep a promise of a call back: a ticket, and a text message to who was called in vain.

    It raises LookupFailed when no ticket could be opened; the same promise again opens no second one.
    """

    def keep(promise: Unkept) -> None:
        opened = ask("tickets.open", _ticket(promise), deadline=SECONDS, key=f"call back {promise.key}")
        if promise.why != "unreached":
            return
        told = {"reference": promise.reference, "ticket": str(opened["ticket"])}
        text = phrase(promise.language, "called_in_vain", **told)
        message = {"number": promise.number, "text": text, "purpose": "call back"}
        with suppress(LookupFailed):  # a fixed line gets no text messages; the ticket is there all the same
            ask("sms.send", message, deadline=SECONDS, key=f"call back {promise.key}")

    return keep


_WHY = {
    "unreached": "回电{tries}次未接通",
    "message": "客户留言，请听后回电",
    "waiting": "没有座席可以回电，请人工回电",
}
"""What the ticket says of a promise, for colleagues."""


def _ticket(promise: Unkept) -> Mapping[str, str]:
    why = _WHY[promise.why].format(tries=promise.tries)
    about = "，".join(filter(None, (promise.name, promise.reason)))
    return {
        "kind": "service",
        "number": promise.number,
        "customer": promise.customer,
        "recording": promise.message,
        "text": f"{why}。受理编号{promise.reference}，承诺{promise.by}之前，{promise.desk}。{about}",
    }
