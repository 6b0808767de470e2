"""The service "tickets": opens complaints with a number and deadlines, and reports their state to their callers.

A ticket is reported only to the number that opened it and the customer it belongs to. Card and ID numbers in a message
are not kept.
"""

from __future__ import annotations

from collections.abc import Mapping
from itertools import takewhile
from typing import Any

from msgspec.structs import replace as changed

from ivr.calendar import local
from ivr.crypto import Seal
from ivr.engine.ports import Document, Documents
from ivr.engine.service_ports.tickets import (
    AboutTicket,
    AskProgress,
    OpenTicket,
    RemindOfTicket,
    TicketProgress,
    TicketReceipt,
    TicketReminder,
)
from ivr.errors import LookupFailed
from ivr.services.owners import owner_of
from ivr.services.staff_words import without_long_numbers
from ivr.services.tasks import NewTask, Tasks, due_of, promised_by
from ivr.speech.languages import family_of

from . import deadlines, references

TICKETS, OPEN_TICKETS = "tickets", "open_tickets"
NUMBERS_ISSUED, OWNERS = "ticket_keys", "ticket_owners"
"""The ticket number of each key, since a turn that is run again must not open a second ticket; and those of owners."""
ANSWERED = ("answered", "closed")
TOLD_SECONDS = 15 * 60
"""The step to which times are rounded for callers."""
MOST_REMEMBERED = 50

Age = tuple[int, str]
"""The time at which a ticket was opened, and its number: the order of tickets."""


class Tickets:
    """The service "tickets". All its state is in documents."""

    def __init__(self, documents: Documents, seal: Seal) -> None:
        self._documents, self._seal = documents, seal

    # opening

    def open(self, question: OpenTicket, *, key: str, now: float) -> TicketReceipt:
        """Open a ticket; return its number. A repeated key gets the same number."""
        kind, severity, level = question.kind, question.severity, question.level
        about = {
            "call": question.call,
            "number": question.number,
            "customer": question.customer,
            "text": without_long_numbers(question.text),
            "recording": question.recording,
        }
        owners = self._owners(question.number, question.customer)
        ticket, opened = self._number_for(key, int(now))
        # The key has opened this ticket before: a turn that is run again hears the same number.
        if stored := self._documents.get(TICKETS, ticket):
            return self._receipt_for(question, stored)
        earlier = max(filter(None, [self._note_owner(owner, ticket, kind, opened) for owner in owners]), default=None)
        new = _new(ticket, kind, severity, level, opened, earlier[1] if earlier else None)
        # The list is written first: an open ticket that is not on it would never raise an alarm.
        self._documents.change(OPEN_TICKETS, ticket, lambda _: {})
        kept = self._documents.change(TICKETS, ticket, lambda before: before or {**new, **about, "owners": owners})
        return self._receipt_for(question, kept or new)

    def _receipt_for(self, question: OpenTicket, ticket: Document) -> TicketReceipt:
        """Return the receipt. Of an earlier complaint it tells a proved customer, and who made it in this call."""
        receipt = _receipt(ticket)
        earlier = self._documents.get(TICKETS, ticket["earlier"]) if ticket["earlier"] else None
        if earlier and self._may_hear_of(question, earlier):
            return receipt
        return changed(receipt, repeat=False, earlier=None)

    def _may_hear_of(self, question: OpenTicket | AboutTicket[Any], ticket: Document) -> bool:
        """Return whether a caller may hear of a ticket without its number: a shown number is no proof."""
        proved = set(self._owners("", question.customer)) & set(ticket["owners"])
        return bool(proved) or question.call == ticket["call"] != ""

    def _number_for(self, key: str, now: int) -> tuple[str, int]:
        """Return the ticket number of a key and its time: a new number for a new key."""
        stored = self._documents.get(NUMBERS_ISSUED, key)
        if stored is None:
            offered: Document = {"ticket": references.issue(self._documents, now), "opened": now}
            stored = self._documents.change(NUMBERS_ISSUED, key, lambda before: before or offered) or offered
        return str(stored["ticket"]), int(stored["opened"])

    def _owners(self, number: str, customer: str) -> list[str]:
        named = (("number", number), ("customer", customer))
        return [owner_of(self._seal, kind, value) for kind, value in named if value]

    def _note_owner(self, owner: str, ticket: str, kind: str, opened: int) -> Age | None:
        """Add a ticket to its owner's list; return the last recent one of the same kind."""

        def note(before: Document | None) -> Document:
            rows = list(before["tickets"]) if before else []
            if all(row["ticket"] != ticket for row in rows):
                rows.append({"ticket": ticket, "kind": kind, "opened": opened})
            return {"tickets": rows[-MOST_REMEMBERED:]}

        rows = (self._documents.change(OWNERS, owner, note) or {"tickets": []})["tickets"]
        # Up to this ticket only, so that a question that is asked again does not find itself.
        came_before = takewhile(lambda row: row["ticket"] != ticket, rows)
        since = opened - deadlines.REPEAT_DAYS * 86400
        return max((_age(row) for row in came_before if row["kind"] == kind and row["opened"] >= since), default=None)

    # reporting

    def progress(self, question: AskProgress, *, key: str, now: float) -> TicketProgress:
        """Return the state of a ticket. Raises LookupFailed, `missing` for unknown tickets and those of others."""
        del key
        return _standing(self._newest(question), question.language, int(now))

    def _newest(self, question: AboutTicket[Any]) -> Document:
        """Return the ticket that a caller asks for. Raises LookupFailed, `missing`."""
        owners = self._owners(question.number, question.customer)
        if question.ticket:
            named = [self._kept(references.read_reference(question.ticket))]
        else:
            named = [self._kept(ticket) for owner in owners for ticket in self._tickets_of(owner)]
            named = [ticket for ticket in named if ticket and self._may_hear_of(question, ticket)]
        own = [ticket for ticket in named if ticket and set(owners) & set(ticket["owners"])]
        if not own:
            raise LookupFailed("there is no such ticket of this caller", missing=True)
        # One in work before one that is done: it is what the caller calls about.
        return max(own, key=lambda ticket: (ticket["state"] not in ANSWERED, _age(ticket)))

    def remind(self, question: RemindOfTicket, *, key: str, now: float) -> TicketReminder:
        """Put a late complaint on the list of calls to make; return by when, or nothing once that is late, too."""
        del key
        ticket, tasks, at = self._newest(question), Tasks(self._documents), int(now)
        if not question.number or not is_late(ticket, at):
            return TicketReminder()
        task = tasks.opened_by(_reminder_key(ticket))
        if task is None:
            task = tasks.open(_reminder(ticket, question, at), key=_reminder_key(ticket), now=now)
        if task["state"] == "closed" or due_of(task) <= at:
            return TicketReminder()
        return TicketReminder(call_back_by=promised_by(task))

    def _tickets_of(self, owner: str) -> list[str]:
        owned = self._documents.get(OWNERS, owner)
        return [str(row["ticket"]) for row in owned["tickets"]] if owned else []

    def _kept(self, ticket: str | None) -> Document | None:
        return self._documents.get(TICKETS, ticket) if ticket else None


def _new(ticket: str, kind: str, severity: str, level: str, opened: int, earlier: str | None) -> dict[str, Any]:
    promise = deadlines.promise(opened, severity)
    raised = deadlines.level_of(severity, level, repeat=earlier is not None)
    return {
        "ticket": ticket,
        "kind": kind,
        "severity": severity,
        "level": raised,
        "opened": opened,
        "repeat": earlier is not None,
        "earlier": earlier,
        "final_by": promise.final_by,
        "final_certain": promise.certain,
        "clocks": {
            "first_reply": promise.first_reply.document(),
            "final": promise.final.document(),
            "statutory": promise.statutory.document(),
        },
        "state": "open",
        "since": opened,
        "replied": None,
        "told": {},
        "owner": "",
        "history": [],
        "alarms": {},
    }


def _receipt(ticket: Document) -> TicketReceipt:
    return TicketReceipt(
        ticket=ticket["ticket"],
        first_reply_by=_first_reply_by(ticket),
        final_by=ticket["final_by"],
        final_certain=ticket["final_certain"],
        first_reply_hours=deadlines.FIRST_REPLY_HOURS,
        final_days=deadlines.FINAL_DAYS,
        repeat=ticket["repeat"],
        earlier=ticket["earlier"],
    )


def _standing(ticket: Document, language: str, now: int) -> TicketProgress:
    return TicketProgress(
        ticket=ticket["ticket"],
        kind=ticket["kind"],
        state=ticket["state"],
        since=local(ticket["since"]).isoformat(),
        first_reply_by=_first_reply_by(ticket),
        final_by=ticket["final_by"],
        final_certain=ticket["final_certain"],
        replied=ticket["replied"] is not None,
        postponed="first_final" in ticket,
        note=_note_in(ticket.get("told", {}), language),
        late=is_late(ticket, now),
    )


def _note_in(texts: Mapping[str, str], language: str) -> str:
    """Return what staff wrote for the caller, in the caller's language or one of its family; "" if in neither."""
    if language in texts or not language:
        return texts.get(language, next(iter(texts.values()), ""))
    return next((text for tag, text in texts.items() if family_of(tag) == family_of(language)), "")


def _reminder_key(ticket: Document) -> str:
    """Return the key of the task of a late complaint: one for each time that it is opened."""
    return f"late {ticket['ticket']} {ticket.get('reopened', 0)}"


def _reminder(ticket: Document, question: AboutTicket[Any], now: int) -> NewTask:
    return NewTask(
        kind="late_complaint",
        by=deadlines.reminder_due(now),
        call=ticket["call"],
        number=question.number,
        customer=ticket["customer"],
        language=question.language,
        ticket=ticket["ticket"],
        text="投诉逾期，客户来电催办，请回电说明进展",
        tell=(deadlines.ROUTES[ticket["level"]],),
    )


def is_late(ticket: Document, now: int) -> bool:
    """Return whether a deadline is missed: no caller must be told to wait for a time in the past."""
    waits = {"final"} if ticket["replied"] is not None else {"first_reply", "final"}
    return ticket["state"] not in ANSWERED and any(now > ticket["clocks"][clock]["due"] for clock in waits)


def _first_reply_by(ticket: Document) -> str:
    """Return a time rounded up to the quarter of an hour, which callers remember more easily."""
    due = ticket["clocks"]["first_reply"]["due"]
    return local(due + -due % TOLD_SECONDS).isoformat()


def _age(row: Mapping[str, Any]) -> Age:
    return int(row["opened"]), str(row["ticket"])
