"""What a server does beside its calls, and what a timer may have it do: put together here."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from ivr.app import Ivr
    from ivr.engine.ports import CallStore
    from ivr.jobs.scheduler import Round
    from ivr.services.queue.dispatcher import Dispatcher
    from ivr.settings import Settings
    from ivr.stores import Store

MOST_A_ROUND = 10_000
"""Journal rows that a round forgets at the most: about what a busy minute adds."""


def alarm_rounds(store: Store, settings: Settings) -> list[Round]:
    """Return what sends alarms to IVR_ALARM_URL; nothing where none is set."""
    from ivr.jobs.outbox import Outbox, Webhook
    from ivr.services.identity import alarms
    from ivr.services.tickets.alarms import DeadlineAlarms

    if not settings.alarm_url:
        return []
    webhook = Webhook(settings.alarm_url.reveal())
    about_identity = Outbox(store, alarms.ALARMS, alarms.letter, webhook, keep=True)
    return [DeadlineAlarms(store, webhook).sound, about_identity.sound]


def every_round(ivr: Ivr) -> list[Round]:
    """Return all that a server does about once a minute."""
    from ivr.jobs.outbox import Outbox, Webhook
    from ivr.reporting.call_detail import EVENTS, EndedCalls

    rounds = alarm_rounds(ivr.store, ivr.settings)
    if ivr.settings.events_url:
        webhook = Webhook(ivr.settings.events_url.reveal())
        rounds.append(Outbox(ivr.store, EVENTS, EndedCalls(ivr.store).letter, webhook).sound)
    return [
        *rounds,
        _quiet(ivr.session.end_lost),
        _quiet(lambda now: forget_old(ivr.store, ivr.settings.retention_days, now)),
    ]


def dispatching(ivr: Ivr, failed: Callable[[str, Exception], None]) -> Dispatcher:
    """Return what moves waiting callers, rings for call backs and shows callers on agents' screens; not yet begun."""
    from ivr.jobs.outbox import Webhook
    from ivr.services.queue.dispatcher import Dispatcher
    from ivr.services.registry import hand_on

    address = ivr.settings.screen_pop_url
    return Dispatcher(
        ivr.queue,
        calls=ivr.calls,
        gave_up=hand_on(ivr.back_ends),
        show=Webhook(address.reveal()) if address else None,
        failed=failed,
        clock=ivr.clock,
    )


def _quiet(chore: Callable[[float], object]) -> Round:
    """Make a round of a chore that tells nobody anything."""
    from ivr.jobs.outbox import Delivered

    def sound(now: float) -> Delivered:
        chore(now)
        return Delivered()

    return sound


def forget_old(store: CallStore, days: int, now: float, *, most: int = MOST_A_ROUND) -> int:
    """Forget journal rows and calls from before so many days, some at a time; return how many rows went."""
    return forget_before(store, now - days * 86400, most=most)


def forget_before(store: CallStore, before: float, *, most: int | None = None) -> int:
    """Forget journal rows and calls from before a time, in pieces that hold up no turn; return how many rows went."""
    gone = 0
    while (most is None or gone < most) and (rows := store.prune(before)):
        gone += rows
    return gone
