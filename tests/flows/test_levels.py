"""Nobody hears what is protected, or has it done, below its level: every path of every flow, crafted requests, expiry.

The flows are walked as they are shipped; what is protected is read from them, and its values from the bank's own data.
"""

from __future__ import annotations

import base64
import hmac
import html
import json
import os
import re
from collections import deque
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path
from urllib.parse import urlencode

import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from ivr.carrier.requests import new_sid
from ivr.carrier.twiml import Dial, Gather, Hangup
from ivr.demo.bank.data import CUSTOMERS
from ivr.jobs.housekeeping import REPLY_SECONDS, forget_replies
from ivr.services.sms.local_outbox import messages
from ivr.session.turn_records import TURN_ROW
from ivr.speech.display_format import display_format
from ivr.speech.verbalize import Reader

from .conftest import Leg

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
    return said | {display_format(value, kind, "", language) for language in LANGUAGES}


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
        return [{"DialCallStatus": "completed", "DialCallDuration": "60"}, {"DialCallStatus": "busy"}]
    return [{"RecordingUrl": "https://api.invalid/R", "RecordingDuration": seconds} for seconds in ("5", "0")]


# looking on


def standing(leg):
    ivr = leg.machine.ivr
    return ivr.session.codec.thaw(ivr.store.load(leg.sid).call)


def place(leg):
    """Tell one place from another: the flows on the stack, the step, the language, what is waited for, who calls."""
    call, waiting = standing(leg), leg.waiting
    flows = tuple(frame.flow for frame in call.frames)
    wanted = (
        type(waiting).__name__,
        getattr(waiting, "num_digits", None),
        leg.machine.ivr.session.facts(leg.sid)["level"],
    )
    caller = call.facts.caller["known"], leg.caller.startswith("+")
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
    if row.kind == TURN_ROW:
        return 0
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
    rows = rows[
        next((number for number, row in enumerate(rows, 1) if row.kind == "started"), 0) :
    ]  # who calls is asked
    over = [row for row in rows if worked(machine, row) > attacker.level]
    assert not over, over
    call = standing(leg)
    waits = not (
        call.ended or call.frame.scratch.get("holding") or "begun" in call.frame.scratch
    )  # without asking again
    assert not waits or level_of(machine, call.frame.flow, call.frame.step) <= attacker.level, place(leg)
    assert machine.ivr.session.facts(leg.sid)["level"] <= attacker.level
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
        machine.put_back(kept)
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


def arrivals(machine, *callers):
    """Return a call to every flow by its own address, also to those that only other flows run."""
    legs = [(Leg(machine, caller), flow) for caller in callers for flow in machine.flows]
    for leg, flow in legs:
        leg.arrive(flow)
    return [leg for leg, _ in legs]


# every path


class Places(dict):
    """Calls by place; a failing test must not print them all."""

    def __repr__(self):
        return f"{len(self)} places"


@pytest.fixture(scope="module")
def strangers(machine):
    """Walk as far as callers get who know every number on every card and paper, and no PIN."""
    machine.put_back({})
    return search(machine, arrivals(machine, *CALLERS), Attacker())


@pytest.fixture(scope="module")
def customers(machine):
    """Walk as far as a customer gets who has card, PIN and telephone at hand and calls with a withheld number."""
    machine.put_back({})
    customer = CUSTOMERS[0]
    found = search(machine, arrivals(machine, "anonymous"), knows_pin(customer, reads_codes=True))
    return Places({where: leg for where, leg in found.items() if standing(leg).identity.level})


def test_who_does_not_know_the_pin_gets_to_no_protected_step_and_hears_no_protected_value(machine, strangers):
    protected = {
        (flow.name, step.name)
        for flow in machine.ivr.release.flows.values()
        for step in flow.steps.values()
        if step.requires
    }
    asked = {(where[0][-1], where[1].removesuffix(".verify")) for where in strangers if where[1].endswith(".verify")}
    assert asked
    assert asked <= protected
    assert not any(standing(leg).identity.level for leg in strangers.values())


def test_the_customer_gets_everywhere(machine, customers):
    """Else the tests below would prove nothing."""
    heard = " ".join(leg.words for leg in customers.values())
    assert pattern(VALUES[CUSTOMERS[0].key]).search(heard)
    reached = max(standing(leg).identity.level for leg in customers.values())
    highest = max(step.requires for flow in machine.ivr.release.flows.values() for step in flow.steps.values())
    assert reached == min(highest, 2)


# a proof that has run out


@pytest.fixture
def later(machine, ring, customers):
    """Return a verified call at every place that a customer gets to, ten idle minutes later; talking is not idle."""
    now = machine.clock.now()
    machine.clock.sleep(EXPIRED)
    yield [leg.fork() for leg in customers.values() if not isinstance(leg.waiting, Dial)]
    machine.clock.set(now)


def test_after_ten_idle_minutes_nothing_is_heard_or_done_without_new_proof(machine, later):
    assert len(later) > 20
    search(machine, later, Attacker())


def test_who_knows_a_pin_but_no_code_hears_nothing_of_another_customer_and_gets_to_nothing_that_needs_both(
    machine, later
):
    """The calls of another customer, whose proof has run out, are among those that are gone on with."""
    found = search(machine, [*arrivals(machine, CUSTOMERS[1].number), *later], knows_pin(CUSTOMERS[1]))
    assert any(standing(leg).identity.customer == CUSTOMERS[1].key for leg in found.values())


def test_after_a_conversation_with_a_person_a_caller_has_proved_what_was_proved_before_and_no_more(
    machine, ring, customers, strangers
):
    ring()
    levels = {}
    for leg in [*customers.values(), *strangers.values()]:
        if isinstance(leg.waiting, Dial):
            talked = leg.fork()
            levels[talked.sid] = machine.ivr.session.facts(talked.sid)["level"]
            talked.act(DialCallStatus="completed", DialCallDuration="60")
            assert machine.ivr.session.facts(talked.sid)["level"] == levels[talked.sid]
    assert {0, 1} <= set(levels.values())


# crafted requests


def test_no_address_and_no_number_of_a_turn_leads_further_than_the_call_is(machine, ring, strangers):
    ring()
    keys = CUSTOMERS[0].card[-4:]
    for where, leg in list(strangers.items())[::3]:
        here = standing(leg)
        flow = here.frames[0].flow
        odd = [f"turn/{turn}" for turn in (0, here.turn - 1, here.turn + 1, 10**8)] + ["voice", f"voice/{flow}"]
        odd += [f"voice/{flow}" for flow in machine.flows] + [f"turn/{here.turn + 1}?silent=1"]
        crafted = leg.fork()
        for path in odd:
            crafted.follow(f"{BASE}/twilio/{path}", {"Digits": keys, "From": CUSTOMERS[1].number})
            look(crafted, Attacker())
            assert place(crafted)[:2] == where[:2], path


def test_a_number_in_the_middle_of_a_call_makes_nobody_a_customer(machine, ring):
    leg = ring(STRANGERS[0])
    leg.arrive("main_menu")
    for key in ("1", "0128", CUSTOMERS[0].pin, "1"):
        leg.act(Digits=key, From=CUSTOMERS[0].number, Caller=CUSTOMERS[0].number)
        look(leg, Attacker())
    assert standing(leg).caller == STRANGERS[0]


@pytest.mark.parametrize("caller", [CUSTOMERS[0].number, "anonymous", STRANGERS[0]])
def test_what_a_customer_did_after_the_proof_is_worth_nothing_in_another_call(machine, ring, caller):
    customer = ring(CUSTOMERS[0].number)
    customer.arrive("main_menu")
    proven = len(customer.sent)
    while not machine.ivr.session.facts(customer.sid)["level"]:
        most = customer.waiting.num_digits
        customer.act(Digits={1: "1", 20: CUSTOMERS[0].card[-4:], 6: CUSTOMERS[0].pin}[most])
        proven = len(customer.sent)
    assert ANY.search(customer.words)
    for key in ("1", "2", "#", "3", "*"):
        if isinstance(customer.waiting, Gather):
            customer.act(Digits=key)
    machine.put_back({})  # what the customer was sent is none of the attacker's
    robbed = ring(caller)
    if caller != "anonymous":  # one attacker begins a call first, the other only sends what was overheard
        robbed.arrive("main_menu")
    for asked in customer.sent[proven:]:
        robbed.follow(asked.url, {**asked.form, "CallSid": robbed.sid, "From": caller})
        look(robbed, Attacker())


def test_overheard_requests_of_a_call_that_is_over_tell_nothing_new_and_after_an_hour_nothing_at_all(machine, ring):
    leg = ring()
    leg.arrive("main_menu")
    for key in ("1", CUSTOMERS[0].card[-4:], CUSTOMERS[0].pin):
        leg.act(Digits=key)
    assert ANY.search(leg.words)
    leg.send(f"{BASE}/twilio/status", {"CallStatus": "completed"})
    for asked in leg.sent[:-1]:
        assert leg.post(asked).body == asked.answer  # a carrier's repeat, and nothing that was said since
        assert not ANY.search(leg.post(replace(asked, token=new_sid("ID"))).body.decode())
    machine.clock.sleep(2 * REPLY_SECONDS)
    forget_replies(machine.ivr.store, machine.clock.now())
    for asked in leg.sent[:-1]:
        assert not ANY.search(leg.post(asked).body.decode())


def signed(pairs, url):
    """Sign parameters of which some come more than once, as Twilio's rules have it."""
    text = url + "".join(name + value for name, value in sorted(set(pairs)))
    return base64.b64encode(hmac.digest(TOKEN.encode(), text.encode(), "sha1")).decode()


@pytest.mark.parametrize("first", ["Digits", "CallSid"])
def test_parameters_that_come_more_than_once_are_one_try_at_one_call(machine, ring, first):
    victim = ring("anonymous")
    leg = ring("anonymous")
    for call in (victim, leg):
        call.arrive("main_menu")
        for keys in ("1", CUSTOMERS[0].card):
            call.act(Digits=keys)
    before = place(victim)
    url = f"{BASE}/twilio/turn/{standing(leg).turn}"
    pairs = [("CallSid", leg.sid), ("From", "anonymous"), ("To", "+86"), ("CallStatus", "in-progress")]
    pairs += [("Digits", f"{number:06d}") for number in range(60)] + [("Digits", CUSTOMERS[0].pin)]
    pairs += [("CallSid", victim.sid)] if first == "CallSid" else []
    headers = {
        "Content-Type": "application/x-www-form-urlencoded",
        "X-Twilio-Signature": signed(pairs, url),
    }
    answer = machine.transport.send("POST", url, urlencode(pairs).encode(), headers)
    assert answer.status == 200
    assert not ANY.search(answer.body.decode())
    checked = [row for row in machine.ivr.store.journal(leg.sid) if "bank.verify" in row.data]
    assert len(checked) == 1
    assert standing(leg).identity.level == 0
    assert place(victim) == before


# anything, in any order

KEYS = st.text("0123456789*#", min_size=1, max_size=20) | st.sampled_from(
    [*"0123456789*#", "1" + CUSTOMERS[0].card[-4:] + "000000", CUSTOMERS[0].card, CUSTOMERS[0].card[-4:], "51", "53"]
)
SAID = st.sampled_from(
    ["余额", "交易", "挂失", "账单", "限额", "改密码", "再说一遍", "返回", "主菜单", "一", "English", "是"]
)
DEEDS = st.one_of(
    KEYS.map(lambda keys: {"Digits": keys}),
    SAID.map(lambda words: {"SpeechResult": words, "Confidence": "0.9"}),
    st.just({}),
    st.sampled_from(["completed", "busy", "no-answer"]).map(lambda status: {"DialCallStatus": status}),
    st.just({"RecordingUrl": "https://api.invalid/R", "RecordingDuration": "5"}),
    st.tuples(st.just("turn"), st.integers(0, 9)),
    st.tuples(st.just("voice"), st.sampled_from(["main_menu", "elderly_simple", "credit_card", "change_pin"])),
    st.just(EXPIRED),
)
walks = settings(
    max_examples=int(os.environ.get("IVR_RANDOM_CALLS", "0")) or 60,
    derandomize="IVR_RANDOM_CALLS" not in os.environ,
    deadline=None,
    database=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.function_scoped_fixture, HealthCheck.data_too_large],
)


def wander(leg, deed):
    """Let the carrier do one thing, or time go by."""
    if isinstance(deed, int):
        leg.machine.clock.sleep(deed)
    elif isinstance(deed, tuple):
        leg.follow(f"{BASE}/twilio/{deed[0]}/{deed[1]}", {"Digits": "1"})
    elif not isinstance(leg.waiting, Hangup):
        leg.act(**deed)


@walks
@given(caller=st.sampled_from(CALLERS), doing=st.lists(DEEDS, max_size=20))
def test_whatever_a_stranger_does_nothing_protected_is_heard_or_done(machine, ring, caller, doing):
    leg = ring(caller)
    leg.arrive(machine.flows[len(doing) % len(machine.flows)])
    for deed in doing:
        wander(leg, deed)
        look(leg, Attacker())


@walks
@given(number=st.integers(0, 10**6), before=st.lists(DEEDS, max_size=6), doing=st.lists(DEEDS, max_size=12))
def test_whatever_is_done_after_the_proof_has_run_out_nothing_protected_is_heard_or_done(
    machine, ring, customers, number, before, doing
):
    ring()
    now = machine.clock.now()
    leg = list(customers.values())[number % len(customers)].fork()
    for deed in before:
        wander(leg, deed)
    assume(not isinstance(leg.waiting, Dial))  # whoever talks is not idle
    machine.clock.sleep(EXPIRED)
    leg = leg.fork()
    leg.sent.clear()
    machine.put_back({})
    for deed in doing:
        wander(leg, deed)
        if leg.sent:
            look(leg, Attacker())
    machine.clock.set(now)
