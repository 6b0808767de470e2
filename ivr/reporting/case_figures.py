"""Figures of complaints and of tasks: how many came, how many are open, and whether promises were kept."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

from ivr.calendar import local
from ivr.engine.ports import Document, Documents
from ivr.engine.service_ports.tickets import TICKET_LEVELS
from ivr.flow.own_classes import TICKET_KINDS
from ivr.services.tasks import TASK_PREFIX, TASKS, Tasks, due_of, task_kind
from ivr.services.tickets.handling import TicketHandling
from ivr.services.tickets.service import TICKETS

from .kpi_targets import Figures
from .service_level import share

_PAGE = 1000


def ticket_figures(documents: Documents, since: float, until: float, now: float) -> Figures:
    """Return the complaints that were taken from `since` to before `until`, and those that are open `now`.

    `answered_in_time` is the share of those answered, or late without an answer, that were answered by the day that was
    promised at first.
    """
    taken = [
        ticket
        # Numbers begin with their day, so that earlier complaints are not read.
        for ticket in documents_after(documents, TICKETS, f"T{local(since):%y%m%d}")
        if since <= ticket["opened"] < until
    ]
    kinds, levels = (Counter(str(ticket[name]) for ticket in taken) for name in ("kind", "level"))
    states = Counter(str(ticket["state"]) for ticket in taken)
    in_time, due = _kept_promises(taken, now)
    return {
        "taken": len(taken),
        "by_kind": _by_kind(kinds),
        "by_severity": dict(Counter(str(ticket["severity"]) for ticket in taken).most_common()),
        "by_level": {level: levels[level] for level in TICKET_LEVELS},
        "repeated": sum(bool(ticket["repeat"]) for ticket in taken),
        "reopened": sum(bool(ticket.get("reopened")) for ticket in taken),
        "answered": states["answered"] + states["closed"],
        "closed": states["closed"],
        "answered_in_time": share(in_time, due),
        **_open_tickets(documents, now),
    }


def _by_kind(kinds: Counter[str]) -> dict[str, int]:
    """Return the complaints by kind: those of a bank with zeros, those of a line with kinds of its own as they came."""
    if kinds.keys() <= set(TICKET_KINDS):
        return {kind: kinds[kind] for kind in TICKET_KINDS}
    return dict(kinds.most_common())


def _kept_promises(taken: list[Document], now: float) -> tuple[int, int]:
    """Return how many were answered by the first promised day, and how many are answered or past it."""
    in_time = due = 0
    for ticket in taken:
        promised = ticket.get("first_final") or ticket["clocks"]["final"]["due"]
        answered = ticket.get("answered") or (ticket["since"] if ticket["state"] in ("answered", "closed") else None)
        in_time += answered is not None and answered <= promised
        due += answered is not None or now > promised
    return in_time, due


def _open_tickets(documents: Documents, now: float) -> Figures:
    tickets = TicketHandling(documents).listed(now)
    return {
        "open": len(tickets),
        "first_reply_overdue": sum(
            ticket["replied"] is None and ticket["clocks"]["first_reply"]["due"] < now for ticket in tickets
        ),
        "final_overdue": sum(ticket["clocks"]["final"]["due"] < now for ticket in tickets),
    }


def task_figures(documents: Documents, since: float, until: float, now: float) -> Figures:
    """Return the tasks that were opened from `since` to before `until`, and those that are open `now`."""
    tasks = documents_after(documents, TASKS, f"{TASK_PREFIX}{local(since):%y%m%d}")
    opened = [task for task in tasks if since <= task["opened"] < until]
    # By the last attempt: earlier ones in vain are part of the same task.
    outcomes = Counter(attempt["outcome"] for task in opened for attempt in task["attempts"][-1:])
    waiting = Tasks(documents).listed()
    return {
        "opened": len(opened),
        "by_kind": dict(Counter(map(task_kind, opened)).most_common()),
        "by_outcome": dict(outcomes.most_common()),
        "open": len(waiting),
        "overdue": sum(due_of(task) < now for task in waiting),
    }


def documents_after(documents: Documents, collection: str, after: str) -> Iterator[Document]:
    """Yield the documents of a collection whose keys are greater than `after`."""
    while keys := documents.keys(collection, after=after, limit=_PAGE):
        for key in keys:
            if document := documents.get(collection, key):
                yield document
        after = keys[-1]
