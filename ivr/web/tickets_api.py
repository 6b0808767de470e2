"""Complaints for other programs of the bank under /api/tickets: what `ivr tickets` does. Every path needs the token."""

from __future__ import annotations

import io
from collections.abc import Callable, Mapping
from datetime import date
from typing import Any

from flask import Blueprint, Response, abort, jsonify, request

from ivr.engine.ports import Document
from ivr.reporting.case_views import ticket_view, write_tickets
from ivr.services.tickets.handling import TicketHandling
from ivr.telemetry import log

from . import api
from .api import ApiAccess

_Action = Callable[[str, Mapping[str, Any]], Document]


def routes(handling: TicketHandling, access: ApiAccess, clock: Callable[[], float]) -> Blueprint:
    """Return the blueprint. Complaints have the form of `ivr tickets show --json`."""
    blueprint = api.staff_blueprint("tickets", access)
    actions = _actions(handling, clock)

    @blueprint.get("")
    def listed() -> Response:
        """Return the complaints in work; with `all=1` every one, with `format=csv` as CSV."""
        which: dict[str, Any] = {"owner": request.args.get("owner", "")[:40]}
        which |= {"every": request.args.get("all") == "1", "late": request.args.get("late") == "1"}
        rows = [_view(ticket) for ticket in handling.listed(clock(), **which)]
        if request.args.get("format") != "csv":
            return jsonify(rows)
        # No translation: the csv module writes its own ends of lines.
        text = io.StringIO(newline="")
        write_tickets(rows, text)
        return Response(text.getvalue(), mimetype="text/csv")

    @blueprint.get("/<ticket>")
    def shown(ticket: str) -> Response:
        """Return one complaint."""
        return jsonify(_view(handling.find(ticket)))

    @blueprint.post("/<ticket>/<action>")
    def change(ticket: str, action: str) -> Response:
        """Do one step of the work; the body names who does it in `by`."""
        if action not in actions:
            abort(404)
        body = api.json_body()
        after = actions[action](ticket, body)
        log.line("ticket", ticket=after["ticket"], did=action, by=api.text_of(body, "by", most=40))
        return jsonify(_view(after))

    def _view(ticket: Document) -> Mapping[str, Any]:
        return ticket_view(ticket, clock(), numbers=api.with_numbers())

    return blueprint


def _actions(handling: TicketHandling, clock: Callable[[], float]) -> Mapping[str, _Action]:
    """Return what can be done with a complaint, by the last part of the path."""

    def take(ticket: str, body: Mapping[str, Any]) -> Document:
        return handling.take(ticket, hand_over=api.flag(body, "hand_over", default=False), **_who(body))

    def note(ticket: str, body: Mapping[str, Any]) -> Document:
        internal, called = (api.flag(body, name, default=False) for name in ("internal", "called"))
        texts, day = api.texts_by_language_of(body), _day(body)
        return handling.note(ticket, texts, internal=internal, called=called, new_date=day, **_who(body))

    def answer(ticket: str, body: Mapping[str, Any]) -> Document:
        return handling.answer(ticket, api.texts_by_language_of(body), **_who(body))

    def escalate(ticket: str, body: Mapping[str, Any]) -> Document:
        why, level, severity = (api.text_of(body, name) for name in ("why", "level", "severity"))
        return handling.escalate(ticket, why=why, level=level, severity=severity, **_who(body))

    def extend(ticket: str, body: Mapping[str, Any]) -> Document:
        return handling.extend(ticket, why=api.text_of(body, "why"), **_who(body))

    def close(ticket: str, body: Mapping[str, Any]) -> Document:
        return handling.close(ticket, note=api.text_of(body, "note"), kind=api.text_of(body, "kind"), **_who(body))

    def reopen(ticket: str, body: Mapping[str, Any]) -> Document:
        return handling.reopen(ticket, why=api.text_of(body, "why"), **_who(body))

    def _who(body: Mapping[str, Any]) -> Any:
        return {"by": api.text_of(body, "by", most=40), "now": clock(), "key": api.idempotency_key()}

    steps: tuple[_Action, ...] = (take, note, answer, escalate, extend, close, reopen)
    return {step.__name__: step for step in steps}


def _day(body: Mapping[str, Any]) -> date | None:
    written = api.text_of(body, "new_date")
    try:
        return date.fromisoformat(written) if written else None
    except ValueError:
        raise api.Refusal("new_date is not a day such as 2026-12-05") from None
