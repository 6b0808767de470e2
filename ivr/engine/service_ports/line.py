"""The question for what operators have switched on for all callers of a line."""

from __future__ import annotations

from typing import Annotated, ClassVar, Protocol

from .field_types import FLAG, TEXT, ShortTextType, TextType
from .question import Answer, Question


class AnnouncementText(Answer, frozen=True, kw_only=True):
    """An announcement; its text is empty while the slot is switched off."""

    text: Annotated[str, TEXT, "the words"] = ""
    language: Annotated[str, TEXT, "the language that they are in"] = ""
    drill: Annotated[bool, FLAG, "whether it is a drill"] = False


class AskAnnouncement(Question[AnnouncementText], frozen=True, kw_only=True):
    """Return the announcement of a slot of `line.yaml` for a call."""

    source: ClassVar[str] = "line.announcement"
    slot: Annotated[str, ShortTextType(), "the slot"]
    language: Annotated[str, TextType(), "the language that is spoken"] = ""
    caller: Annotated[str, TextType(), "the number that calls"] = ""
    called: Annotated[str, TextType(), "the number that was called"] = ""


class LinePort(Protocol):
    """The service "line"."""

    def announcement(self, question: AskAnnouncement, *, key: str, now: float) -> AnnouncementText:
        """Return the announcement. Raises LookupFailed if the store could never be read."""
