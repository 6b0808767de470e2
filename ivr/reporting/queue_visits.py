"""What becomes of each wish for a person, read from journal rows one by one. Holds only the wishes that are open."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Literal

from ivr.engine.ports import JournalRow

ContactWay = Literal["queue", "direct", "router"]
"""Who finds a person: the queue, a desk's own number, or the carrier's router. Only the queue knows of waiting."""
End = Literal["answered", "abandoned", "left"]


@dataclass(frozen=True)
class Visit:
    """One wish for a person that is over, by the moment it began. Times in seconds.

    `why` is how it ended in the queue's or the carrier's words: "choice", "full", "busy". `waited` lasts until an agent
    took the call, not until the agent's telephone rang.
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
    """A wish that is still open; until the queue or a desk's number shows up, `way` is a desk's number."""

    call: str
    at: float
    desk: str
    priority: str
    where: str
    way: ContactWay = "direct"
    status: str = ""

    def over(self, end: End, **how: Any) -> Visit:
        """Return what became of it."""
        return Visit(self.call, self.at, self.desk, self.priority, self.way, end, **how)


class Visits:
    """Follows every call from its wish for a person to the end of that wish."""

    def __init__(self) -> None:
        self.open: dict[str, OpenVisit] = {}

    def add(self, row: JournalRow, data: Mapping[str, Any]) -> Iterator[Visit]:
        """Take one row; yield what is over by it."""
        wish = self.open.get(row.call_id)
        if row.kind == "transfer":
            yield from self._begin(row, data, wish)
        elif wish is None:
            return
        elif row.kind in ("queued", "ring", "refused"):
            wish.way = "router" if data.get("router") else "queue"
        elif row.kind == "dialled":
            yield from self._dialled(row, data, wish)
        elif visit := _ended(row.kind, data, wish):
            del self.open[row.call_id]
            yield visit

    def _begin(self, row: JournalRow, data: Mapping[str, Any], wish: OpenVisit | None) -> Iterator[Visit]:
        where = f"{data.get('flow', '')}.{data.get('step', '')}"
        if wish and wish.where == where:
            return  # the step was run again, as after a lost request: the caller has wished once
        if wish:
            yield _given_up(wish)
        desk, priority = str(data.get("desk", "")), str(data.get("priority") or "normal")
        self.open[row.call_id] = OpenVisit(row.call_id, row.at, desk, priority, where)

    def _dialled(self, row: JournalRow, data: Mapping[str, Any], wish: OpenVisit) -> Iterator[Visit]:
        seconds = _whole(data, "seconds")
        if wish.way == "queue":  # the queue could not go on, so the desk's number was dialled instead
            yield wish.over("left", why="direct", waited=max(0, round(row.at - wish.at) - seconds))
            wish.way = "direct"
        wish.desk, wish.status = str(data.get("desk", wish.desk)), str(data.get("status", ""))
        if wish.status == "completed":
            del self.open[row.call_id]
            yield wish.over("answered", why=wish.status, seconds=seconds)


def _ended(kind: str, data: Mapping[str, Any], wish: OpenVisit) -> Visit | None:
    """Return what became of a wish by a row of its call; None while it goes on."""
    match kind:
        case "talked":
            wish.way = "queue"
            agent, waited, seconds = str(data.get("agent", "")), _whole(data, "waited"), _whole(data, "seconds")
            return wish.over("answered", waited=waited, agent=agent, seconds=seconds)
        case "left":
            wish.way = "queue"
            why = str(data.get("why", ""))
            return wish.over("abandoned" if why == "gone" else "left", why=why, waited=_whole(data, "waited"))
        case "outcome" | "ended":
            return _given_up(wish)
    return None


def _given_up(wish: OpenVisit) -> Visit:
    """End a wish of which nobody said how it ended; who hangs up while a desk's number rings is `gone`."""
    if wish.way == "queue":
        return wish.over("left", why="unknown")
    return wish.over("left" if wish.status else "abandoned", why=wish.status or "gone")


def _whole(data: Mapping[str, Any], name: str) -> int:
    return max(0, round(float(data.get(name) or 0)))
