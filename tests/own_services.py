"""Our own services over a store, as a deployment wires them."""

from __future__ import annotations

from ivr.crypto import Seal
from ivr.engine.ports import Lookup
from ivr.flow.model import Desk, Hotline
from ivr.services.announcements import Announcements
from ivr.services.queue.repository import QueueRepository
from ivr.services.queue.service import Queue
from ivr.services.registry import OwnServices
from ivr.services.router import Router
from ivr.services.sms import SmsSender
from ivr.stores import Store

SEAL = Seal(b"k" * 32)
LINE = Hotline({}, {"general": Desk("general", "+861085550100", 20)}, "general")


def own_services(store: Store, sender: SmsSender | None = None) -> OwnServices:
    """Return our own services of a line with one desk."""
    queue = Queue(QueueRepository(store), store, SEAL, LINE)
    return OwnServices(SEAL, queue, Announcements(store), sender)


def router_of(store: Store, bank: Lookup, *, now: float = 0.0) -> Router:
    """Return the back ends: this bank, and our own services over the store."""
    return Router(bank, own_services(store), store, lambda: now)
