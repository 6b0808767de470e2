"""POST /api/risk: the bank says that a caller or customer may be in the hands of a fraudster, or no longer is."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any

from flask import Blueprint, Response, jsonify

from ivr.calendar import CHINA, local
from ivr.services.identity.risk import Risks
from ivr.settings import Hidden
from ivr.telemetry import log

from . import api


def routes(risks: Risks, token: Hidden, clock: Callable[[], float]) -> Blueprint:
    """Return the path. What it answers names nobody in clear."""
    board = api.board("risk", token)

    @board.post("")
    def mark() -> Response:
        """Mark, or take a mark back."""
        body = api.given()
        named = [name for name in (api.text_of(body, "number"), api.text_of(body, "account")) if name]
        if len(named) != 1:
            raise api.Refusal("name a number or an account, one of them")
        on, now = api.flag(body, "risk", default=True), clock()
        if on:
            until, reason = _until(body, now), api.text_of(body, "reason")
            account = risks.mark(named[0], now, until=until, reason=reason, by="bank")
            log.line("risk", on=True, name=account.shown)
            return jsonify(risk=True, name=account.shown, until=local(until).isoformat() if until else None)
        was = risks.clear(named[0])
        log.line("risk", on=False, was=was)
        return jsonify(risk=False, was=was)

    return board


def _until(body: Mapping[str, Any], now: float) -> float | None:
    """Return when a mark ends, as a Unix time; None where it is to be taken back. Raises Refusal."""
    written = api.text_of(body, "until")
    if not written:
        return None
    try:
        moment = datetime.fromisoformat(written)
    except ValueError:
        raise api.Refusal("until is no moment; write it as 2026-11-23T18:00+08:00") from None
    until = (moment if moment.tzinfo else moment.replace(tzinfo=CHINA)).timestamp()
    if until <= now:
        raise api.Refusal("until has passed")
    return until
