"""Answer a caller's request on any channel with a turn, or with the apology after any error."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any

from ivr.engine.ports import Incoming
from ivr.errors import BadRequest, StoreBusy
from ivr.telemetry import log
from ivr.telemetry.metrics import Metrics
from ivr.telemetry.tracing import traced

from .base import Channel, Host

_LANGUAGE = "zh-CN"
"""The language of the apology, which is played when the call's own language is unknown."""


def _no_hold() -> bytes | None:
    return None


def take_turn(
    channel: Channel[Any],
    host: Host,
    metrics: Metrics,
    read: Callable[[], Incoming],
    hold: Callable[[], bytes | None] = _no_hold,
) -> bytes:
    """Return the document of the requested turn, or the apology if the turn fails.

    While the store is busy, the caller is asked to wait by the document of `hold`, for as long as it gives one.
    """
    with traced("turn"):
        return _answered(channel, host, metrics, read, hold)


def _answered(
    channel: Channel[Any],
    host: Host,
    metrics: Metrics,
    read: Callable[[], Incoming],
    hold: Callable[[], bytes | None],
) -> bytes:
    started = time.perf_counter()
    incoming: Incoming | None = None
    try:
        with traced("parse"):
            incoming = read()
        document = host.session.answer(channel, incoming)
        outcome = "answered"
    except Exception as fault:  # a caller must never hear the carrier's error message
        log.fault("turn", fault, call=incoming.call_id if incoming else "")
        # A busy store is usable in a moment, and asking again then goes on with the call; any other fault would only
        # recur.
        held = hold() if isinstance(fault, StoreBusy) else None
        document = held or apologise(channel, host, 1)
        outcome = "held" if held else "bad_request" if isinstance(fault, BadRequest) else "apologised"
    seconds = time.perf_counter() - started
    kind = type(incoming.input).__name__ if incoming else ""
    metrics.turn(kind, outcome, seconds)
    if incoming:
        ms = round(seconds * 1000, 2)
        log.turn_line(call=incoming.call_id, turn=incoming.turn, kind=kind, outcome=outcome, ms=ms)
    return document


def apologise(channel: Channel[Any], host: Host, attempt: int) -> bytes:
    """Return the apology that dials the desk; `attempt` is the number of failed attempts."""
    try:
        # The number is read from the flows, which may be the reason for the apology.
        number = host.desk_number
    except Exception as fault:
        log.fault("desk", fault)
        number = None
    return channel.sorry(_LANGUAGE, number, attempt=attempt)
