"""POST /api/risk: the bank marks a caller or customer as a possible victim of fraud, or removes the mark."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any

from flask import Blueprint, Response, jsonify

from ivr.calendar import local, staff_calendar
from ivr.services.identity.risk import Risks
from ivr.telemetry import log

from . import api
from .api import ApiAccess


def routes(risks: Risks, access: ApiAccess, clock: Callable[[], float]) -> Blueprint:
    """Return the blueprint. Its answers mask numbers and accounts."""
    blueprint = api.token_blueprint("risk", access, role="operations")

    @blueprint.post("")
    def mark() -> Response:
        """Set or remove a mark."""
        body = api.json_body()
        subjects = [name for name in (api.text_of(body, "number"), api.text_of(body, "account")) if name]
        if len(subjects) != 1:
            raise api.Refusal("name either a number or an account")
        on, now = api.flag(body, "risk", default=True), clock()
        if on:
            until, reason = _until(body, now), api.text_of(body, "reason")
            account = risks.mark(subjects[0], now, until=until, reason=reason, by="bank")
            log.line("risk", on=True, name=account.shown)
            return jsonify(risk=True, name=account.shown, until=local(until).isoformat() if until else None)
        was_marked = risks.clear(subjects[0])
        log.line("risk", on=False, was=was_marked)
        return jsonify(risk=False, was=was_marked)

    return blueprint


def _until(body: Mapping[str, Any], now: float) -> float | None:
    """Return the end of a mark as a Unix time; None if it lasts until it is removed. Raises Refusal."""
    written = api.text_of(body, "until")
    if not written:
        return None
    try:
        moment = datetime.fromisoformat(written)
        # A time without a zone is the bank's own, not that of the server's machine.
        until = (moment if moment.tzinfo else moment.replace(tzinfo=staff_calendar().zone)).timestamp()
        local(until)
    except (ValueError, OverflowError):  # no moment, or one beyond the years that a calendar has
        raise api.Refusal("until is not a date and time such as 2026-11-23T18:00+08:00") from None
    if until <= now:
        raise api.Refusal("until has passed")
    return until
