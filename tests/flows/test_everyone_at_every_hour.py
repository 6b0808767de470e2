"""Whoever calls, whenever: customers, strangers, withheld numbers and SIP callers, by night, on Sundays, on holidays.

Callers here listen for what they want and press the key that is named for it, so menus may change under them.
"""

from __future__ import annotations

import logging
import re
import shutil
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

import pytest

from ivr.app import Ivr, build
from ivr.calendar import CHINA
from ivr.carrier.caller import (
    Act,
    DeskAnswer,
    Gone,
    HeardPrompt,
    HeardRecording,
    HeardText,
    ListeningWindow,
    Press,
    Silence,
    Stretch,
    Talk,
)
from ivr.carrier.carrier_options import CallResult
from ivr.carrier.clock import VirtualClock
from ivr.carrier.player import Player
from ivr.carrier.requests import PhoneLine
from ivr.carrier.transport import WsgiTransport
from ivr.conversations.result import folded_for_match
from ivr.demo.bank.data import CUSTOMERS, Customer
from ivr.demo.bank.serving import BackgroundBank
from ivr.services.sms.local_outbox import messages
from ivr.settings import Settings
from ivr.speech.verbalize import Reader
from ivr.web import web_app

from .conftest import BASE, FLOWS, TOKEN, Faults

OWNERS = {customer.number: customer for customer in CUSTOMERS}
STRANGERS = {"unknown": "+8613912345678", "withheld": "anonymous", "sip": "sip:alice@example.com"}
CALLERS = {customer.number[-4:]: customer.number for customer in CUSTOMERS} | STRANGERS
ELDERLY = frozenset(customer.number for customer in CUSTOMERS if customer.born < "1961-10-01")

DAYS = {"working day": "2026-11-23", "sunday": "2026-11-22", "holiday": "2026-10-01"}
HOURS = ("03:00", "10:00")
MOMENTS = {f"{name} {hour}": f"{day}T{hour}" for name, day in DAYS.items() for hour in HOURS}
OPEN = "working day 10:00"

CHOICE = re.compile(r"([^，。；：、？！]+)，请按(\d)")
PROMISE = re.compile(
    r"[\d一二两三四五六七八九十]+(个小时|小时|分钟|个工作日|天)(之?内|以内)"
    r"|(今天|明天|后天|星期.|周.|日)(早上|上午|下午|晚上)?[\d零一二两三四五六七八九十]+[点:]"
)
TIMES = re.compile(r"点.{0,6}到.{0,6}点")
MOST_ACTS = 15


@pytest.fixture
def faults() -> Iterator[list[str]]:
    """Gather what the server logs as its own fault."""
    gathering = Faults()
    logging.getLogger("ivr").addHandler(gathering)
    yield gathering.lines
    logging.getLogger("ivr").removeHandler(gathering)


@dataclass
class Hotline:
    """One server with its bank, on a clock that can be set."""

    ivr: Ivr
    bank: BackgroundBank
    clock: VirtualClock
    transport: WsgiTransport

    def call(self, number: str, moment: str, wish: str) -> tuple[Person, CallResult]:
        """Let somebody call who wishes for one thing; the call must go without dead air and faults."""
        self.bank.reset()
        self.ivr.store.forget()
        self.clock.set(datetime.fromisoformat(MOMENTS[moment]).replace(tzinfo=CHINA).timestamp())
        person = Person(self.ivr, OWNERS.get(number, CUSTOMERS[0]), wish, elsewhere=number not in OWNERS)
        line = PhoneLine(f"{BASE}/twilio/voice", caller=number, token=TOKEN, status_url=f"{BASE}/twilio/status")
        result = Player(line, self.transport, person, self.clock).call()
        assert not result.faults, person
        assert result.ended_by in ("server", "caller"), person
        assert "示范银行" in person.heard
        assert "尽快" not in person.heard
        return person, result


@dataclass
class Person:
    """Somebody who wants one thing, does what is asked for it, and hangs up when it was heard."""

    ivr: Ivr = field(repr=False)
    customer: Customer
    wish: str
    heard: str = ""
    fresh: str = ""
    deeds: list[str] = field(default_factory=list)
    dialled: list[str] = field(default_factory=list)
    promised: bool = False
    elsewhere: bool = False

    def early(self, stretch: Stretch) -> Act | None:
        return None

    def hears(self, heard: HeardPrompt) -> None:
        assert not isinstance(heard, HeardRecording)
        if isinstance(heard, HeardText):
            self.heard += heard.text
            self.fresh += heard.text
            self.promised |= bool(PROMISE.search(folded_for_match(heard.text)))

    def answers(self, listening: ListeningWindow) -> Act:
        assert len(self.deeds) < MOST_ACTS, self
        if self.content():
            raise Gone
        words, self.fresh = self.fresh, ""
        if listening.records:
            self.deeds.append("message")
            return Talk(8.0, key="#")
        keys = self.reply(words)
        self.deeds.append(keys or "silence")
        return Press(keys, at=0.5) if keys else Silence()

    def acted(self, act: Act) -> None:
        pass

    def desk(self, numbers: Sequence[str]) -> DeskAnswer:
        self.dialled += numbers
        return DeskAnswer("completed", talk=30.0, caller_leaves=True)

    def content(self) -> bool:
        if self.wish == "balance":
            return self.balance in folded_for_match(self.heard)
        return self.wish == "hours" and bool(TIMES.search(folded_for_match(self.heard)))

    @property
    def balance(self) -> str:
        return folded_for_match(Reader()(self.customer.balance, "amount", "", "zh-CN"))

    def reply(self, words: str) -> str:
        """Answer what was asked last: with what proves who calls, or with the key of the wish."""
        if self.wish == "silence":
            return ""
        if self.wish == "person":
            return "1" if "给您回电" in words else "0"
        asked = {
            r"验证码": self.code,
            r"身份证[^。]*以井号键结束|身份证号，再按井号键": self.number(self.customer.id_number.replace("X", "*")),
            r"卡号，以井号键结束|卡号，再按井号键": self.number(self.customer.card),
            r"密码": self.customer.pin,
        }
        last = max(asked, key=lambda question: max((found.end() for found in re.finditer(question, words)), default=-1))
        if re.search(last, words) and not CHOICE.search(words):
            wanted = asked[last]
            return wanted() if callable(wanted) else wanted
        return self.choice(words)

    def number(self, whole: str) -> str:
        """Return the number that names the account: its end from the telephone on file, else all of it."""
        return f"{whole if self.elsewhere else whole[-4:]}#"

    def choice(self, words: str) -> str:
        """Press the key that is named for the wish, or for more, or for a person."""
        offered = dict(CHOICE.findall(words))
        for label in {"balance": r"余额|多少钱", "hours": r"网点|营业时间"}[self.wish], r"更多|其他":
            for name, key in offered.items():
                if re.search(label, name):
                    return key
        return "0"

    def code(self) -> str:
        (newest, *_) = messages(self.ivr.store, self.ivr.seal, 1)
        found = re.search(r"(?<!\d)\d{6}(?!\d)", newest.text.reveal())
        assert found
        return found[0]


def opened(bank: BackgroundBank, clock: VirtualClock, flows: Path) -> Hotline:
    env = {"IVR_STORE": "memory:", "TWILIO_AUTH_TOKEN": TOKEN, "IVR_PUBLIC_URL": BASE, "IVR_BANK_URL": bank.url}
    ivr = build(Settings.from_environment({**env, "IVR_FLOWS": str(flows)}), clock=clock.now)
    return Hotline(ivr, bank, clock, WsgiTransport(web_app(ivr)))


@pytest.fixture(scope="module")
def bank_and_clock() -> Iterator[tuple[BackgroundBank, VirtualClock]]:
    clock = VirtualClock()
    with BackgroundBank(clock=clock.now) as bank:
        yield bank, clock


@pytest.fixture(scope="module")
def shipped(bank_and_clock) -> Hotline:
    return opened(*bank_and_clock, FLOWS)


@pytest.fixture(scope="module")
def with_office_hours(bank_and_clock, tmp_path_factory) -> Hotline:
    """Return the hotline with desks where people are only while the counters are open."""
    flows = tmp_path_factory.mktemp("office") / "flows"
    shutil.copytree(FLOWS, flows)
    file = flows / "line.yaml"
    head, desks, rest = re.split(r"^(desks:\n(?:  .*\n)+)", file.read_text(encoding="utf-8"), maxsplit=1, flags=re.M)
    numbers = re.findall(r'^  (\w+):.*"(\+\d+)"', desks, flags=re.M)
    assert len(numbers) >= 3
    office = "".join(f'  {name}: {{number: "{number}", hours: counter}}\n' for name, number in numbers)
    file.write_text(f"{head}desks:\n{office}{rest}", encoding="utf-8")
    return opened(*bank_and_clock, flows)


everyone = pytest.mark.parametrize("number", CALLERS.values(), ids=CALLERS)
always = pytest.mark.parametrize("moment", MOMENTS)


@everyone
@always
def test_whoever_can_prove_it_hears_their_balance_at_any_hour(shipped, faults, number, moment):
    person, result = shipped.call(number, moment, "balance")
    assert person.balance in folded_for_match(person.heard), person
    assert shipped.ivr.session.facts(result.call_sid)["level"] >= 1
    others = {folded_for_match(Reader()(one.balance, "amount", "", "zh-CN")) for one in CUSTOMERS} - {
        person.balance,
        "零元",
    }
    assert not [amount for amount in others if amount in folded_for_match(person.heard)]
    assert not faults


@everyone
@always
def test_everyone_learns_the_opening_hours_at_any_hour_or_is_with_a_person_who_tells(shipped, faults, number, moment):
    person, _ = shipped.call(number, moment, "hours")
    assert TIMES.search(folded_for_match(person.heard)) or (number in ELDERLY and person.dialled), person
    assert not re.search("密码|卡号", person.heard)
    assert not faults


@everyone
@always
def test_everyone_who_presses_0_is_with_a_person_or_has_a_promise_with_a_time(shipped, faults, number, moment):
    person, _ = shipped.call(number, moment, "person")
    assert person.dialled or person.promised, person
    assert len(person.deeds) <= 2
    assert not faults


@everyone
@always
def test_everyone_who_says_nothing_ends_with_a_person_or_a_goodbye(shipped, faults, number, moment):
    person, result = shipped.call(number, moment, "silence")
    assert person.dialled or (result.ended_by == "server" and "再见" in person.heard), person
    assert person.dialled or number not in ELDERLY
    assert not faults


@everyone
@always
def test_outside_the_hours_of_the_desks_there_is_a_promise_with_a_time(with_office_hours, faults, number, moment):
    person, _ = with_office_hours.call(number, moment, "person")
    if moment == OPEN:
        assert person.dialled, person
    else:
        assert not person.dialled, person
        assert person.promised, person
        assert "message" in person.deeds or "编号" in person.heard
        assert re.search("没有座席在岗|没有人值班", person.heard), person
        assert not re.search("都在通话中|全天都在", person.heard), person
    assert not faults


@pytest.mark.parametrize("number", sorted(ELDERLY))
@always
def test_an_older_caller_who_says_nothing_has_a_promise_too_when_the_desks_are_closed(
    with_office_hours, faults, number, moment
):
    person, _ = with_office_hours.call(number, moment, "silence")
    assert person.dialled if moment == OPEN else person.promised, person
    assert not faults
