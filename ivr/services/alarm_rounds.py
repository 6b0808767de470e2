"""The rounds that send alarms to IVR_ALARM_URL: missed deadlines of tickets, and attacks on identity."""

from __future__ import annotations

from ivr.jobs.outbox import Outbox, Webhook
from ivr.jobs.scheduler import Round
from ivr.settings import Settings
from ivr.stores import Store

from .identity import alarms
from .tickets.alarms import DeadlineAlarms


def alarm_rounds(store: Store, settings: Settings) -> list[Round]:
    """Return the rounds that send alarms; none without IVR_ALARM_URL."""
    if not settings.alarm_url:
        return []
    webhook = Webhook(settings.alarm_url.reveal())
    identity = Outbox(store, alarms.ALARMS, alarms.letter, webhook, keep=True)
    return [DeadlineAlarms(store, webhook).sound, identity.sound]
