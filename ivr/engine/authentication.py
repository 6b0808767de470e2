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

_CONTACT = "bank.contact"
"""The question for the telephone on file of a claim. Where lookups.yaml does not declare it, a person takes over."""


@dataclass(frozen=True)
class ProofScratch(Scratch):
    """The account that tries are counted against, and the one-time code that was sent last, sealed.

    `codes` counts the codes sent, `wrong_codes` the wrong answers to them. `retry_at` is the Unix time from which a
    refused caller may try again; 0 if an operator must lift a lock. While accounts are guessed at, `held_pin` waits for
    the code, and `stepped_up` is set once that was right.
    """

    account: str = ""
    by_tail: bool = False
    retry_at: float = 0.0
    held_pin: Secret | None = None
    stepped_up: bool = False
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
    LOCKED = "locked"
    STEP_UP = "step up"
    EXPIRED = "expired"
    UNAVAILABLE = "unavailable"
    LATER = "later"


def tries_left(turn: Turn) -> bool:
    """Return whether this call may still try."""
    return turn.call.tries.get("verify", 0) < TRIES_A_CALL


def check_pin(turn: Turn, claim: Mapping[str, Any], pin: Secret) -> Proof:
    """Check a claimed account and its query PIN (level L1, or L2 after a code). The result never says which was wrong.

    While many accounts are guessed at, a card and a PIN are no proof: the bank is asked only after a code to the
    telephone on file, so that a guesser learns nothing and locks no customer out.
    """
    tries = turn.call.tries
    try:
        charged = _charge(turn)
    except LookupFailed:
        return Proof.UNAVAILABLE
    if charged.step_up or not charged.allowed:
        return _held_back(turn, charged, pin, tries)
    try:
        answer = turn.lookup("bank.verify", {**claim, "pin": pin})
    except LookupFailed:
        _unanswered(turn)  # a try without an answer was no guess
        return Proof.UNAVAILABLE
    if answer.get("verified") is False:
        return _wrong(turn, charged)
    if answer.get("verified") is not True or not answer.get("customer"):
        _unanswered(turn)  # neither a yes nor a no: a wrong PIN must not be said of it
        turn.note("identity", outcome="unclear")
        return Proof.UNAVAILABLE
    level = 2 if turn.scratch_as(ProofScratch).stepped_up else 1
    turn.verified(level, str(answer["customer"]), "id" if claim.keys() & {"id", "id_tail"} else "card")
    turn.change_facts(card=answer.get("card") or {})
    # The caller has shown that the keys work: slips before the PIN must not end the call after it.
    turn.change(errors=0)
    turn.note("identity", outcome="verified", level=level)
    if turn.call.facts.reason:  # from now on it may be kept for the next call from this number
        turn.keep_for_next_call(reason=turn.call.facts.reason)
    if _passed(turn).at_risk:
        turn.change_caller(replace(turn.caller, risk=True))
    return Proof.GIVEN


def name_account(turn: Turn, claim: Mapping[str, Any]) -> bool:
    """Ask the bank for the account of a claim, so that its tries can be counted. The bank answers any claim.

    It is asked before the PIN, in a turn of its own, so that a slow bank has time for each answer. It names another
    account for a wrong tail, so that tries with it do not lock out the customer, who has the right one.
    """
    # Only what names the account goes along: with the PIN in it, this question would be a guess that is not charged.
    try:
        account = turn.lookup("bank.account", claim).get("account")
    except LookupFailed:
        return False
    if not isinstance(account, str) or not account:
        return False
    by_tail = "card_tail" in claim or "id_tail" in claim
    turn.remember(replace(turn.scratch_as(ProofScratch), account=account, by_tail=by_tail, stepped_up=False))
    return True


def _held_back(turn: Turn, charged: TryCharged, pin: Secret, tries: Mapping[str, int]) -> Proof:
    """Keep the PIN for a caller who must prove more first; else note when the next try is taken."""
    turn.note("identity", outcome="held back", step_up=charged.step_up)
    if charged.step_up:
        turn.change(tries=tries)  # nothing was tried
        turn.remember(replace(turn.scratch_as(ProofScratch), held_pin=pin))
        return Proof.STEP_UP
    _note_retry(turn, charged)
    return Proof.LOCKED if charged.locked else Proof.REFUSED


def _note_retry(turn: Turn, charged: TryCharged) -> None:
    retry_at = turn.now + charged.wait_s if charged.wait_s else 0.0
    turn.remember(replace(turn.scratch_as(ProofScratch), retry_at=retry_at))


def _charge(turn: Turn) -> TryCharged:
    """Count a try on the call, the account and the number."""
    # Counted on the call first: this count needs no store, so it holds while the services that count cannot be asked.
    turn.change(tries={**turn.call.tries, "verify": turn.call.tries.get("verify", 0) + 1})
    return turn.ask(ChargeTry(**_tried(turn), stepped_up=turn.scratch_as(ProofScratch).stepped_up))


def _tried(turn: Turn) -> dict[str, Any]:
    """Return what is asked about a try: the account, who calls, and how the account was named."""
    call, scratch = turn.call, turn.scratch_as(ProofScratch)
    return {"account": scratch.account, "number": call.caller, "called": call.called, "by_tail": scratch.by_tail}


def _passed(turn: Turn) -> TryPassed:
    """Report that a try was right. If that fails, the counters stay too high for a while, which is the safe side."""
    with suppress(LookupFailed):
        return turn.ask(NotePassed(**_tried(turn), customer=turn.call.identity.customer))
    return TryPassed()


def _unanswered(turn: Turn) -> None:
    """Report that a try could not be checked. If that fails, the counters stay too high, as above."""
    with suppress(LookupFailed):
        turn.ask(NoteUnanswered(**_tried(turn)))


def _wrong(turn: Turn, charged: TryCharged) -> Proof:
    turn.note("identity", outcome="refused", tries=turn.call.tries.get("verify", 0))
    if not charged.left:
        _note_retry(turn, charged)
        return Proof.LOCKED
    return Proof.WRONG if tries_left(turn) else Proof.LAST_WRONG


def send_code_to_claim(turn: Turn, claim: Mapping[str, Any]) -> Proof:
    """Send a code to the telephone on file of a claim that is not proved; to none if there is no such customer.

    The result is the same for both, so that it does not tell who is a customer.
    """
    if not turn.lookups.may_ask(_CONTACT):
        return Proof.UNAVAILABLE
    try:
        number = str(turn.lookup(_CONTACT, claim).get("number") or "")
    except LookupFailed as failed:
        if not failed.missing:
            return Proof.LATER if failed.later else Proof.UNAVAILABLE
        number = ""
    decoy = f"nobody {turn.scratch_as(ProofScratch).account}"
    return _send(turn, number or decoy, decoy=not number)


def send_code(turn: Turn) -> Proof:
    """Send a one-time code to the telephone that the bank has on file, never to one that the caller names."""
    try:
        phone = turn.lookup("bank.phone", {"customer": turn.call.identity.customer})
        return _send(turn, phone["number"])
    except LookupFailed as failed:
        return Proof.LATER if failed.later else Proof.UNAVAILABLE
    # The bank has no telephone on file. Asking the caller for one would let a thief name his own.
    except KeyError:
        return Proof.UNAVAILABLE


def _send(turn: Turn, number: str, *, decoy: bool = False) -> Proof:
    """Send a code to a number, a few times a visit at most."""
    scratch = turn.scratch_as(ProofScratch)
    sent = scratch.codes + 1
    if sent > CODES_A_VISIT:
        return Proof.REFUSED
    try:
        code = turn.ask(SendCode(number=number, purpose="identity", language=turn.call.language, decoy=decoy))
    except LookupFailed as failed:
        return Proof.LATER if failed.later else Proof.UNAVAILABLE
    turn.remember(replace(scratch, codes=sent, code=code.sealed, code_number=number, code_tail=code.sent_to_tail))
    turn.note("identity", outcome="code sent")
    return Proof.GIVEN


def check_code(turn: Turn, code: Secret) -> Proof:
    """Check a one-time code: level L2 for a proved caller, else what goes before the PIN is checked."""
    scratch = turn.scratch_as(ProofScratch)
    try:
        answer = turn.ask(CheckCode(sealed=scratch.code or "", given=code, number=scratch.code_number))
    except LookupFailed:
        return Proof.UNAVAILABLE
    if answer.verified and scratch.held_pin is not None:
        turn.remember(replace(scratch, code=None, stepped_up=True))
        turn.note("identity", outcome="stepped up")
        return Proof.GIVEN
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
