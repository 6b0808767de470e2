"""The questions to the service "memory": preferences of a caller for the next call from the same number."""

from __future__ import annotations

from decimal import Decimal
from typing import Annotated, ClassVar, Protocol

from .field_types import COUNT, LIST, RATE_FIELD, TEXT, NameType, NumberType, OneWordType, RateType, TextType
from .question import Answer, Question

_SLOWEST, _FASTEST = Decimal("0.5"), Decimal("2")
SWITCH = ("on", "off")
"""Whether what a caller often asks for may be offered first; who does not want that says so once."""


AGE_BANDS = ("elderly", "younger")
"""The age of a customer as far as it is kept; see ELDERLY_AGE."""


class CallerPreferences(Answer, frozen=True, kw_only=True):
    """The preferences of a number; those that were never chosen are None."""

    profile: Annotated[str | None, TEXT, "the menu that was chosen"] = None
    language: Annotated[str | None, TEXT, "the language that was chosen"] = None
    rate: Annotated[float | None, RATE_FIELD, "the speaking rate that was chosen, as a share of the usual one"] = None
    frequent: Annotated[str | None, TEXT, "off for callers who do not want to hear what they often ask for"] = None
    last_reasons: Annotated[tuple[str, ...], LIST, "what the last calls were about, the newest first"] = ()
    reasons: Annotated[tuple[str, ...], LIST, "what this number calls for most"] = ()
    calls: Annotated[int, COUNT, "calls that chose something"] = 0
    segment: Annotated[str | None, TEXT, "the bank's group of customers when it was asked last"] = None
    age_band: Annotated[str | None, TEXT, "elderly or younger, when the bank was asked last"] = None


class RecallPreferences(Question[CallerPreferences], frozen=True, kw_only=True):
    """Return the preferences of this number."""

    source: ClassVar[str] = "memory.recall"
    number: Annotated[str, NumberType(), "the number that calls"] = ""


class KeepPreferences(Question[CallerPreferences], frozen=True, kw_only=True):
    """Keep what a caller chose, for this call and the next; answers with all that is remembered."""

    source: ClassVar[str] = "memory.keep"
    number: Annotated[str, NumberType(), "the number that calls; nothing is kept without one"] = ""
    call: Annotated[str, TextType(), "the call, so that calls can be counted"] = ""
    profile: Annotated[str, NameType(), "the menu: elderly or standard"] = ""
    language: Annotated[str, NameType(), "the language"] = ""
    rate: Annotated[str, RateType(_SLOWEST, _FASTEST), "the speaking rate, as a share of the usual one"] = ""
    frequent: Annotated[str, OneWordType(SWITCH), "whether what is often asked for is offered first"] = ""
    reason: Annotated[str, NameType(), "what the call is about"] = ""
    segment: Annotated[str, NameType(), "the bank's group of customers, for an hour without the bank"] = ""
    age_band: Annotated[str, OneWordType(AGE_BANDS), "whether the customer is elderly, likewise"] = ""

    @property
    def is_callers_choice(self) -> bool:
        """Return whether a caller chose what is kept, and not the bank's record of the number."""
        return any((self.profile, self.language, self.rate, self.frequent, self.reason))


class ForgetPreferences(Question[CallerPreferences], frozen=True, kw_only=True):
    """Forget what was remembered of a number."""

    source: ClassVar[str] = "memory.forget"
    number: Annotated[str, NumberType(), "the number"] = ""


class MemoryPort(Protocol):
    """The service "memory"."""

    def recall(self, question: RecallPreferences, *, key: str, now: float) -> CallerPreferences:
        """Return the preferences."""

    def keep(self, question: KeepPreferences, *, key: str, now: float) -> CallerPreferences:
        """Keep preferences; a repeated key changes nothing."""

    def forget(self, question: ForgetPreferences, *, key: str, now: float) -> CallerPreferences:
        """Forget a number."""
