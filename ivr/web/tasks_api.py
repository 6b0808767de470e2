"""Calls that people make, for other programs of the bank: what `ivr tasks` does. Every path needs the token."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from flask import Blueprint, Response, abort, jsonify, request

from ivr.engine.ports import Document
from ivr.reporting.case_views import task_view
from ivr.services.tasks import Tasks
from ivr.telemetry import log

from . import api
from .api import ApiAccess


def routes(tasks: Tasks, access: ApiAccess, clock: Callable[[], float]) -> Blueprint:
    """Return the blueprint. Tasks have the form of `ivr tasks show --json`."""
    blueprint = api.staff_blueprint("tasks", access)

    @blueprint.get("")
    def listed() -> Response:
        """Return the open tasks; with `all=1` also those that are done."""
        return jsonify([_view(task) for task in tasks.listed(closed=request.args.get("all") == "1")])

    @blueprint.get("/<task>")
    def shown(task: str) -> Response:
        """Return one task."""
        return jsonify(_view(tasks.find(task)))

    @blueprint.post("/<task>/<action>")
    def change(task: str, action: str) -> Response:
        """Take a task, add a note, or note how the call went; the body names who does it in `by`."""
        if action not in ("take", "note", "done"):
            abort(404)
        body = api.json_body()
        by, text = api.text_of(body, "by", most=40), api.text_of(body, "text", most=2000)
        if action == "take":
            after = tasks.take(task, by=by, now=clock(), hand_over=api.flag(body, "hand_over", default=False))
        elif action == "note":
            after = tasks.note(task, text, by=by, now=clock())
        else:
            after = tasks.done(task, api.text_of(body, "outcome") or "reached", by=by, now=clock(), text=text)
        log.line("task", task=after["task"], did=action, by=by)
        return jsonify(_view(after))

    def _view(task: Document) -> Mapping[str, Any]:
        return task_view(task, clock(), numbers=api.with_numbers())

    return blueprint
