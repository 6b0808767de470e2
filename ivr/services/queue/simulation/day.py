"""One day of the queue, from event to event: arrays and loops, which compiling.py turns into machine code.

Who is next, which agent suits, and whether a call back is offered is decided by the functions that decide it for live
callers: `order`, `comes_first`, `admits`, `preference`, `wait_at_place` and `saves_waiting`. The callers of a class
wait in a row, since among them the first is always the next; so do the idle agents of a group. An event changes one
thing, and before it no free agent suited anyone; so the next caller with the best agent is the matching of the queue.
"""

from __future__ import annotations

import heapq
from typing import NamedTuple

import numpy as np

from ivr.services.queue.access import admits
from ivr.services.queue.matching import preference
from ivr.services.queue.priority import comes_first, order
from ivr.services.queue.status import saves_waiting
from ivr.services.queue.wait_time import FEWEST_AGENTS, FEWEST_CALLS, wait_at_place

from .tables import DayCallers, Floats, Integers, Played, Tables

WAITS, ANSWERED, GAVE_UP = 0, 1, 2
"""The outcomes of a caller."""
_NEVER = np.inf
_NOBODY = -1
_MOMENT = 1e-6
"""Seconds after which a limit that was just reached is passed in spite of rounding."""


class Hall(NamedTuple):
    """The state: rows of waiting callers by class and of idle agents by group, each linked from first to last."""

    first: Integers
    last: Integers
    following: Integers
    first_idle: Integers
    last_idle: Integers
    following_idle: Integers
    idle_since: Floats
    leaves: Floats
    handled: Integers
    handling: Floats


def play_day(callers: DayCallers, rules: Tables) -> Played:
    """Play one day; return what became of each caller. All agents are idle at its begin."""
    count, agents = len(callers.came), len(rules.group)
    hall = empty_hall(count, agents, len(rules.ahead), len(rules.desks))
    played = Played(np.zeros(count), np.zeros(count, np.int64), np.full(count, _NOBODY), np.zeros(count, np.bool_))
    for agent in range(agents):
        become_idle(hall, rules, agent, 0.0)
    # An end that never comes: Numba takes the type of the heap from it, and the heap is never empty.
    ends = [(_NEVER, _NOBODY)]
    coming, due = 0, _NEVER
    while True:
        comes = callers.came[coming] if coming < count else _NEVER
        now = min(comes, ends[0][0], due)
        if now == _NEVER:
            break
        # One event at a time, the end of a talk first: an agent who is free again must be there for a caller who comes
        # then.
        is_end, is_call = now == ends[0][0], now == comes and now != ends[0][0]
        if is_end:
            become_idle(hall, rules, heapq.heappop(ends)[1], now)
        if is_call:
            join(hall, callers, coming, now)
        due = _NEVER
        # Most events leave one of the two rows empty, and the search over classes and groups is what costs.
        if is_anyone(hall.first) and is_anyone(hall.first_idle):
            connect_all(hall, rules, callers, played, ends, now)
            due = next_access(hall, rules, callers, now)
        if is_call:
            if callers.accepts[coming] and played.outcome[coming] == WAITS:
                offer_call_back(hall, rules, callers, played, coming, now)
            coming += 1
    for kind in range(len(rules.ahead)):
        first_of(hall, played, kind, _NEVER)
    return played


def is_anyone(rows: Integers) -> bool:
    """Return whether anyone is in one of these rows."""
    for row in range(len(rows)):  # noqa: SIM110 - Numba compiles no generators
        if rows[row] != _NOBODY:
            return True
    return False


def empty_hall(callers: int, agents: int, kinds: int, groups: int) -> Hall:
    """Return the state before the first event: no caller waits, and no agent is there yet."""
    return Hall(
        np.full(kinds, _NOBODY),
        np.full(kinds, _NOBODY),
        np.full(callers, _NOBODY),
        np.full(groups, _NOBODY),
        np.full(groups, _NOBODY),
        np.full(agents, _NOBODY),
        np.zeros(agents),
        np.zeros(callers),
        np.zeros(kinds, np.int64),
        np.zeros(kinds),
    )


def join(hall: Hall, callers: DayCallers, caller: int, now: float) -> None:
    """Add a caller at the end of the row of the class."""
    kind = callers.kind[caller]
    hall.leaves[caller] = now + callers.patience[caller]
    if hall.first[kind] == _NOBODY:
        hall.first[kind] = caller
    else:
        hall.following[hall.last[kind]] = caller
    hall.last[kind] = caller


def become_idle(hall: Hall, rules: Tables, agent: int, now: float) -> None:
    """Add an agent at the end of the row of the group."""
    group = rules.group[agent]
    hall.idle_since[agent] = now
    hall.following_idle[agent] = _NOBODY
    if hall.first_idle[group] == _NOBODY:
        hall.first_idle[group] = agent
    else:
        hall.following_idle[hall.last_idle[group]] = agent
    hall.last_idle[group] = agent


def first_of(hall: Hall, played: Played, kind: int, now: float) -> int:
    """Return the first caller of a class who has not given up; those before leave the row, with their end recorded."""
    caller = hall.first[kind]
    while caller != _NOBODY and hall.leaves[caller] <= now:
        played.at[caller] = hall.leaves[caller]
        played.outcome[caller] = GAVE_UP
        caller = hall.following[caller]
        hall.first[kind] = caller
    return int(caller)


def connect_all(
    hall: Hall, rules: Tables, callers: DayCallers, played: Played, ends: list[tuple[float, int]], now: float
) -> None:
    """Connect callers and agents, the next caller first, until no waiting caller can have an idle agent."""
    while True:
        caller, group = next_pair(hall, rules, callers, played, now)
        if caller == _NOBODY:
            return
        kind, agent = callers.kind[caller], hall.first_idle[group]
        hall.first[kind] = hall.following[caller]
        hall.first_idle[group] = hall.following_idle[agent]
        busy = callers.talk[caller] + rules.wrap_up[kind]
        played.at[caller], played.outcome[caller], played.agent[caller] = now, ANSWERED, agent
        hall.handled[kind] += 1
        hall.handling[kind] += busy
        heapq.heappush(ends, (now + busy, agent))


def next_pair(hall: Hall, rules: Tables, callers: DayCallers, played: Played, now: float) -> tuple[int, int]:
    """Return the caller who is served next and the group of the agent; -1 for none."""
    best, best_group, best_order, best_came = _NOBODY, _NOBODY, (2, 0.0), 0.0
    for kind in range(len(rules.ahead)):
        caller = first_of(hall, played, kind, now)
        if caller == _NOBODY:
            continue
        came = callers.came[caller]
        first = comes_first(now - came, rules.bound, rules.preempts[kind])
        place = order(came, rules.ahead[kind], first, rules.preempts[kind])
        if place > best_order or (place == best_order and came >= best_came):
            continue
        group = best_agent(hall, rules, kind, now - came, first, now)
        if group != _NOBODY:
            best, best_group, best_order, best_came = caller, group, place, came
    return best, best_group


def best_agent(hall: Hall, rules: Tables, kind: int, waited: float, first: bool, now: float) -> int:
    """Return the group whose agent, the one idle for the longest time, is best for a caller of a class; -1 for none."""
    best, best_idle, best_preference = _NOBODY, _NOBODY, (True, 0, 0.0)
    for group in range(len(rules.desks)):
        agent = hall.first_idle[group]
        if agent == _NOBODY or not is_admitted(rules, kind, group, waited, now - hall.idle_since[agent], first):
            continue
        suits = preference(rules.helps[group, kind], rules.desks[group], hall.idle_since[agent])
        if best == _NOBODY or suits < best_preference or (suits == best_preference and agent < best_idle):
            best, best_idle, best_preference = group, agent, suits
    return best


def is_admitted(rules: Tables, kind: int, group: int, waited: float, idle: float, first: bool) -> bool:
    """Return whether a caller of a class may have an agent of a group now."""
    for way in range(rules.first_way[group, kind], rules.end_way[group, kind]):
        if admits(waited, idle, rules.way_waited[way], rules.way_idle[way], first):
            return True
    return False


def next_access(hall: Hall, rules: Tables, callers: DayCallers, now: float) -> float:
    """Return the next time at which a waiting caller may have an idle agent without any other event."""
    due = _NEVER
    for kind in range(len(rules.ahead)):
        caller = hall.first[kind]
        for group in range(len(rules.desks) if caller != _NOBODY else 0):
            agent = hall.first_idle[group]
            if agent == _NOBODY:
                continue
            for way in range(rules.first_way[group, kind], rules.end_way[group, kind]):
                opens = max(callers.came[caller] + rules.way_waited[way], hall.idle_since[agent] + rules.way_idle[way])
                due = min(due, opens, callers.came[caller] + rules.bound)
    return max(due, now) + _MOMENT


def offer_call_back(hall: Hall, rules: Tables, callers: DayCallers, played: Played, caller: int, now: float) -> None:
    """Let a caller who accepts a call back stop waiting on the line, if it is offered. The place is kept."""
    kind = callers.kind[caller]
    calls_handled, seconds = 0, 0.0
    for other in range(len(rules.ahead)):
        if rules.handled_for[kind, other]:
            calls_handled += hall.handled[other]
            seconds += hall.handling[other]
    if calls_handled < FEWEST_CALLS or rules.active[kind] < FEWEST_AGENTS:
        return
    place = place_of(hall, rules, callers, caller, now)
    wait = wait_at_place(place, seconds / calls_handled, rules.active[kind])
    if saves_waiting(place, wait, rules.call_back_from[kind]):
        hall.leaves[caller] = _NEVER
        played.called_back[caller] = True


def place_of(hall: Hall, rules: Tables, callers: DayCallers, caller: int, now: float) -> int:
    """Return the place of a caller: one more than those who wait for the same agents and are served before."""
    mine, place = order_of(rules, callers, caller, now), 1
    for kind in range(len(rules.ahead)):
        other = hall.first[kind] if rules.overlaps[callers.kind[caller], kind] else _NOBODY
        # Callers who have given up stay in the middle of a row until they are its first.
        while other != _NOBODY:
            if hall.leaves[other] > now and order_of(rules, callers, other, now) < mine:
                place += 1
            other = hall.following[other]
    return place


def order_of(rules: Tables, callers: DayCallers, caller: int, now: float) -> tuple[int, float, float]:
    """Return the sort key of a waiting caller at a moment."""
    kind, came = callers.kind[caller], callers.came[caller]
    first = comes_first(now - came, rules.bound, rules.preempts[kind])
    place = order(came, rules.ahead[kind], first, rules.preempts[kind])
    return place[0], place[1], came
