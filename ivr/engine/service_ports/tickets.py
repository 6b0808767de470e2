"""The questions to the service "tickets": complaints are opened, reported to their callers, worked on by operators."""

from __future__ import annotations

from typing import Annotated, ClassVar, Generic, Protocol

from ivr.flow.own_classes import TICKET_KINDS

from .field_types import CODE_FIELD, COUNT, DAY_FIELD, FLAG, MOMENT, TEXT, ClassType, NumberType, OneWordType, TextType
from .question import A, Answer, Question

TICKET_SEVERITIES = ("ordinary", "grave", "public")
TICKET_LEVELS = ("first", "middle", "high")
TICKET_STATES = ("open", "working", "answered", "closed")
LONGEST_TEXT, LONGEST_URL = 2000, 500


class TicketReceipt(Answer, frozen=True, kw_only=True):
    """The promises of a new ticket."""

    ticket: Annotated[str, CODE_FIELD, "the number to read back"]
    first_reply_by: Annotated[str, MOMENT, "the last moment of the first reply, to a quarter of an hour"]
    final_by: Annotated[str, DAY_FIELD, "the last day of the outcome"]
    final_certain: Annotated[bool, FLAG, "whether that day is sure; the days off of a coming year may be unknown"]
    first_reply_hours: Annotated[int, COUNT, "hours until the first reply"]
    final_days: Annotated[int, COUNT, "working days until the outcome"]
    repeat: Annotated[bool, FLAG, "whether the same caller complained of the same kind within a week"]
    earlier: Annotated[str | None, CODE_FIELD, "the number of that earlier ticket"] = None


class TicketProgress(Answer, frozen=True, kw_only=True):
    """The state of a ticket."""

    ticket: Annotated[str, CODE_FIELD, "the number of the ticket"]
    kind: Annotated[str, TEXT, "what it is about: a kind of tickets of the line"]
    state: Annotated[str, TEXT, "how far it is: " + ", ".join(TICKET_STATES)]
    since: Annotated[str, MOMENT, "since when"]
    first_reply_by: Annotated[str, MOMENT, "the last moment of the first reply"]
    final_by: Annotated[str, DAY_FIELD, "the last day of the outcome"]
    final_certain: Annotated[bool, FLAG, "whether that day is sure"]
    replied: Annotated[bool, FLAG, "whether the caller was called already"]
    postponed: Annotated[bool, FLAG, "whether staff promised another day than at first"]
    note: Annotated[str, TEXT, "what staff wrote for the caller last; empty if not in the caller's language"]
    late: Annotated[bool, FLAG, "whether a promise is broken"]


class TicketReminder(Answer, frozen=True, kw_only=True):
    """The promise to a caller whose complaint is late."""

    call_back_by: Annotated[str | None, MOMENT, "by when staff call; none where that is late, too"] = None


class OpenTicket(Question[TicketReceipt], frozen=True, kw_only=True):
    """Open a ticket for a complaint."""

    source: ClassVar[str] = "tickets.open"
    kind: Annotated[str, ClassType("ticket_kinds", TICKET_KINDS), "what it is about"]
    severity: Annotated[str, OneWordType(TICKET_SEVERITIES), "how grave it is"] = TICKET_SEVERITIES[0]
    level: Annotated[str, OneWordType(TICKET_LEVELS), "who must deal with it, at least"] = TICKET_LEVELS[0]
    call: Annotated[str, TextType(), "the call"] = ""
    number: Annotated[str, NumberType(), "the number that calls"] = ""
    customer: Annotated[str, TextType(), "the verified customer"] = ""
    text: Annotated[str, TextType(LONGEST_TEXT), "the complaint in words"] = ""
    recording: Annotated[str, TextType(LONGEST_URL), "the address of the caller's own words"] = ""


class AboutTicket(Question[A], Generic[A], frozen=True, kw_only=True):
    """The fields that name a ticket and the caller who asks.

    Without the number of a ticket, only those of a proved customer and of this call are told, for a shown number is no
    proof.
    """

    call: Annotated[str, TextType(), "the call"] = ""

    number: Annotated[str, NumberType(), "the number that calls"] = ""
    customer: Annotated[str, TextType(), "the verified customer"] = ""
    ticket: Annotated[str, TextType(), "the number of the ticket"] = ""
    language: Annotated[str, TextType(), "the caller's language, in which the note is told"] = ""


class AskProgress(AboutTicket[TicketProgress], frozen=True, kw_only=True):
    """Return the state of a ticket to its number or customer; without a `ticket`, of the most urgent one."""

    source: ClassVar[str] = "tickets.progress"


class RemindOfTicket(AboutTicket[TicketReminder], frozen=True, kw_only=True):
    """Put a call to the caller of a late complaint on the list of tasks, once, and tell the responsible role."""

    source: ClassVar[str] = "tickets.remind"


class TicketsPort(Protocol):
    """The service "tickets"."""

    def open(self, question: OpenTicket, *, key: str, now: float) -> TicketReceipt:
        """Open a ticket, one for a key. Raises LookupFailed."""

    def progress(self, question: AskProgress, *, key: str, now: float) -> TicketProgress:
        """Return the state of a ticket. Raises LookupFailed, `missing` where the caller has none."""

    def remind(self, question: RemindOfTicket, *, key: str, now: float) -> TicketReminder:
        """Put a late complaint on the list of calls. Raises LookupFailed, `missing` where the caller has none."""
