"""The questions to the service "identity": counted tries, one-time codes, weak PINs."""

from __future__ import annotations

from typing import Annotated, ClassVar, Protocol

from .field_types import (
    COUNT,
    DURATION,
    FLAG,
    TAIL_FIELD,
    TEXT,
    CarrierTextType,
    FlagType,
    Private,
    PrivateTextsType,
    PrivateType,
    ShortTextType,
    TextType,
    WordsType,
)
from .question import Answer, Done, Question

LONGEST_GIVEN = 128


class TryCharged(Answer, frozen=True, kw_only=True):
    """Whether a try may be made."""

    allowed: Annotated[bool, FLAG, "whether it may"]
    locked: Annotated[bool, FLAG, "whether the account is locked"] = False
    wait_s: Annotated[int, DURATION, "seconds until the next try; of a locked account, 0 if it does not end"] = 0
    left: Annotated[int, COUNT, "tries that are left"] = 0
    step_up: Annotated[bool, FLAG, "whether to ask for more proof first; the try is not counted"] = False


class TryPassed(Answer, frozen=True, kw_only=True):
    """A try was right."""

    at_risk: Annotated[bool, FLAG, "whether the bank warns of this customer"] = False


class AccountStatus(Answer, frozen=True, kw_only=True):
    """How an account stands."""

    locked: Annotated[bool, FLAG, "whether it is locked"]
    failures: Annotated[int, COUNT, "wrong answers in a row"]
    until: Annotated[int, COUNT, "the Unix time when the lock falls by itself; 0 when only an operator lifts it"]


class CodeSent(Answer, frozen=True, kw_only=True):
    """A one-time code is on its way."""

    sealed: Annotated[str, TEXT, "the name of the code, which no one can read from it"]
    expires: Annotated[int, COUNT, "the Unix time when it runs out"]
    sent_to_tail: Annotated[str, TAIL_FIELD, "the end of the number that it went to"]


class CodeChecked(Answer, frozen=True, kw_only=True):
    """Whether a code was right."""

    verified: Annotated[bool, FLAG, "whether it was"]
    reason: Annotated[str, TEXT, "why not: wrong, expired, used, tries"] = ""


class PinJudged(Answer, frozen=True, kw_only=True):
    """Whether a PIN is too easily guessed."""

    weak: Annotated[bool, FLAG, "whether it is"]
    reason: Annotated[str, TEXT, "why: short, repeat, sequence, common, birth_date, tail"] = ""


class ChargeTry(Question[TryCharged], frozen=True, kw_only=True):
    """Count one try before its answer is checked."""

    source: ClassVar[str] = "identity.charge"
    commits_first: ClassVar[bool] = True
    account: Annotated[Private, PrivateType(), "the account"]
    number: Annotated[str, CarrierTextType(LONGEST_GIVEN), "the number that calls"] = ""
    called: Annotated[str, CarrierTextType(LONGEST_GIVEN), "the number that was called"] = ""
    pieces: Annotated[tuple[str, ...], WordsType(), "what was typed, by name"] = ()
    by_tail: Annotated[
        bool, FlagType(), "whether the number that calls and the end of a card or ID name the account"
    ] = False
    stepped_up: Annotated[bool, FlagType(), "whether the caller has proved the telephone on file by a code"] = False


class NotePassed(Question[TryPassed], frozen=True, kw_only=True):
    """Note that the answer to a try was right."""

    source: ClassVar[str] = "identity.passed"
    account: Annotated[Private, PrivateType(), "the account"]
    number: Annotated[str, CarrierTextType(LONGEST_GIVEN), "the number that calls"] = ""
    called: Annotated[str, CarrierTextType(LONGEST_GIVEN), "the number that was called"] = ""
    by_tail: Annotated[bool, FlagType(), "as the try had it"] = False
    customer: Annotated[str, CarrierTextType(LONGEST_GIVEN), "the customer who was proved"] = ""


class NoteUnanswered(Question[Done], frozen=True, kw_only=True):
    """Uncount a try that the bank could not check."""

    source: ClassVar[str] = "identity.unanswered"
    account: Annotated[Private, PrivateType(), "the account"]
    number: Annotated[str, CarrierTextType(LONGEST_GIVEN), "the number that calls"] = ""
    called: Annotated[str, CarrierTextType(LONGEST_GIVEN), "the number that was called"] = ""
    by_tail: Annotated[bool, FlagType(), "as the try had it"] = False


class AskAccount(Question[AccountStatus], frozen=True, kw_only=True):
    """Return whether an account is locked, its failures and the end of the lock."""

    source: ClassVar[str] = "identity.status"
    account: Annotated[Private, PrivateType(), "the account"]


class SendCode(Question[CodeSent], frozen=True, kw_only=True):
    """Send a one-time code."""

    source: ClassVar[str] = "identity.code"
    number: Annotated[Private, PrivateType(), "the number that it goes to"]
    language: Annotated[str, TextType(), "the language of the message"] = ""
    purpose: Annotated[str, TextType(), "what it is for: identity, pin_change, transfer, loss"] = ""
    decoy: Annotated[bool, FlagType(), "whether it is not sent, for a customer who does not exist"] = False


class CheckCode(Question[CodeChecked], frozen=True, kw_only=True):
    """Check a code that was sent."""

    source: ClassVar[str] = "identity.check_code"
    sealed: Annotated[str, ShortTextType(2000), "the name of the code, as `identity.code` gave it"]
    given: Annotated[Private, PrivateType(100_000), "what the caller typed"] = ""
    number: Annotated[str, CarrierTextType(LONGEST_GIVEN), "the number that it was sent to"] = ""


class JudgePin(Question[PinJudged], frozen=True, kw_only=True):
    """Return whether a PIN is too easily guessed."""

    source: ClassVar[str] = "identity.weak"
    pin: Annotated[Private, PrivateType(), "the PIN"]
    birth_date: Annotated[str, TextType(), "the customer's date of birth, as 1960-05-01"] = ""
    tails: Annotated[tuple[Private, ...], PrivateTextsType(), "ends of card, ID and telephone numbers"] = ()


class IdentityPort(Protocol):
    """The service "identity"."""

    def charge(self, question: ChargeTry, *, key: str, now: float) -> TryCharged:
        """Count a try. Raises LookupFailed."""

    def passed(self, question: NotePassed, *, key: str, now: float) -> TryPassed:
        """Forget wrong answers before a right one."""

    def unanswered(self, question: NoteUnanswered, *, key: str, now: float) -> Done:
        """Take a try back."""

    def status(self, question: AskAccount, *, key: str, now: float) -> AccountStatus:
        """Return whether an account is locked, its failures and the end of the lock."""

    def code(self, question: SendCode, *, key: str, now: float) -> CodeSent:
        """Make a code and send it. Raises LookupFailed."""

    def check_code(self, question: CheckCode, *, key: str, now: float) -> CodeChecked:
        """Check a code. Raises LookupFailed."""

    def weak(self, question: JudgePin, *, key: str, now: float) -> PinJudged:
        """Judge a PIN."""
