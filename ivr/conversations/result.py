"""The result of a conversation: its transcript and its failed expectation, in an editor's words."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache

from ivr.carrier.caller import ListeningWindow
from ivr.carrier.carrier_options import CallResult
from ivr.diagnostics.problem import Place

from .model import Conversation, ConversationTurn, Expectation

CARRIER_FAULT = "the carrier reports a fault"
"""The beginning of a failure that is no expectation of the conversation: the carrier's faults and warnings."""


@dataclass(frozen=True)
class FailedExpectation:
    """The first expectation that failed. `heard` is everything heard since the caller's last act.

    `expected` is the text that was not heard, if it was one.
    """

    place: Place
    message: str
    heard: str = ""
    expected: str = ""

    def __str__(self) -> str:
        heard = f"\n    heard: {self.heard}" if self.heard else ""
        return f"{self.place}: {self.message}{heard}"


@dataclass(frozen=True)
class TranscriptLine:
    """A line of the transcript: seconds into the call, who, and what; long runs of keys are masked."""

    at: float
    who: str
    what: str


@dataclass(frozen=True)
class ConversationResult:
    """The result of a conversation. `unchecked` are expectations that only the server's own process could check."""

    conversation: Conversation
    result: CallResult
    failures: tuple[FailedExpectation, ...]
    unchecked: tuple[Expectation, ...]
    transcript: tuple[TranscriptLine, ...]

    @property
    def passed(self) -> bool:
        """Whether every expectation was met."""
        return not self.failures


# Points and commas within a number stay: 12.50 must not match 1250.
_MARKS = re.compile(r"[\s。、;]+|(?<!\d)[,.]|[,.](?!\d)")


@lru_cache(maxsize=4096)
def folded_for_match(text: str) -> str:
    """Fold character widths, blanks and punctuation, which are not heard. Points inside a number stay."""
    return _MARKS.sub("", unicodedata.normalize("NFKC", text))


def act_of(turn: ConversationTurn) -> str:
    """Describe the caller's act in a turn."""
    words = {
        "press": "keys to press",
        "choose": "a choice to take",
        "say": "words to say",
        "wait": "to wait",
        "record": "a message to leave",
    }
    words |= {"dial": "to be put through", "agent": "to be put through", "hang_up": "to hang up"}
    return words[turn.act or "wait"]


def how(listening: ListeningWindow) -> str:
    """Describe what a document waits for."""
    if listening.records:
        return "to record"
    return "for " + " or ".join(filter(None, ["keys" * listening.keys, "speech" * listening.speech]))


def quoted(expectation: Expectation) -> str:
    """Quote the expected texts."""
    return f"「{expectation.value}」"


def plain(value: object) -> object:
    """Return a value as conversation files write it."""
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, Mapping):
        return {str(name): plain(item) for name, item in value.items()}
    if isinstance(value, list | tuple):
        return [plain(item) for item in value]
    return None if value is None else str(value)


def shown(value: object) -> str:
    """Return a value for a message."""
    text = plain(value)
    return "nothing" if text in (None, "") else str(text)
