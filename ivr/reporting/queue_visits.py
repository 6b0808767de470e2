"""Follow each request for an agent from the journal, row by row. Holds only open requests."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Literal

from ivr.engine.ports import JournalRow

ContactWay = Literal["queue", "direct", "router"]
"""How an agent is found: by our queue, a desk's own number, or the carrier's router. Only the queue measures waits."""
End = Literal["answered", "abandoned", "left"]


@dataclass(frozen=True)
class Visit:
    """One closed request for an agent; `at` is the Unix time when it began. Durations in seconds.

    `why` is the reason of the queue or the status of the carrier: "choice", "full", "busy". `waited` lasts until an
    agent took the call, not until the agent's telephone rang.
    """

    call: str
    at: float
    desk: str
    priority: str
    way: ContactWay
    end: End
    why: str = ""
    waited: int = 0
    agent: str = ""
    seconds: int = 0


@dataclass
class OpenVisit:
    """A request that is still open; `way` is "direct" until a row of the queue or of the router follows."""

    call: str
    at: float
    desk: str
    priority: str
    where: str
    way: ContactWay = "direct"
    status: str = ""

    def over(self, end: End, **how: Any) -> Visit:
        """Return the closed request."""
        return Visit(self.call, self.at, self.desk, self.priority, self.way, end, **how)


class Visits:
    """Follows every call from its request for an agent to the end of that request."""

    def __init__(self) -> None:
        self.open: dict[str, OpenVisit] = {}

    def add(self, row: JournalRow, data: Mapping[str, Any]) -> Iterator[Visit]:
        """Process one row; yield the requests that it closes."""
        open_visit = self.open.get(row.call_id)
        match row.kind, open_visit:
            case "transfer", _:
                yield from self._begin(row, data, open_visit)
            case _, None:
                return
            case "queued" | "ring" | "refused", OpenVisit():
                open_visit.way = "router" if data.get("router") else "queue"
            case "dialled", OpenVisit():
                yield from self._dialled(row, data, open_visit)
            case kind, OpenVisit():
                if visit := _ended(kind, data, open_visit):
                    del self.open[row.call_id]
                    yield visit

    def _begin(self, row: JournalRow, data: Mapping[str, Any], open_visit: OpenVisit | None) -> Iterator[Visit]:
        where = f"{data.get('flow', '')}.{data.get('step', '')}"
        if open_visit and open_visit.where == where:
            return  # the step ran again, as after a lost webhook request: not a second request for an agent
        if open_visit:
            yield _given_up(open_visit)
        desk, priority = str(data.get("desk", "")), str(data.get("priority") or "normal")
        self.open[row.call_id] = OpenVisit(row.call_id, row.at, desk, priority, where)

    def _dialled(self, row: JournalRow, data: Mapping[str, Any], open_visit: OpenVisit) -> Iterator[Visit]:
        seconds = _whole(data, "seconds")
        if open_visit.way == "queue":  # the queue could not go on, so the desk's number was dialled instead
            yield open_visit.over("left", why="direct", waited=max(0, round(row.at - open_visit.at) - seconds))
            open_visit.way = "direct"
        open_visit.desk, open_visit.status = str(data.get("desk", open_visit.desk)), str(data.get("status", ""))
        if open_visit.status == "completed":
            del self.open[row.call_id]
            yield open_visit.over("answered", why=open_visit.status, seconds=seconds)


def _ended(kind: str, data: Mapping[str, Any], open_visit: OpenVisit) -> Visit | None:
    """Return the request closed by a row of its call; None while it stays open."""
    match kind:
        case "talked":
            open_visit.way = "queue"
            agent, waited, seconds = str(data.get("agent", "")), _whole(data, "waited"), _whole(data, "seconds")
            return open_visit.over("answered", waited=waited, agent=agent, seconds=seconds)
        case "left":
            open_visit.way = "queue"
            why = str(data.get("why", ""))
            return open_visit.over("abandoned" if why == "gone" else "left", why=why, waited=_whole(data, "waited"))
        case "outcome" | "ended":
            return _given_up(open_visit)
    return None


def _given_up(open_visit: OpenVisit) -> Visit:
    """Close a request whose end no row reports; a caller who hangs up while a desk's number rings is `gone`."""
    if open_visit.way == "queue":
        return open_visit.over("left", why="unknown")
    return open_visit.over("left" if open_visit.status else "abandoned", why=open_visit.status or "gone")


def _whole(data: Mapping[str, Any], name: str) -> int:
    return max(0, round(float(data.get(name) or 0)))
