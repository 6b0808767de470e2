"""Complaints and tasks as staff see them, by command and by API: JSON objects, and CSV for spreadsheets."""

from __future__ import annotations

import csv
from collections.abc import Iterable, Mapping
from typing import Any, TextIO

from ivr.calendar import local
from ivr.engine.ports import Document
from ivr.engine.telephone import masked_number
from ivr.services.tasks import due_of, task_id, task_kind
from ivr.services.tickets.handling import next_due
from ivr.services.tickets.service import is_late

from .csv_cells import csv_cell

_View = dict[str, Any]
SEVERITY_WORDS: Mapping[str, str] = {"ordinary": "一般", "grave": "重大", "public": "突发舆情"}
LEVEL_WORDS: Mapping[str, str] = {"first": "初", "middle": "中", "high": "高"}
KIND_WORDS: Mapping[str, str] = {"product": "产品", "service": "服务", "channel": "渠道系统", "policy": "政策合规"}
_CLOCKS = {"first_reply": "first_reply_by", "final": "final_by", "statutory": "statutory_by"}
_COLUMNS = (
    "ticket", "kind", "severity", "level", "state", "owner", "opened", "due", "late", "first_reply_by", "final_by",
    "statutory_by", "repeat", "earlier", "reopened", "number", "call", "told",
)  # fmt: skip


def ticket_view(ticket: Document, now: float, *, numbers: bool = False) -> _View:
    """Return a complaint. `due` is the next deadline, and the caller's number is masked unless `numbers`."""
    times = {shown: _moment(ticket["clocks"][clock]["due"]) for clock, shown in _CLOCKS.items()}
    return {
        **{name: ticket[name] for name in ("ticket", "kind", "severity", "level", "state", "owner")},
        "opened": _moment(ticket["opened"]),
        "since": _moment(ticket["since"]),
        "due": _moment(next_due(ticket)),
        "late": is_late(ticket, int(now)),
        **times,
        "first_replied": _moment(ticket["replied"]) if ticket["replied"] is not None else None,
        "postponed": "first_final" in ticket,
        "repeat": ticket["repeat"],
        "earlier": ticket["earlier"],
        "reopened": ticket.get("reopened", 0),
        "number": _number(ticket["number"], numbers),
        "customer": ticket["customer"],
        "call": ticket["call"],
        "text": ticket["text"],
        "recorded": bool(ticket["recording"]),
        "told": dict(ticket.get("told", {})),
        "history": [{**row, "at": _moment(row["at"])} for row in ticket["history"]],
    }


def task_view(task: Document, now: float, *, numbers: bool = False) -> _View:
    """Return a task. `by` is when the caller is to be called; the number is masked unless `numbers`."""
    words = ("call", "reason", "name", "desk", "agent", "language", "reference", "ticket", "text", "customer")
    return {
        "task": task_id(task),
        "kind": task_kind(task),
        "state": task["state"],
        "owner": task["owner"],
        "opened": _moment(task["opened"]),
        "by": _moment(due_of(task)),
        "overdue": task["state"] == "open" and now > due_of(task),
        "number": _number(task["number"], numbers),
        **{name: task.get(name, "") for name in words},
        "desk": task.get("desk") or task.get("queue", ""),
        "recorded": bool(task.get("recording")),
        "attempts": [{**row, "at": _moment(row["at"])} for row in task["attempts"]],
        "history": [{**row, "at": _moment(row["at"])} for row in task.get("history", ())],
    }


def write_tickets(rows: Iterable[Mapping[str, Any]], file: TextIO) -> None:
    """Write complaints as CSV, one a row; texts for callers in one column, by language."""
    out = csv.writer(file)
    out.writerow(_COLUMNS)
    for row in rows:
        spoken = " | ".join(f"{language}: {text}" for language, text in row["told"].items())
        cells = {**row, "told": spoken}
        out.writerow(csv_cell(_text(cells[column])) for column in _COLUMNS)


def _text(value: Any) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    return "" if value is None else str(value)


def _number(number: str, numbers: bool) -> str:
    return number if numbers or not number else masked_number(number)


def _moment(at: float) -> str:
    return local(at).isoformat(timespec="minutes")
