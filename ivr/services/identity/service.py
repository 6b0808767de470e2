"""The service "identity": answers what the steps ask before and after they check who is calling.

A try is charged before its answer is checked, and the same is done and said for an account that does not exist.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any, ClassVar

from ivr.crypto import Seal
from ivr.engine.ports import Documents, Service
from ivr.engine.telephone import masked_number
from ivr.errors import LookupFailed
from ivr.secret import Secret

from .alarms import Alarms
from .caller_limits import Callers
from .cleanup import tidy
from .idempotency import IdempotentAnswer
from .limits import Limits
from .line_limits import Lines
from .lockout import Accounts
from .one_time_codes import TEXTS, Codes
from .pseudonyms import LONGEST_GIVEN, Account, account_of, given_text
from .risk import Risks
from .spraying import SprayingWatch
from .weak_pins import weakness


class IdentityService:
    """Counts, locks and proves. All state is in the documents, so any worker can answer and a restart forgets nothing.

    `messenger` is the service that sends text messages; without one there are no codes.
    """

    name: ClassVar[str] = "identity"

    def __init__(
        self,
        documents: Documents,
        limits: Limits | None = None,
        *,
        seal: Seal,
        messenger: Service | None = None,
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
        self._questions = {
            "charge": self._charge,
            "passed": self._passed,
            "unanswered": self._unanswered,
            "status": self._status,
            "code": self._code,
            "check_code": self._check_code,
            "weak": self._weak,
        }

    def ask(self, question: str, given: Mapping[str, Any], *, key: str, now: float) -> Mapping[str, Any]:
        """Answer one question. Raises LookupFailed; no text from here holds what a caller typed."""
        if question not in self._questions:
            raise LookupFailed(f"identity knows no such question; it answers {', '.join(self._questions)}")
        # One turn asks several questions with the same key; the answer to one must not be taken for that to another.
        return self._questions[question](given, f"{question} {key}", now)

    def _account(self, given: Mapping[str, Any]) -> Account:
        if not (name := given_text(given, "account")).strip():
            raise LookupFailed("the question names no account")
        return account_of(self.seal, name)

    def _charge(self, given: Mapping[str, Any], key: str, now: float) -> IdempotentAnswer:
        """Count one try against number, account, called line and all calls; `step_up`: ask for more, or a person."""
        account, number, at = self._account(given), _caller(given), int(now)
        if wait := self.callers.charge(number, account, key, at):
            alarmed = bool(self.watch.alarmed_since())
            return {"allowed": False, "locked": False, "wait_s": wait, "left": 0, "step_up": alarmed}
        crowded = self.lines.charge(_called(given), key, at)
        charged = self.accounts.charge(account, key, at, masked_number(number), _pieces(given))
        fresh = charged.fresh and bool(charged.answer["allowed"])
        alarmed = self.watch.charge(account.key, at, fresh=fresh)
        tidy(self._documents, at)
        return {**charged.answer, "step_up": alarmed or crowded}

    def _passed(self, given: Mapping[str, Any], _key: str, now: float) -> IdempotentAnswer:
        account, number = self._account(given), _caller(given)
        self.accounts.passed(account, int(now))
        self.callers.passed(number, account)
        self.lines.passed(_called(given), int(now))
        self.watch.passed(account.key, int(now))
        proved = str(given.get("customer") or "")[:LONGEST_GIVEN]
        return {"at_risk": True} if self.risks.standing([proved], now) else {}

    def _unanswered(self, given: Mapping[str, Any], key: str, now: float) -> IdempotentAnswer:
        """Take a try back: the bank gave no answer, so it was no guess."""
        account, number = self._account(given), _caller(given)
        self.accounts.give_back(account, key, int(now))
        self.callers.passed(number, account)
        self.lines.passed(_called(given), int(now))
        self.watch.give_back(account.key, int(now))
        return {}

    def _status(self, given: Mapping[str, Any], _key: str, now: float) -> IdempotentAnswer:
        """Tell whether an account is locked; `until` is a Unix time, 0 when only an operator unlocks it."""
        record = self.accounts.standing(self._account(given), int(now))
        return {
            "locked": bool(record["lock"]),
            "failures": record["failures"],
            "until": self.accounts.until(record),
        }

    def _code(self, given: Mapping[str, Any], key: str, now: float) -> IdempotentAnswer:
        language, purpose = str(given.get("language") or "zh-CN"), str(given.get("purpose") or "")
        return self._codes.send(given_text(given, "number"), language, purpose, key, now)

    def _check_code(self, given: Mapping[str, Any], key: str, now: float) -> IdempotentAnswer:
        sealed = given.get("sealed")
        if not isinstance(sealed, str):
            raise LookupFailed("the question names no code that was sent")
        typed = given.get("given")
        code = typed.reveal() if isinstance(typed, Secret) else str(typed or "")
        return self._codes.check(sealed, code, _caller(given), key, int(now))

    def _weak(self, given: Mapping[str, Any], _key: str, _now: float) -> IdempotentAnswer:
        tails = given.get("tails") or ()
        texts = [tail.reveal() if isinstance(tail, Secret) else str(tail) for tail in tails]
        reason = weakness(given_text(given, "pin"), str(given.get("birth_date") or ""), texts)
        return {"weak": bool(reason), "reason": reason}


def _caller(given: Mapping[str, Any]) -> str:
    """Return the calling number; whatever a carrier may have sent for one is no fault."""
    return str(given.get("number") or "")[:LONGEST_GIVEN]


def _called(given: Mapping[str, Any]) -> str:
    """Return the called number, "" where none was given."""
    return str(given.get("called") or "")[:LONGEST_GIVEN]


def _pieces(given: Mapping[str, Any]) -> list[str]:
    """Return the names of what was typed, such as card_tail and pin; values are not taken."""
    return [name for name in map(str, given.get("pieces") or ()) if re.fullmatch("[a-z_]{1,16}", name)][:8]
