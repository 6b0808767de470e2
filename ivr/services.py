"""The back ends of our own that flows ask like the bank: identity, risk, tickets, memory, the line, the queue..."""

from __future__ import annotations

from collections.abc import Mapping

from .agents.service import Queue
from .announcements import Announcements
from .engine.ports import Service
from .identity import Identity
from .journal.memory import Memory
from .journal.surveys import Surveys
from .journal.tickets import Tickets
from .messages import open_messages
from .sealing import Seal
from .settings import Settings
from .stores import Store


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
