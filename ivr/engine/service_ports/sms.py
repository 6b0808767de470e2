"""The question that sends a text message."""

from __future__ import annotations

from typing import Annotated, ClassVar, Protocol

from .field_types import TAIL_FIELD, TEXT, CarrierTextType, Private, PrivateType, TextType
from .question import Answer, Question


class MessageSent(Answer, frozen=True, kw_only=True):
    """A text message is on its way."""

    id: Annotated[str, TEXT, "the message's id"]
    to_tail: Annotated[str, TAIL_FIELD, "the end of the number that it goes to"]


class SendMessage(Question[MessageSent], frozen=True, kw_only=True):
    """Send a text message; "no such thing" for a number that gets none."""

    source: ClassVar[str] = "sms.send"
    number: Annotated[str, CarrierTextType(64), "the number, with its country code"] = ""
    text: Annotated[Private, PrivateType(10_000), "the message"]
    purpose: Annotated[str, TextType(), "what it is for, for operators"] = ""


class SmsPort(Protocol):
    """The service "sms"."""

    def send(self, question: SendMessage, *, key: str, now: float) -> MessageSent:
        """Send a message; the same key never sends twice. Raises LookupFailed."""
