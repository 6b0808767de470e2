"""Views of the queue for people and programs: waiters, call backs and desks. They change nothing."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from typing import Any

from ivr.calendar import local
from ivr.crypto import Seal
from ivr.engine.telephone import masked_number
from ivr.errors import StoreError
from ivr.flow.model import Hotline

from .agent_context import AgentContext, unseal_context
from .availability import desk_of, is_free, is_signed_on, serving, waiting
from .matching import ranked
from .state import Agent, QueueState, Waiter
from .wait_time import expected, minutes, position

View = dict[str, Any]


def agent_view(agent: Agent, now: float) -> View:
    """Return the view of an agent. `seconds` is the age of the state, None for one that has never signed on."""
    return {
        "name": agent.id,
        "number": agent.number,
        "desks": list(agent.desks),
        "languages": list(agent.languages),
        "site": agent.site,
        "state": "ready" if is_free(agent, now) else agent.state,
        "why": agent.why if agent.state == "paused" else "",
        "seconds": max(0, round(now - agent.since)) if agent.since else None,
    }


def queue_view(state: QueueState, line: Hotline, seal: Seal, now: float) -> View:
    """Return the waiters in the order of service, and the figures of each desk. Numbers are masked."""
    there = [waiter for waiter in ranked(state, line, now) if not waiter.calls_back]
    mine = _by_desk(line, there)
    talking = [
        waiter for waiter in state.waiters.values() if waiter.state in ("ringing", "talking") and not waiter.calls_back
    ]
    backs = [
        waiter
        for waiter in state.waiters.values()
        if waiter.calls_back and waiter.state in ("waiting", "ringing", "talking")
    ]
    return {
        "waiting": [_waiting(state, line, waiter, seal, now) for waiter in there],
        "with_agents": [_waiting(state, line, waiter, seal, now) for waiter in talking],
        "call_backs": [_call_back(waiter, seal, now) for waiter in sorted(backs, key=lambda waiter: waiter.by)],
        "desks": [_desk(state, line, name, waiters, now) for name, waiters in mine.items()],
    }


def _waiting(state: QueueState, line: Hotline, waiter: Waiter, seal: Seal, now: float) -> View:
    offer = state.offer_of(waiter)
    return _who(waiter, seal) | {
        "call": waiter.id,
        "state": waiter.state,
        "waited": max(0, round((offer.made if offer else now) - waiter.entered)),
        "position": position(state, line, waiter, now) if waiter.state == "waiting" else None,
        "told": {"position": waiter.position, "minutes": waiter.minutes},
        "agent": offer.agent if offer else "",
    }


def _call_back(waiter: Waiter, seal: Seal, now: float) -> View:
    return _who(waiter, seal) | {
        "reference": waiter.reference,
        "state": waiter.state,
        "by": local(waiter.by).isoformat(timespec="minutes"),
        "overdue": now > waiter.by,
        "tries": waiter.tries,
    }


def _who(waiter: Waiter, seal: Seal) -> View:
    context = _context(waiter, seal)
    return {
        "desk": waiter.desk,
        "priority": waiter.priority,
        "language": waiter.language,
        "number": masked_number(context.number),
        "name": context.name,
        "level": waiter.level,
        "reason": context.reason,
    }


def _context(waiter: Waiter, seal: Seal) -> AgentContext:
    """Open the context of a caller; return an empty one if it was sealed with another key."""
    try:
        return unseal_context(waiter.sealed, seal)
    except StoreError:
        # The key was changed: the row is shown without name and number, and the rest of the queue is of use.
        return AgentContext()


def counts(state: QueueState, line: Hotline, now: float) -> View:
    """Return the counts of waiters and agents for each desk, and of agents by state, each agent once."""
    mine = _by_desk(line, (waiter for waiter in waiting(state, line.waiting, now) if not waiter.calls_back))
    agents = list(state.agents.values())
    states = Counter(_state(agent, now) for agent in agents)
    return {
        "desks": {name: _counts(line, name, waiters, agents, now) for name, waiters in mine.items()},
        "agents": {name: states[name] for name in ("ready", "busy", "paused", "off")},
    }


def _by_desk(line: Hotline, there: Iterable[Waiter]) -> dict[str, list[Waiter]]:
    by_desk: dict[str, list[Waiter]] = {name: [] for name in line.desks}
    for waiter in there:
        by_desk[desk_of(line, waiter.desk).name].append(waiter)
    return by_desk


def _desk(state: QueueState, line: Hotline, name: str, mine: Sequence[Waiter], now: float) -> View:
    seconds = expected(state, line, name, len(mine) + 1, now)
    wait = {"minutes": None if seconds is None else minutes(seconds)}
    return {"desk": name} | wait | _counts(line, name, mine, list(state.agents.values()), now)


def _counts(line: Hotline, name: str, mine: Sequence[Waiter], agents: Sequence[Agent], now: float) -> View:
    """Return the counts of a desk. An agent of several desks, also by overflow, counts for each."""
    helping = serving(line, name)
    own = [agent for agent in agents if not helping.isdisjoint(agent.desks)]
    return {
        "waiting": len(mine),
        "longest": max((round(now - waiter.entered) for waiter in mine), default=0),
        "signed_on": sum(map(is_signed_on, own)),
        "ready": sum(_state(agent, now) == "ready" for agent in own),
        "busy": sum(_state(agent, now) == "busy" for agent in own),
    }


def _state(agent: Agent, now: float) -> str:
    if is_free(agent, now):
        return "ready"
    return "busy" if agent.state in ("ringing", "talking", "wrap_up") else agent.state
