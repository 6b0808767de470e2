"""The API of agents' desktops: agents under /api/agents, the queue under /api/queue. Every path needs the token."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from flask import Blueprint, Response, abort, jsonify

from ivr.services.queue.agents import AgentsError
from ivr.services.queue.service import Queue
from ivr.services.queue.state import Agent
from ivr.services.queue.view import agent_view
from ivr.services.wrap_ups import WrapUps
from ivr.telemetry import log

from . import api
from .api import ApiAccess

MOST_DESKS = 20


def routes(
    queue: Queue, wrap_ups: WrapUps, access: ApiAccess, clock: Callable[[], float]
) -> tuple[Blueprint, Blueprint]:
    """Return both blueprints. Agents have the form of `ivr agents list --json`."""
    return _agents(queue, wrap_ups, access, clock), _queue(queue, access, clock)


_ROLES = {"add": "operations", "remove": "operations", "wrap_up": "agent", "change": "agent"}


def _agents(queue: Queue, wrap_ups: WrapUps, access: ApiAccess, clock: Callable[[], float]) -> Blueprint:
    blueprint, agents = api.staff_blueprint("agents", access, roles=_ROLES), queue.agents

    @blueprint.errorhandler(AgentsError)
    def refuse(fault: AgentsError) -> tuple[Response, int]:
        return jsonify(error=str(fault)), 400

    @blueprint.get("")
    def listed() -> Response:
        """Return all agents."""
        now = clock()
        return jsonify([agent_view(agent, now) for agent in agents.agents()])

    @blueprint.put("/<name>")
    def add(name: str) -> Response:
        """Add an agent, or change one."""
        body = api.json_body()
        languages = _texts(body, "languages")
        number, desks, site = api.text_of(body, "number"), _texts(body, "desks"), api.text_of(body, "site")
        return _changed(name, "added", agents.add(name, number, desks, languages=languages, site=site))

    @blueprint.delete("/<name>")
    def remove(name: str) -> tuple[str, int]:
        """Remove an agent."""
        agents.remove(name)
        log.line("agent", name=name, now="removed")
        return "", 204

    @blueprint.post("/<name>/wrap-up")
    def wrap_up(name: str) -> tuple[str, int]:
        """Note the reason and the result of a talk."""
        body = api.json_body()
        call, reason, result = (api.text_of(body, field) for field in ("call", "reason", "result"))
        note = api.text_of(body, "note", most=2000)
        wrap_ups.add(call, name, reason=reason, result=result, note=note, now=clock())
        return "", 204

    @blueprint.post("/<name>/<state>")
    def change(name: str, state: str) -> Response:
        """Sign an agent on or off, or start a break."""
        if state not in ("ready", "pause", "off"):
            abort(404)
        if state == "pause":
            # The body is optional: a desktop's button for a break sends none.
            why = api.text_of(api.json_body(), "why", most=40) if api.has_body() else ""
            return _changed(name, state, agents.pause(name, clock(), why=why or "break"))
        agent = agents.ready(name, clock()) if state == "ready" else agents.off(name, clock())
        return _changed(name, state, agent)

    def _changed(name: str, now: str, agent: Agent) -> Response:
        log.line("agent", name=name, now=now)
        return jsonify(agent_view(agent, clock()))

    return blueprint


def _queue(queue: Queue, access: ApiAccess, clock: Callable[[], float]) -> Blueprint:
    blueprint = api.token_blueprint("queue", access)

    @blueprint.get("")
    def shown() -> Response:
        """Return waiting callers, agents, callbacks and desks, as `ivr queue --json` does."""
        return jsonify(queue.view(clock()))

    @blueprint.post("/call_backs/<reference>/done")
    def done(reference: str) -> tuple[Response, int]:
        """Close a callback that was made by hand."""
        if queue.called_back_by_hand(reference, clock()):
            return jsonify(reference=reference, done=True), 200
        return jsonify(error="no open call back has this reference"), 404

    return blueprint


def _texts(body: Mapping[str, Any], name: str) -> Sequence[str]:
    value = body.get(name) or []
    if not isinstance(value, list) or len(value) > MOST_DESKS or not all(isinstance(item, str) for item in value):
        raise api.Refusal(f"{name} is not a list of at most {MOST_DESKS} texts")
    return value
