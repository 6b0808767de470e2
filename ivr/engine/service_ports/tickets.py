"""The questions to the service "tickets": complaints are opened, reported to their callers, worked on by operators."""

from __future__ import annotations

from typing import Annotated, ClassVar, Protocol

from .field_types import CODE_FIELD, COUNT, DAY_FIELD, FLAG, MOMENT, TEXT, FlagType, NumberType, OneWordType, TextType
from .question import Answer, Question

TICKET_KINDS = ("product", "service", "channel", "policy")
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
    kind: Annotated[str, TEXT, "what it is about: " + ", ".join(TICKET_KINDS)]
    state: Annotated[str, TEXT, "how far it is: " + ", ".join(TICKET_STATES)]
    since: Annotated[str, MOMENT, "since when"]
    first_reply_by: Annotated[str, MOMENT, "the last moment of the first reply"]
    final_by: Annotated[str, DAY_FIELD, "the last day of the outcome"]
    final_certain: Annotated[bool, FLAG, "whether that day is sure"]
    note: Annotated[str, TEXT, "what operators noted last"]
    late: Annotated[bool | None, FLAG, "whether a promise is broken"] = None
    owner: Annotated[str | None, TEXT, "who works on it, told to operators"] = None


class OpenTicket(Question[TicketReceipt], frozen=True, kw_only=True):
    """Open a ticket for a complaint."""

    source: ClassVar[str] = "tickets.open"
    kind: Annotated[str, OneWordType(TICKET_KINDS), "what it is about"]
    severity: Annotated[str, OneWordType(TICKET_SEVERITIES), "how grave it is"] = TICKET_SEVERITIES[0]
    level: Annotated[str, OneWordType(TICKET_LEVELS), "who must deal with it, at least"] = TICKET_LEVELS[0]
    call: Annotated[str, TextType(), "the call"] = ""
    number: Annotated[str, NumberType(), "the number that calls"] = ""
    customer: Annotated[str, TextType(), "the verified customer"] = ""
    text: Annotated[str, TextType(LONGEST_TEXT), "the complaint in words"] = ""
    recording: Annotated[str, TextType(LONGEST_URL), "the address of the caller's own words"] = ""


class AskProgress(Question[TicketProgress], frozen=True, kw_only=True):
    """Return the state of a ticket to its number or customer; without a `ticket`, of the most urgent one."""

    source: ClassVar[str] = "tickets.progress"
    number: Annotated[str, NumberType(), "the number that calls"] = ""
    customer: Annotated[str, TextType(), "the verified customer"] = ""
    ticket: Annotated[str, TextType(), "the number of the ticket"] = ""


class UpdateTicket(Question[TicketProgress], frozen=True, kw_only=True):
    """Record the work of an operator."""

    source: ClassVar[str] = "tickets.update"
    ticket: Annotated[str, TextType(), "the number of the ticket"]
    state: Annotated[str, OneWordType(TICKET_STATES), "how far it is now"] = ""
    note: Annotated[str, TextType(LONGEST_TEXT), "what to note"] = ""
    by: Annotated[str, TextType(), "who did it"] = ""
    extend: Annotated[bool, FlagType(), "whether the days of the law were extended"] = False


class TicketsPort(Protocol):
    """The service "tickets"."""

    def open(self, question: OpenTicket, *, key: str, now: float) -> TicketReceipt:
        """Open a ticket, one for a key. Raises LookupFailed."""

    def progress(self, question: AskProgress, *, key: str, now: float) -> TicketProgress:
        """Return the state of a ticket. Raises LookupFailed, `missing` where the caller has none."""

    def update(self, question: UpdateTicket, *, key: str, now: float) -> TicketProgress:
        """Record the work. Raises LookupFailed, `missing` where there is no such ticket."""
