"""The identity checks: which questions are asked, in which order, and the identity level that their answers prove.

A try is charged before its answer is checked, so that a caller who hangs up in between has used it. When the count
cannot be kept, nothing is checked: identity never fails open.
"""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, replace
from enum import Enum
from typing import Any

from ivr.errors import LookupFailed
from ivr.secret import Secret
from ivr.settings.identity import CODES_A_VISIT, TRIES_A_CALL

from .scratch import Scratch
from .service_ports.identity import ChargeTry, CheckCode, NotePassed, NoteUnanswered, SendCode, TryCharged, TryPassed
from .turn import Turn


@dataclass(frozen=True)
class ProofScratch(Scratch):
    """The account that tries are counted against, and the one-time code that was sent last, sealed.

    `codes` counts the codes sent, `wrong_codes` the wrong answers to them.
    """

    account: str = ""
    codes: int = 0
    code: str | None = None
    code_number: str = ""
    code_tail: str = ""
    wrong_codes: int = 0


class Proof(Enum):
    """The result of a try."""

    GIVEN = "given"
    WRONG = "wrong"
    LAST_WRONG = "last wrong"
    REFUSED = "refused"
    EXPIRED = "expired"
    UNAVAILABLE = "unavailable"
    LATER = "later"


def tries_left(turn: Turn) -> bool:
    """Return whether this call may still try."""
    return turn.call.tries.get("verify", 0) < TRIES_A_CALL


def check_pin(turn: Turn, claim: Mapping[str, Any], pin: Secret) -> Proof:
    """Check a claimed account and its query PIN (level L1). The result never says which of them was wrong.

    While many accounts are guessed at, a card and a PIN are no proof: the bank is not asked, and a person takes over.
    """
    try:
        charged = _charge(turn)
    except LookupFailed:
        return Proof.UNAVAILABLE
    if charged.allowed and charged.step_up:
        _unanswered(turn)  # the caller has learnt nothing
    if not charged.allowed or charged.step_up:
        turn.note("identity", outcome="held back", step_up=charged.step_up)
        return Proof.REFUSED
    try:
        answer = turn.lookup("bank.verify", {**claim, "pin": pin})
    except LookupFailed:
        _unanswered(turn)  # a try without an answer was no guess
        return Proof.UNAVAILABLE
    if answer.get("verified") is False:
        return _wrong(turn)
    if answer.get("verified") is not True or not answer.get("customer"):
        _unanswered(turn)  # neither a yes nor a no: a wrong PIN must not be said of it
        turn.note("identity", outcome="unclear")
        return Proof.UNAVAILABLE
    turn.verified(1, str(answer["customer"]), "id" if claim.keys() & {"id", "id_tail"} else "card")
    turn.change_facts(card=answer.get("card") or {})
    # The caller has shown that the keys work: slips before the PIN must not end the call after it.
    turn.change(errors=0)
    turn.note("identity", outcome="verified", level=1)
    if _passed(turn).at_risk:
        turn.change_caller(replace(turn.caller, risk=True))
    return Proof.GIVEN


def name_account(turn: Turn, claim: Mapping[str, Any]) -> bool:
    """Ask the bank for the account of a claim, so that its tries can be counted. The bank answers any claim.

    It is asked before the PIN, in a turn of its own, so that a slow bank has time for each answer.
    """
    # Only what names the account goes along: with the PIN in it, this question would be a guess that is not charged.
    named = {name: claim[name] for name in ("card", "id", "number") if name in claim}
    try:
        account = turn.lookup("bank.account", named).get("account")
    except LookupFailed:
        return False
    if not isinstance(account, str) or not account:
        return False
    turn.remember(replace(turn.scratch_as(ProofScratch), account=account))
    return True


def _charge(turn: Turn) -> TryCharged:
    """Count a try on the call, the account and the number."""
    # Counted on the call first: this count needs no store, so it holds while the services that count cannot be asked.
    turn.change(tries={**turn.call.tries, "verify": turn.call.tries.get("verify", 0) + 1})
    call, account = turn.call, turn.scratch_as(ProofScratch).account
    return turn.ask(ChargeTry(account=account, number=call.caller, called=call.called))


def _passed(turn: Turn) -> TryPassed:
    """Report that a try was right. If that fails, the counters stay too high for a while, which is the safe side."""
    call, account = turn.call, turn.scratch_as(ProofScratch).account
    with suppress(LookupFailed):
        return turn.ask(
            NotePassed(account=account, number=call.caller, called=call.called, customer=call.identity.customer)
        )
    return TryPassed()


def _unanswered(turn: Turn) -> None:
    """Report that a try could not be checked. If that fails, the counters stay too high, as above."""
    call, account = turn.call, turn.scratch_as(ProofScratch).account
    with suppress(LookupFailed):
        turn.ask(NoteUnanswered(account=account, number=call.caller, called=call.called))


def _wrong(turn: Turn) -> Proof:
    turn.note("identity", outcome="refused", tries=turn.call.tries.get("verify", 0))
    return Proof.WRONG if tries_left(turn) else Proof.LAST_WRONG


def send_code(turn: Turn) -> Proof:
    """Send a one-time code to the telephone that the bank has on file, never to one that the caller names."""
    scratch = turn.scratch_as(ProofScratch)
    sent = scratch.codes + 1
    if sent > CODES_A_VISIT:
        return Proof.REFUSED
    try:
        phone = turn.lookup("bank.phone", {"customer": turn.call.identity.customer})
        code = turn.ask(SendCode(number=phone["number"], purpose="identity", language=turn.call.language))
    except LookupFailed as failed:
        return Proof.LATER if failed.later else Proof.UNAVAILABLE
    # The bank has no telephone on file. Asking the caller for one would let a thief name his own.
    except KeyError:
        return Proof.UNAVAILABLE
    turn.remember(
        replace(scratch, codes=sent, code=code.sealed, code_number=phone["number"], code_tail=code.sent_to_tail)
    )
    turn.note("identity", outcome="code sent")
    return Proof.GIVEN


def check_code(turn: Turn, code: Secret) -> Proof:
    """Check a one-time code (level L2)."""
    scratch = turn.scratch_as(ProofScratch)
    try:
        answer = turn.ask(CheckCode(sealed=scratch.code or "", given=code, number=scratch.code_number))
    except LookupFailed:
        return Proof.UNAVAILABLE
    if answer.verified:
        turn.verified(2, turn.call.identity.customer)
        turn.note("identity", outcome="verified", level=2)
        return Proof.GIVEN
    turn.note("identity", outcome="code refused")
    if answer.reason == "expired":
        return Proof.EXPIRED
    wrong = scratch.wrong_codes + 1
    turn.remember(replace(scratch, wrong_codes=wrong))
    # Any other reason (used, too many tries) leaves nothing to try again: the flow must send a new code.
    return Proof.WRONG if answer.reason == "wrong" and wrong < TRIES_A_CALL else Proof.LAST_WRONG
