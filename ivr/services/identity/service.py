"""The service "identity": answers the questions that steps ask before and after they check an identity.

A try is charged before its answer is checked. An account that does not exist is treated and answered the same way.
"""

from __future__ import annotations

from collections.abc import Mapping

from ivr.crypto import Seal
from ivr.engine.ports import Documents
from ivr.engine.service_ports.field_types import Private, reveal
from ivr.engine.service_ports.identity import (
    AccountStatus,
    AskAccount,
    ChargeTry,
    CheckCode,
    CodeChecked,
    CodeSent,
    JudgePin,
    NotePassed,
    NoteUnanswered,
    PinJudged,
    SendCode,
    TryCharged,
    TryPassed,
)
from ivr.engine.service_ports.question import Done
from ivr.engine.service_ports.sms import SmsPort
from ivr.engine.telephone import masked_number
from ivr.settings import Settings
from ivr.settings.identity import HOUR, Limits

from .alarms import Alarms
from .caller_limits import Callers
from .cleanup import tidy
from .line_limits import Lines
from .lockout import Accounts
from .one_time_codes import TEXTS, Codes
from .pseudonyms import Account, account_of
from .risk import Risks
from .spraying import SprayingWatch
from .weak_pins import weakness


def chosen_limits(settings: Settings) -> Limits:
    """Return the limits with the length of locks that a deployment has chosen."""
    return Limits(reopen_after=settings.lock_hours * HOUR or None)


class IdentityService:
    """The service "identity". All its state is in documents, so any process can answer, also after a restart.

    `messenger` sends text messages; without it there are no one-time codes.
    """

    def __init__(
        self,
        documents: Documents,
        limits: Limits | None = None,
        *,
        seal: Seal,
        messenger: SmsPort | None = None,
        texts: Mapping[str, str] = TEXTS,
    ) -> None:
        self._documents, self.seal = documents, seal
        self.limits = limits or Limits()
        self.alarms = Alarms(documents)
        self.accounts = Accounts(documents, self.limits)
        self.callers = Callers(documents, seal, self.limits, self.alarms)
        self.risks = Risks(documents, seal)
        self.lines = Lines(documents, seal, self.limits, self.alarms)
        self.watch = SprayingWatch(documents, self.alarms, seal.fingerprint(b"identity key"))
        self._codes = Codes(documents, seal, self.limits, messenger, texts)

    def charge(self, question: ChargeTry, *, key: str, now: float) -> TryCharged:
        """Count one try on the counters of number, account, called line and all calls.

        While many accounts are guessed at, a try counts on its account only once the caller has stepped up, so that
        guessing locks no customer out.
        """
        account, at = self._account(question.account), int(now)
        # One turn asks several questions with the same key, also of both kinds.
        key = f"charge {'again ' if question.stepped_up else ''}{key}"
        more = False
        if not question.stepped_up:
            # The number first: a caller who is refused here must not use up the tries of another's account.
            by_number = self.callers.charge(question.number, account, key, at)
            if by_number.wait_s and not question.by_tail:  # else the number is what the claim names: it has one owner
                return TryCharged(allowed=False, wait_s=by_number.wait_s)
            crowded = self.lines.charge(question.called, key, at)
            fresh = self.accounts.is_fresh(account, at) and (by_number.first or not question.by_tail)
            more = self.watch.charge(account.key, at, fresh=fresh, by_tail=question.by_tail) or crowded
        masked = masked_number(question.number)
        answer = self.accounts.charge(account, key, at, masked, question.pieces, counts=not more)
        tidy(self._documents, at)
        return TryCharged(**answer, step_up=more and bool(answer["allowed"]))

    def passed(self, question: NotePassed, *, key: str, now: float) -> TryPassed:
        """Delete the failed tries after a right answer; return whether the proved customer is at risk."""
        del key
        account = self._account(question.account)
        self.accounts.passed(account, int(now))
        self.callers.passed(question.number, account)
        self.lines.passed(question.called, int(now))
        self.watch.passed(account.key, int(now), by_tail=question.by_tail)
        return TryPassed(at_risk=self.risks.standing([question.customer], now))

    def unanswered(self, question: NoteUnanswered, *, key: str, now: float) -> Done:
        """Uncount a try that the bank did not answer."""
        account = self._account(question.account)
        self.accounts.give_back(account, f"unanswered {key}", int(now))
        self.callers.passed(question.number, account)
        self.lines.passed(question.called, int(now))
        self.watch.give_back(account.key, int(now), by_tail=question.by_tail)
        return Done()

    def status(self, question: AskAccount, *, key: str, now: float) -> AccountStatus:
        """Return whether an account is locked, its failures and the end of the lock."""
        del key
        record = self.accounts.standing(self._account(question.account), int(now))
        return AccountStatus(
            locked=bool(record["lock"]), failures=record["failures"], until=self.accounts.until(record)
        )

    def code(self, question: SendCode, *, key: str, now: float) -> CodeSent:
        """Send a one-time code. Raises LookupFailed."""
        number, language = reveal(question.number), question.language or "zh-CN"
        return self._codes.send(number, language, question.purpose, f"code {key}", now, decoy=question.decoy)

    def check_code(self, question: CheckCode, *, key: str, now: float) -> CodeChecked:
        """Check a one-time code. Raises LookupFailed when the sealed code cannot be opened."""
        code = reveal(question.given)
        return self._codes.check(question.sealed, code, question.number, f"check_code {key}", int(now))

    def weak(self, question: JudgePin, *, key: str, now: float) -> PinJudged:
        """Return whether a PIN is weak, and why."""
        del key, now
        reason = weakness(reveal(question.pin), question.birth_date, map(reveal, question.tails))
        return PinJudged(weak=bool(reason), reason=reason)

    def _account(self, name: Private) -> Account:
        return account_of(self.seal, reveal(name))
