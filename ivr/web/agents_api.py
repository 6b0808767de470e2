"""What agents' desktops do: GET, PUT, DELETE and POST under /api/agents, and the queue under /api/queue."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from flask import Blueprint, Response, abort, jsonify

from ivr.services.queue.agents import AgentsError
from ivr.services.queue.service import Queue
from ivr.services.queue.state import Agent
from ivr.services.queue.view import agent_view
from ivr.settings import Hidden
from ivr.telemetry import log

from . import api

MOST_DESKS = 20


def routes(queue: Queue, token: Hidden, clock: Callable[[], float]) -> tuple[Blueprint, Blueprint]:
    """Return both groups of paths. Agents are answered as `ivr agents list --json` shows them."""
    return _agents(queue, token, clock), _queue(queue, token, clock)


def _agents(queue: Queue, token: Hidden, clock: Callable[[], float]) -> Blueprint:
    board, agents = api.board("agents", token), queue.agents

    @board.errorhandler(AgentsError)
    def refuse(fault: AgentsError) -> tuple[Response, int]:
        return jsonify(error=str(fault)), 400

    @board.get("")
    def listed() -> Response:
        """Give all agents."""
        now = clock()
        return jsonify([agent_view(agent, now) for agent in agents.agents()])

    @board.put("/<name>")
    def add(name: str) -> Response:
        """Add an agent, or change one."""
        body = api.given()
        languages = _texts(body, "languages")
        number, desks, site = api.text_of(body, "number"), _texts(body, "desks"), api.text_of(body, "site")
        return _told(name, "added", agents.add(name, number, desks, languages=languages, site=site))

    @board.delete("/<name>")
    def remove(name: str) -> tuple[str, int]:
        """Remove an agent."""
        agents.remove(name)
        log.line("agent", name=name, now="removed")
        return "", 204

    @board.post("/<name>/<state>")
    def change(name: str, state: str) -> Response:
        """Sign an agent on or off, or let one pause."""
        if state not in ("ready", "pause", "off"):
            abort(404)
        if state == "pause":
            why = api.text_of(api.given(), "why", most=40) if api.has_body() else ""
            return _told(name, state, agents.pause(name, clock(), why=why or "break"))
        agent = agents.ready(name, clock()) if state == "ready" else agents.off(name, clock())
        return _told(name, state, agent)

    def _told(name: str, now: str, agent: Agent) -> Response:
        log.line("agent", name=name, now=now)
        return jsonify(agent_view(agent, clock()))

    return board


def _queue(queue: Queue, token: Hidden, clock: Callable[[], float]) -> Blueprint:
    board = api.board("queue", token)

    @board.get("")
    def shown() -> Response:
        """Give who waits, who talks, the call backs and the desks, as `ivr queue --json` does."""
        return jsonify(queue.view(clock()))

    @board.post("/call_backs/<reference>/done")
    def done(reference: str) -> tuple[Response, int]:
        """Close a call back that somebody made by hand."""
        if queue.called_back_by_hand(reference, clock()):
            return jsonify(reference=reference, done=True), 200
        return jsonify(error="no call back of this reference is open"), 404

    return board


def _texts(body: Mapping[str, Any], name: str) -> Sequence[str]:
    value = body.get(name) or []
    if not isinstance(value, list) or len(value) > MOST_DESKS or not all(isinstance(item, str) for item in value):
        raise api.Refusal(f"{name} is no list of at most {MOST_DESKS} texts")
    return value
