"""What a server does about once a minute beside its calls, and what a timer may have it do: put together here."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from ivr.app import Ivr
    from ivr.journal.watch import Round
    from ivr.settings import Settings
    from ivr.stores import Store


def alarm_rounds(store: Store, settings: Settings) -> list[Round]:
    """Return what sends alarms to IVR_ALARM_URL; nothing where none is set."""
    from ivr.identity import alarms
    from ivr.journal.deadlines import Deadlines
    from ivr.outgoing import Outbox, Webhook

    if not settings.alarm_url:
        return []
    webhook = Webhook(settings.alarm_url.reveal())
    about_identity = Outbox(store, alarms.COLLECTION, alarms.letter, webhook, keep=True)
    return [Deadlines(store, webhook).sound, about_identity.sound]


def every_round(ivr: Ivr) -> list[Round]:
    """Return all that a server does about once a minute."""
    return alarm_rounds(ivr.store, ivr.settings)
