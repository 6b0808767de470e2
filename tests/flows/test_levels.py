"""Nobody hears what is protected, or has it done, below its level: every path of every flow, crafted requests, expiry.

The flows are walked as they are shipped; what is protected is read from them, and its values from the bank's own data.
"""

from __future__ import annotations

import base64
import hmac
import html
import json
import re
from collections import deque
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path
from urllib.parse import urlencode

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from ivr.demo_bank.data import CUSTOMERS
from ivr.messages.outbox import messages
from ivr.phone.carrier import new_sid
from ivr.phone.twiml import Dial, Gather, Hangup, Record
from ivr.records import thaw
from ivr.speech.aloud import Reader
from ivr.speech.written import written

FOLDER = Path(__file__).parents[2] / "flows"
BASE, TOKEN = "http://ivr.invalid", "0123456789abcdef0123456789abcdef"
STRANGERS = ("+8613912345678", "anonymous", "sip:somebody@pbx.example.com")
CALLERS = (*(customer.number for customer in CUSTOMERS), *STRANGERS)
LANGUAGES = ("zh-CN", "en-US")
EXPIRED = 601
WRONG, NEW = "000000", "804926"
SHIPPED = "".join(file.read_text("utf-8") for file in sorted(FOLDER.glob("*.yaml")))
TURN = re.compile(r"/twilio/turn/\d+")
CHANGES = {"bank.change_pin", "bank.report_loss"}


# what is protected


def spoken(value, kind):
    """Return the ways in which a value may be put, on the telephone and on a screen."""
    said = {Reader()(value, kind, "", language) for language in LANGUAGES}
    return said | {written(value, kind, "", language) for language in LANGUAGES}


def values_of(customer):
    """Return everything that only this customer may hear, in every wording, but for words that the flows say anyway."""
    credit, limits = customer.credit_card, customer.limits
    amounts = [customer.balance, limits.per_transfer, limits.per_day, limits.per_day - limits.used_today]
    amounts += [abs(booked.amount) for booked in customer.transactions]
    amounts += [credit.bill, credit.minimum, credit.limit] if credit else []
    said = {words for amount in amounts if amount for words in spoken(f"{amount:.2f}", "amount") | {f"{amount:.2f}"}}
    booked = {text for one in customer.transactions for text in (one.text, one.text_en)}
    said |= {text for text in booked if text not in SHIPPED}
    tails = [customer.card[-4:], *([credit.tail] if credit else [])]
    said |= {words for tail in tails for words in spoken(tail, "card_tail") if len(words) > 4}
    return said | {customer.card, customer.id_number, customer.name, customer.pin}


def pattern(words):
    """Return what finds any of these words; those in Latin letters and digits as whole words."""
    each = (rf"(?<![A-Za-z0-9]){re.escape(one)}(?![A-Za-z0-9])" if one.isascii() else re.escape(one) for one in words)
    return re.compile("|".join(sorted(each, key=len, reverse=True)))


VALUES = {customer.key: values_of(customer) for customer in CUSTOMERS}
ANY = pattern(set().union(*VALUES.values()))


def of_others(customer):
    """Return what finds values of other customers that are not in this one's as well."""
    own = "\n".join(VALUES[customer.key])
    return pattern({words for key in VALUES if key != customer.key for words in VALUES[key] if words not in own})


# who attacks


@dataclass(frozen=True)
class Attacker:
    """What a caller knows, up to which level that leads, and what they must never hear."""

    known: object = CUSTOMERS[0]
    level: int = 0
    forbidden: re.Pattern = ANY
    pins: tuple[str, ...] = (WRONG,)
    reads_codes: bool = False

    def entries(self, leg):
        """Return what is typed where more than one key is wanted; numbers on cards and papers are no secrets."""
        most = leg.waiting.num_digits or 20
        if most == 4:
            return [self.known.card[-4:], self.known.id_number[-4:].replace("X", "*"), "0000"]
        if most > 6:
            return [self.known.card, "1#", "20250101"]
        codes = [code for one in newest(leg) for code in re.findall(r"\d{6}", one)] if self.reads_codes else []
        return [*self.pins, *codes, *([NEW] if self.reads_codes else [])]


def knows_pin(customer, *, reads_codes=False):
    return Attacker(customer, 2 if reads_codes else 1, of_others(customer), (customer.pin, WRONG), reads_codes)


def newest(leg):
    found = messages(leg.machine.ivr.store, leg.machine.ivr.seal, 1)
    return [message.text.reveal() for message in found]


def edges(leg, attacker):
    """Name what a caller can do here."""
    waiting = leg.waiting
    if isinstance(waiting, Gather):
        keys = [*"123456789*#0"] if waiting.num_digits == 1 else [*attacker.entries(leg), "*"]
        return [{"msg": "Gather End", "Digits": key} for key in [*keys, ""]]
    if isinstance(waiting, Dial):
        return [{"DialCallStatus": status} for status in ("completed", "busy")]
    return [{"RecordingUrl": "https://api.invalid/R", "RecordingDuration": seconds} for seconds in ("5", "0")]


# looking on


def standing(leg):
    saved = leg.machine.ivr.store.load(leg.sid)
    return thaw(saved.call, leg.machine.ivr.seal)


def place(leg):
    """Tell one place from another: the flows on the stack, the step, the language, what is waited for, who calls."""
    call, waiting = standing(leg), leg.waiting
    flows = tuple(frame.flow for frame in call.frames)
    wanted = type(waiting).__name__, getattr(waiting, "num_digits", None), call.identity.level
    caller = call.facts["caller"]["known"], leg.caller.startswith("+")
    return flows, call.frame.step, call.language, wanted, call.tries.get("verify", 0) > 2, caller


def level_of(machine, flow, step):
    """Return the level that a step needs."""
    found = machine.ivr.release.flows[flow].steps.get(step)
    return found.requires if found else 0


def worked(machine, row):
    """Return the level of the step that did something by this journal row.

    A step that did not let the caller in did nothing, nor did one that heard how the caller left it.
    """
    data = json.loads(row.data)
    step = machine.ivr.release.flows[data["flow"]].steps.get(data["step"])
    refused = row.kind == "outcome" and data["outcome"] == "unverified"
    heard = step is not None and step.listens
    return 0 if refused or heard else level_of(machine, data["flow"], data["step"])


@cache
def search_in(text, forbidden):
    found = forbidden.search(text)
    return found and found[0]


def guarded(machine, level):
    """Return the questions that no step below this level asks."""
    asked = {}
    for flow in machine.ivr.release.flows.values():
        for step in flow.steps.values():
            if step.kind == "lookup":
                asked[step.lookup.source] = min(asked.get(step.lookup.source, 3), step.requires)
    return {source for source, least in asked.items() if least > level} | ({"bank.phone"} if not level else set())


def look(leg, attacker):
    """Assert that this call heard and did nothing above its level; return what it asked the back ends."""
    machine = leg.machine
    texts = [html.unescape(asked.answer.decode()) for asked in leg.sent[-1:]] + newest(leg)
    heard = [found for text in texts if (found := search_in(TURN.sub("", text), attacker.forbidden))]
    assert not heard, (place(leg), heard)
    rows = machine.ivr.store.journal(leg.sid)
    over = [row for row in rows if worked(machine, row) > attacker.level]
    assert not over, over
    call = standing(leg)
    waits = not (call.ended or call.frame.memo.get("holding"))
    assert not waits or level_of(machine, call.frame.flow, call.frame.step) <= attacker.level, place(leg)
    assert machine.ivr.facts(leg.sid)["level"] <= attacker.level
    questions = [json.loads(row.data) for row in rows if row.kind == "lookup"]
    asked = {question["source"] for question in questions if question["outcome"] == "ok"}
    assert not asked & guarded(machine, attacker.level), asked
    return asked


def search(machine, seeds, attacker):
    """Walk everywhere from these calls; look at every answer. Return one call for every place."""
    found, queue = {}, deque()
    for leg in seeds:
        if not isinstance(leg.waiting, Hangup) and place(leg) not in found:
            found[place(leg)] = leg
            queue.append((leg, machine.kept()))
    while queue:
        here, kept = queue.popleft()
        for form in edges(here, attacker):
            there = here.fork()
            machine.put_back(kept)
            there.act(**form)
            if look(there, attacker) & CHANGES:
                machine.bank.reset()
            if not isinstance(there.waiting, Hangup) and place(there) not in found:
                found[place(there)] = there
                queue.append((there, machine.kept()))
    return found


def arrivals(ring, *callers):
    """Return a call to every flow by its own address, also to those that only other flows run."""
    legs = [(ring(caller), flow) for caller in callers for flow in ring(caller).machine.flows]
    for leg, flow in legs:
        leg.arrive(flow)
    return [leg for leg, _ in legs]


# every path


def test_who_does_not_know_the_pin_gets_to_no_protected_step_and_hears_no_protected_value(machine, ring):
    found = search(machine, arrivals(ring, *CALLERS), Attacker())
    asked = {where[1] for where in found if where[1].endswith(".verify")}
    print(len(found))
    assert len(asked) > 2


@pytest.mark.parametrize(("customer", "caller"), [(CUSTOMERS[0], CUSTOMERS[0].number), (CUSTOMERS[1], "anonymous")])
def test_who_knows_the_pin_but_never_the_code_gets_to_nothing_that_needs_both(machine, ring, customer, caller):
    found = search(machine, arrivals(ring, caller), knows_pin(customer))
    print(len(found))
    assert any(where[3][2] == 1 for where in found)


def test_after_ten_idle_minutes_nothing_is_heard_or_done_without_new_proof(machine, ring):
    customer = CUSTOMERS[0]
    found = search(machine, arrivals(ring, customer.number), knows_pin(customer, reads_codes=True))
    print(len(found))
    verified = [leg for where, leg in found.items() if where[3][2]]
    assert len(verified) > 10
    machine.clock.sleep(EXPIRED)
    print(len(search(machine, [leg.fork() for leg in verified], Attacker(customer))))
