"""The work of staff on complaints: take, note, answer, escalate, close, reopen. Every step is in the ticket's history.

What is written for the caller is what the caller hears of the progress, in the caller's own language where it was
written in that. The first who takes a complaint stays its owner until it is handed over (首问负责).
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from datetime import date, datetime
from typing import Any

from ivr.calendar import local, staff_calendar
from ivr.engine.ports import Document, Documents
from ivr.engine.service_ports.tickets import TICKET_LEVELS, TICKET_SEVERITIES
from ivr.flow.own_classes import TICKET_KINDS
from ivr.jobs.outbox import every_key
from ivr.services.staff_words import NoSuchCase, StaffError, checked_text, new_owner, staff_name, told_words

from . import deadlines, references
from .service import ANSWERED, OPEN_TICKETS, TICKETS, is_late

_Change = Callable[[Document], dict[str, Any]]


class TicketHandling:
    """Complaints as staff work on them. `key` makes a request that is repeated change nothing.

    `kinds` are those of the line.
    """

    def __init__(self, documents: Documents, kinds: Collection[str] = TICKET_KINDS) -> None:
        self._documents, self._kinds = documents, kinds

    def listed(self, now: float, *, every: bool = False, owner: str = "", late: bool = False) -> list[Document]:
        """Return the complaints in work, or all; those of an owner, or the late ones. The next deadline comes first."""
        keys = every_key(self._documents, TICKETS if every else OPEN_TICKETS)
        tickets = [ticket for key in keys if (ticket := self._documents.get(TICKETS, key))]
        if owner:
            tickets = [ticket for ticket in tickets if ticket["owner"] == owner]
        if late:
            tickets = [ticket for ticket in tickets if is_late(ticket, int(now))]
        return sorted(tickets, key=lambda ticket: (next_due(ticket), ticket["ticket"]))

    def find(self, ticket: str) -> Document:
        """Return a complaint. Raises StaffError."""
        number = references.read_reference(ticket)
        document = self._documents.get(TICKETS, number) if number else None
        if document is None:
            raise NoSuchCase(f"there is no complaint {ticket.strip()[:40]}; ivr tickets list shows them")
        return document

    def take(self, ticket: str, *, by: str, now: float, hand_over: bool = False, key: str = "") -> Document:
        """Make `by` the owner, and begin the work. Raises StaffError where it is another's, unless handed over."""
        name = staff_name(by)

        def take(before: Document) -> dict[str, Any]:
            _check_in_work(before)
            owner = new_owner(before["owner"], name, hand_over=hand_over)
            return {**_in_state(before, "working", now), "owner": owner}

        return self._change(ticket, take, _row(now, name, "take"), key)

    def note(
        self,
        ticket: str,
        texts: Mapping[str, str],
        *,
        by: str,
        now: float,
        internal: bool = False,
        called: bool = False,
        new_date: date | None = None,
        key: str = "",
    ) -> Document:
        """Note how far it is: for the caller, or `internal` for colleagues.

        `called`: the caller was called, which keeps the promise of a first reply. `new_date` promises the outcome by
        the end of another day; the caller hears it. Raises StaffError.
        """
        name = staff_name(by)
        spoken = {} if internal else told_words(texts)
        row = _row(now, name, "note", text=checked_text("；".join(texts.values()), "a note"), told=not internal)

        def note(before: Document) -> dict[str, Any]:
            if before["state"] == "closed":
                raise StaffError(f"{before['ticket']} is closed; reopen it first")
            after = {**before, "told": spoken or before.get("told", {}), "owner": before["owner"] or name}
            if called and before["replied"] is None:
                after["replied"] = int(now)
            return _postponed(after, new_date, now) if new_date else after

        return self._change(ticket, note, {**row, "called": called, "new_date": str(new_date or "")}, key)

    def answer(self, ticket: str, texts: Mapping[str, str], *, by: str, now: float, key: str = "") -> Document:
        """Give the answer, which the caller hears from now on. Raises StaffError."""
        name, spoken = staff_name(by), told_words(texts)

        def answer(before: Document) -> dict[str, Any]:
            if before["state"] == "closed":
                raise StaffError(f"{before['ticket']} is closed; reopen it first")
            replied = int(now) if before["replied"] is None else before["replied"]
            answered = {"told": spoken, "replied": replied, "answered": int(now), "owner": before["owner"] or name}
            return {**_in_state(before, "answered", now), **answered}

        return self._change(ticket, answer, _row(now, name, "answer", text="；".join(spoken.values()), told=True), key)

    def escalate(
        self, ticket: str, *, by: str, now: float, why: str, level: str = "", severity: str = "", key: str = ""
    ) -> Document:
        """Change severity and level; without either the level goes up by one. The responsible role gets an alarm.

        A level below the least one of the severity is refused. Raises StaffError.
        """
        name, reason = staff_name(by), checked_text(why, "the reason")
        _check_word(level, TICKET_LEVELS, "level")
        _check_word(severity, TICKET_SEVERITIES, "severity")

        def escalate(before: Document) -> dict[str, Any]:
            _check_in_work(before)
            grave = severity or before["severity"]
            raised = level or deadlines.level_of(grave, before["level"], repeat=not severity)
            # `level_of` raises a level that is too low for the severity; a difference means that it was.
            if raised != deadlines.level_of(grave, raised, repeat=False):
                least = deadlines.SEVERITIES[grave].least
                raise StaffError(f"a complaint of severity {grave} has the level {least} at least")
            if (raised, grave) == (before["level"], before["severity"]):
                raise StaffError(f"{before['ticket']} has that severity and level already")
            return _graded(before, grave, raised, now)

        return self._change(ticket, escalate, _row(now, name, "escalate", text=reason), key)

    def extend(self, ticket: str, *, by: str, now: float, why: str, key: str = "") -> Document:
        """Note that the days of the law were extended with approval, once. Raises StaffError."""

        def extend(before: Document) -> dict[str, Any]:
            _check_in_work(before)
            if before.get("extended"):
                raise StaffError(f"{before['ticket']} was extended already; the law allows it once")
            longer = deadlines.extended(before["clocks"]["statutory"])
            return {**_with_clock(before, "statutory", longer), "extended": True}

        return self._change(
            ticket, extend, _row(now, staff_name(by), "extend", text=checked_text(why, "the reason")), key
        )

    def close(self, ticket: str, *, by: str, now: float, note: str = "", kind: str = "", key: str = "") -> Document:
        """Close a complaint that was answered; `kind` corrects what it was about. Raises StaffError."""
        _check_word(kind, self._kinds, "kind")
        text = checked_text(note, "a note") if note.strip() else ""

        def close(before: Document) -> dict[str, Any]:
            if before["state"] != "answered":
                state = "closed already" if before["state"] == "closed" else "not answered yet; answer it first"
                raise StaffError(f"{before['ticket']} is {state}")
            return {**_in_state(before, "closed", now), "kind": kind or before["kind"]}

        return self._change(ticket, close, _row(now, staff_name(by), "close", text=text), key)

    def reopen(self, ticket: str, *, by: str, now: float, why: str, key: str = "") -> Document:
        """Take up an answered or closed complaint again, with a new day for its outcome. Raises StaffError."""
        name = staff_name(by)

        def reopen(before: Document) -> dict[str, Any]:
            if before["state"] not in ANSWERED:
                raise StaffError(f"{before['ticket']} is in work; only an answered or closed one is reopened")
            promised = deadlines.promise(int(now), before["severity"])
            after = {**_in_state(before, "working", now), "told": {}, "reopened": before.get("reopened", 0) + 1}
            final = {"final_by": promised.final_by, "final_certain": promised.certain}
            return {**_with_clock(after, "final", promised.final.document()), **final}

        return self._change(ticket, reopen, _row(now, name, "reopen", text=checked_text(why, "the reason")), key)

    def _change(self, ticket: str, change: _Change, row: Document, key: str) -> Document:
        after = self.find(ticket)
        number = str(after["ticket"])

        def update(before: Document | None) -> Document | None:
            if before is None or (key and any(row.get("key") == key for row in before["history"])):
                return before
            changed = change(before)
            step = {**row, "state": changed["state"], **({"key": key} if key else {})}
            return {**changed, "history": [*before["history"], step]}

        # It is on the list before it is in work again: an open ticket that is not would never raise an alarm.
        self._documents.change(OPEN_TICKETS, number, lambda before: before or {})
        try:
            after = self._documents.change(TICKETS, number, update) or after
        finally:
            if after["state"] in ANSWERED:
                self._documents.change(OPEN_TICKETS, number, lambda _: None)
        return after


def next_due(ticket: Document) -> int:
    """Return the deadline that comes next, as a Unix time; of a complaint that is done, when it was done."""
    if ticket["state"] in ANSWERED:
        return int(ticket["since"])
    clocks = ticket["clocks"]
    running = ("final",) if ticket["replied"] is not None else ("first_reply", "final")
    return min(int(clocks[name]["due"]) for name in running)


def _row(now: float, by: str, did: str, **more: Any) -> dict[str, Any]:
    return {"at": int(now), "by": by, "did": did, **more}


def _in_state(before: Document, state: str, now: float) -> dict[str, Any]:
    since = before["since"] if state == before["state"] else int(now)
    return {**before, "state": state, "since": since}


def _check_in_work(ticket: Document) -> None:
    if ticket["state"] in ANSWERED:
        raise StaffError(f"{ticket['ticket']} is {ticket['state']}; reopen it first")


def _check_word(word: str, allowed: Collection[str], what: str) -> None:
    if word and word not in allowed:
        raise StaffError(f"the {what} is one of {', '.join(allowed)}")


def _postponed(before: Document, new_date: date, now: float) -> dict[str, Any]:
    """Return a complaint whose outcome is promised by another day; the first promise stays for reports."""
    end = datetime(new_date.year, new_date.month, new_date.day, 23, 59, 59, tzinfo=staff_calendar().zone)
    if end.timestamp() <= now:
        raise StaffError(f"{new_date} is over; promise a day to come")
    first = before.get("first_final") or before["clocks"]["final"]["due"]
    clock = deadlines.spread(int(now), int(end.timestamp())).document()
    final = {"final_by": local(end.timestamp()).date().isoformat(), "final_certain": True, "first_final": first}
    return {**_with_clock(before, "final", clock), **final}


def _graded(before: Document, severity: str, level: str, now: float) -> dict[str, Any]:
    """Return a complaint with another severity and level: the clock of the law follows the severity."""
    # Counted from the day of the complaint, as the law does, not from the day of this change.
    statutory = deadlines.promise(before["opened"], severity).statutory.document()
    if before.get("extended"):
        statutory = deadlines.extended(statutory)
    after = {**_with_clock(before, "statutory", statutory), "severity": severity, "level": level}
    if TICKET_LEVELS.index(level) > TICKET_LEVELS.index(before["level"]):
        after["escalated"] = {"level": level, "at": int(now)}
    return after


def _with_clock(before: Document, name: str, clock: Document) -> dict[str, Any]:
    """Return a complaint with one of its clocks set anew, which warns again even if it has warned before."""
    # A new level alone leaves the days of the law as they are, and must not repeat their alarm.
    if before["clocks"][name] == clock:
        return dict(before)
    alarms = {alarm: mark for alarm, mark in before["alarms"].items() if not alarm.startswith(f"{name}.")}
    return {**before, "clocks": {**before["clocks"], name: clock}, "alarms": alarms}
