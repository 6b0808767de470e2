"""The detail of one call from its journal rows: path, reasons, identity, people, tickets, messages, survey.

The journal does not contain typed input, so neither does a detail. Callers' numbers are masked unless requested.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from typing import Any

from ivr.calendar import local
from ivr.engine.journal import journal_rows
from ivr.engine.ports import CallStore, Document, JournalRow
from ivr.engine.telephone import masked_number
from ivr.jobs.outbox import KeyedMessage

EVENTS = "call_events"
"""The collection of ended calls that are still to be reported, by call id."""

CallDetail = dict[str, Any]


def detail_of(call_id: str, rows: Iterable[JournalRow], *, numbers: bool = False) -> CallDetail:
    """Return the detail of a call; `seconds` of a live call count up to its last turn."""
    detail = _empty(call_id)
    began: float | None = None
    for row in rows:
        began = row.at if began is None else began
        _take(detail, row, round(row.at - began, 1), numbers=numbers)
    return detail


def _empty(call_id: str) -> CallDetail:
    return {
        "call": call_id,
        "caller": "",
        "called": "",
        "known": False,
        "tier": "none",
        "started": None,
        "ended": None,
        "ended_by": None,
        "seconds": 0.0,
        "seconds_with_people": 0.0,
        "reasons": [],
        "identity": {"level": 0, "results": []},
        "path": [],
        "people": [],
        "dials_in_vain": [],
        "tickets": [],
        "messages": [],
        "listened": [],
        "wrap_ups": [],
        "survey": None,
        "cut_off": None,
        "go_on": [],
        "silences": 0,
        "misses": 0,
        "failed_lookups": [],
    }


def _take(detail: CallDetail, row: JournalRow, at: float, *, numbers: bool) -> None:
    data: Mapping[str, Any] = json.loads(row.data)
    if row.kind not in ("listened", "wrap_up"):  # by staff, days after the call
        detail["seconds"] = max(detail["seconds"], at)
    match row.kind:
        case "started":
            caller = str(data.get("caller", ""))
            detail |= {name: data.get(name) for name in ("called", "known", "tier")}
            detail |= {"caller": caller if numbers else masked_number(caller), "started": _moment(row.at)}
        case "ended":
            detail |= {"ended": _moment(row.at), "ended_by": data.get("reason")}
            detail["seconds"] = data.get("seconds", detail["seconds"])
        case "outcome":
            detail["path"].append({"at": at, **_only(data, "flow", "step", "outcome", "to")})
        case "reason":
            if data.get("reason") not in detail["reasons"]:
                detail["reasons"].append(data.get("reason"))
        case "identity":
            detail["identity"]["results"].append({"at": at, **_only(data, "outcome", "level")})
            if data.get("outcome") == "verified":
                detail["identity"]["level"] = max(detail["identity"]["level"], data.get("level", 0))
        case "dialled":
            if data.get("status") == "completed":
                detail["people"].append({"at": at, **_only(data, "desk", "status", "seconds")})
                detail["seconds_with_people"] += data.get("seconds", 0)
            else:
                detail["dials_in_vain"].append({"at": at, **_only(data, "desk", "status")})
        case "talked":
            detail["people"].append({"at": at, **_only(data, "agent", "desk", "priority", "waited", "seconds")})
            detail["seconds_with_people"] += data.get("seconds", 0)
        case "refused":
            detail["dials_in_vain"].append({"at": at, **_only(data, "agent", "desk", "status")})
        case "ticket":
            detail["tickets"].append({"at": at, **_only(data, "ticket", "about", "repeat")})
        case "message" | "late_recording":
            late = {"late": True} if row.kind == "late_recording" else {}
            detail["messages"].append({"at": at, **_only(data, "seconds", "url"), **late})
        case "wrap_up":
            detail["wrap_ups"].append({"at": _moment(row.at), **_only(data, "agent", "reason", "result", "note")})
        case "listened":
            detail["listened"].append({"at": _moment(row.at), **_only(data, "by", "recording")})
        case "survey":
            detail["survey"] = {name: value for name, value in data.items() if name not in ("flow", "step")}
        case "cut_off" | "go_on":
            _take_cut_off(detail, row.kind, data, at)
        case "no_input":
            detail["silences"] += 1
        case "no_match":
            detail["misses"] += 1
        case "lookup" if data.get("outcome") == "failed":
            detail["failed_lookups"].append({"at": at, **_only(data, "source", "reason")})


def _take_cut_off(detail: CallDetail, kind: str, data: Mapping[str, Any], at: float) -> None:
    """Add where a call was cut off, or that it goes on with an earlier one."""
    if kind == "go_on":
        detail["go_on"].append({"at": at, **_only(data, "outcome", "earlier", "to")})
    else:
        detail["cut_off"] = {"at": at, "flow": data.get("in_flow"), "step": data.get("place")}


def _only(data: Mapping[str, Any], *names: str) -> CallDetail:
    return {name: data[name] for name in names if data.get(name) is not None}


def _moment(at: float) -> str:
    return local(at).isoformat(timespec="seconds")


class EndedCalls:
    """Makes the event `call.ended` of each ended call, for IVR_EVENTS_URL."""

    def __init__(self, store: CallStore) -> None:
        self._store = store

    def letter(self, call_id: str, document: Document) -> KeyedMessage | None:
        """Return the message of a call; None while the call is live."""
        saved = self._store.load(call_id)
        if saved is None or not saved.ended:
            return None
        return KeyedMessage(
            f"{call_id}:ended", {"event": "call.ended", **detail_of(call_id, journal_rows(self._store, call_id))}
        )
