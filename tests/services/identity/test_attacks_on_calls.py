"""Guessing at a bank by telephone: signed calls over many days, a real bank, a SQLite store, restarts, the CLI."""

from __future__ import annotations

import json
import random
import re
import sqlite3
import sys
import threading
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from types import FrameType, SimpleNamespace
from typing import Any
from unittest.mock import patch
from urllib.parse import urlencode, urljoin

import argon2
import pytest
from click.testing import CliRunner
from msgspec.structs import replace as changed
from stdnum import luhn

from ivr.app import Ivr, build
from ivr.backends.http import HttpLookup
from ivr.carrier.clock import VirtualClock
from ivr.carrier.requests import new_sid, signature
from ivr.carrier.transport import WsgiTransport
from ivr.carrier.twiml import Dial, Gather, Hangup
from ivr.carrier.twiml_parser import parse_twiml
from ivr.cli import main
from ivr.demo.bank.data import CUSTOMERS
from ivr.demo.bank.pins import CHEAP
from ivr.demo.bank.serving import BackgroundBank
from ivr.flow.model import Choice
from ivr.services.identity import cleanup
from ivr.services.sms.local_outbox import OUTBOX, messages
from ivr.settings import Settings
from ivr.web import web_app

FLOWS = Path(__file__).parents[3] / "flows"
BASE, TOKEN = "http://ivr.invalid", "00112233445566778899aabbccddeeff"
MONDAY = 1_795_399_200.0
MINUTE, HOUR, DAY = 60, 3600, 86_400
VICTIM = CUSTOMERS[0]
TAIL, ID_TAIL = VICTIM.card[-4:], VICTIM.id_number[-4:].replace("X", "*")
WITHHELD, SIP = "anonymous", "sip:guess@pbx.example.com"
TURN = tuple(str(FLOWS.parent / "ivr" / room) for room in ("channels", "engine", "services", "session", "steps"))
"""The rooms that a turn passes; others also look at the clock: is the audio folder new, is a connection too old?"""
VALUES = re.compile(r"X?'(?:[^']|'')*'|\b\d[\d.]*")


class Watched:
    """The way to the bank, with an eye on what is asked there."""

    def __init__(self, url: str, now: Callable[[], float]) -> None:
        self.bank, self.now = HttpLookup({"bank": url}), now
        self.asked: list[str] = []
        self.times: list[float] = []

    def forget(self) -> None:
        """Begin a new count."""
        self.asked.clear()
        self.times.clear()

    @property
    def most_a_day(self) -> int:
        """Count the PINs that were checked within any 24 hours."""
        return max((sum(0 <= t - first < DAY for t in self.times) for first in self.times), default=0)

    def __call__(self, source: str, question: Mapping[str, Any], *, deadline: float, key: str) -> Mapping[str, Any]:
        self.asked.append(source)
        if source == "bank.verify":
            self.times.append(self.now())
        return self.bank(source, question, deadline=deadline, key=key)

    @property
    def checked(self) -> int:
        """Count the PINs that the bank was asked about."""
        return self.asked.count("bank.verify")


@dataclass
class Hotline:
    """One server on a store that outlives it, its bank, and the days as they go by."""

    folder: Path
    bank: BackgroundBank
    clock: VirtualClock
    lookup: Watched
    ivr: Ivr = field(init=False)
    ways: dict[str, Choice] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.start()

    @property
    def environment(self) -> dict[str, str]:
        store = f"sqlite:///{self.folder}/calls.db"
        return {"IVR_STORE": store, "TWILIO_AUTH_TOKEN": TOKEN, "IVR_BANK_URL": self.bank.url}

    def start(self) -> None:
        env = {**self.environment, "IVR_PUBLIC_URL": BASE, "IVR_FLOWS": str(FLOWS)}
        self.ivr = build(Settings.from_environment(env), clock=self.clock.now, lookup=self.lookup)
        self.transport = WsgiTransport(web_app(self.ivr))

    def restart(self) -> None:
        self.ivr.store.close()
        self.start()

    def stop(self) -> None:
        self.ivr.store.close()
        self.lookup.bank.close()

    def call(self, number: str = WITHHELD) -> Call:
        return Call(self, number)

    def way(self, by: str) -> Choice:
        """Return the choice of the first menu behind which the tail of the card is asked for, or of the ID number."""
        if not self.ways:
            facts = self.ivr.session.facts(self.call().sid)
            steps = self.ivr.release.flows[facts["flow"]].steps
            for choice in reversed(steps[facts["step"]].menu):
                target = steps.get(choice.goto.name) if choice.goto else None
                guard = target if target and target.kind == "verify" else target and steps.get(f"{target.name}.verify")
                self.ways |= {guard.by: choice} if guard else {}
        return self.ways.get(by) or self.ways["card"]

    def cli(self, *words: str) -> str:
        with patch("ivr.cli.identity.time", SimpleNamespace(time=self.clock.now)):
            done = CliRunner(env=self.environment).invoke(main, ["identity", *words])
        assert done.exit_code == 0, done.output
        return done.stdout


@dataclass
class Call:
    """A call from the carrier's side."""

    hotline: Hotline
    number: str
    sid: str = field(default_factory=lambda: new_sid("CA"))

    def __post_init__(self) -> None:
        self.post(f"{BASE}/twilio/voice/main_menu", {"CallStatus": "ringing"})

    def post(self, url: str, form: Mapping[str, str]) -> str:
        whole = {"CallSid": self.sid, "From": self.number, "To": "+861055550000", "CallStatus": "in-progress", **form}
        headers = {
            "Content-Type": "application/x-www-form-urlencoded",
            "X-Twilio-Signature": signature(TOKEN, url, whole),
        }
        answer = self.hotline.transport.send("POST", url, urlencode(whole).encode(), headers)
        assert answer.status == 200
        self.url, self.heard = url, answer.body.decode()
        document = parse_twiml(answer.body, content_type=answer.content_type)
        self.waiting = next(verb for verb in document.verbs if isinstance(verb, Gather | Dial | Hangup))
        return self.heard

    def press(self, keys: str) -> str:
        return self.post(urljoin(self.url, self.waiting.action or ""), {"Digits": keys})

    def choose(self, by: str = "card") -> None:
        """Say what the choice is called: its key depends on what this number asked for in earlier calls."""
        words = self.hotline.way(by).phrases.for_language("zh-CN")[0]
        self.post(urljoin(self.url, self.waiting.action or ""), {"SpeechResult": words, "Confidence": "0.9"})

    def claim(self, by: str = "card", number: str = "") -> Call:
        """Go to the question for the PIN; callers whom the bank does not know type the whole card number."""
        known = any(customer.number == self.number for customer in CUSTOMERS)
        self.choose(by)
        self.press(number or ((TAIL if by == "card" else ID_TAIL) if known else VICTIM.card))
        return self

    @property
    def level(self) -> int:
        return self.hotline.ivr.session.facts(self.sid)["level"]

    @property
    def lost(self) -> bool:
        """Tell whether the caller was given to a person, or may not try again."""
        return not isinstance(self.waiting, Gather) or self.level > 0

    def guess(self, *pins: str) -> Call:
        for pin in pins:
            if not self.lost:
                self.press(pin)
        return self

    def fork(self) -> Call:
        """Return another call that stands where this one does."""
        ivr = self.hotline.ivr
        saved = ivr.store.load(self.sid)
        assert saved is not None
        twin = object.__new__(Call)
        twin.__dict__.update(self.__dict__, sid=new_sid("CA"))
        codec = ivr.session.codec
        call = changed(codec.thaw(saved.call), id=twin.sid)
        assert ivr.store.save(replace(saved, call_id=twin.sid, call=codec.freeze(call, ivr.clock())), [], expected=None)
        return twin


@pytest.fixture(scope="module")
def running(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Hotline]:
    clock = VirtualClock(MONDAY)
    with BackgroundBank(clock=clock.now) as bank:
        found = Hotline(tmp_path_factory.mktemp("hotline"), bank, clock, Watched(bank.url, clock.now))
        yield found
        found.stop()


@pytest.fixture
def hotline(running: Hotline) -> Hotline:
    """Return the hotline as it is before anybody has tried anything."""
    forget(running)
    running.bank.reset()
    running.clock.set(MONDAY)
    running.lookup.forget()
    return running


def forget(hotline: Hotline) -> None:
    store = hotline.ivr.store
    kinds = ("accounts", "callers", "watch", "alarms", "codes")
    for collection in (*(f"identity.{kind}" for kind in kinds), OUTBOX):
        for key in store.keys(collection):
            store.change(collection, key, lambda _: None)


def wrong_pins(chance: random.Random) -> Iterator[str]:
    """Yield PINs that are not the victim's."""
    while True:
        pin = f"{chance.randrange(10**6):06d}"
        if pin != VICTIM.pin:
            yield pin


def mobile(chance: random.Random) -> str:
    return f"+861{chance.choice('3578')}{chance.randrange(10**9):09d}"


# one account


def test_hundreds_of_calls_over_days_and_restarts_check_five_guesses_a_day_and_lock(hotline):
    chance = random.Random(20)
    pins = wrong_pins(chance)
    for number in range(150):
        caller = chance.choice([VICTIM.number, WITHHELD, SIP, mobile(chance), mobile(chance), mobile(chance)])
        by = "card" if caller != VICTIM.number else chance.choice(["card", "id"])
        call = hotline.call(caller).claim(by).guess(*(next(pins) for _ in range(3)))
        assert not call.level
        hotline.clock.sleep(chance.choice([1, 40, 10 * MINUTE, 2 * HOUR]))
        if number % 50 == 49:
            hotline.restart()
    assert hotline.clock.now() - MONDAY > 2 * DAY
    assert (hotline.lookup.most_a_day, hotline.lookup.checked) == (5, 10)
    owner = hotline.call(VICTIM.number).claim().guess(VICTIM.pin)
    assert (owner.level, isinstance(owner.waiting, Dial)) == (0, True)
    assert "以后可以再试" in owner.heard
    assert hotline.lookup.checked == 10
    (locked,) = json.loads(hotline.cli("list", "--json"))["locked"]
    assert (locked["next_try"], locked["next_lock_hours"]) == (locked["until"], 96)
    assert "Unlocked." in hotline.cli("unlock", VICTIM.number, "--reason", "came to the branch")
    assert hotline.call(VICTIM.number).claim().guess(VICTIM.pin).level == 1


def test_who_guesses_too_slowly_for_a_day_s_limit_is_stopped_by_the_limit_for_all_time(hotline):
    pins = wrong_pins(random.Random(7))
    for _ in range(30):
        for _ in range(4):
            hotline.clock.sleep(HOUR + 1)
            hotline.call().claim().guess(next(pins))
        hotline.clock.sleep(DAY)
    assert 20 < hotline.lookup.checked <= 25
    assert not hotline.call(VICTIM.number).claim().guess(VICTIM.pin).level


def test_wrong_tails_from_the_owner_s_number_lock_out_no_owner(hotline):
    for number in range(60):
        hotline.call(VICTIM.number).claim(number=f"{number:04d}").guess("000000", "111111", "222222")
        hotline.clock.sleep(MINUTE)
    owner = hotline.call(VICTIM.number).claim().guess(VICTIM.pin)
    assert owner.level == 1
    assert "not locked; 0 wrong answers" in hotline.cli("show", VICTIM.number)


def test_a_lock_ends_and_the_owner_who_waits_for_it_is_verified(hotline):
    for _ in range(3):
        hotline.call(VICTIM.number).claim().guess("000000", "111111", "222222")
        hotline.clock.sleep(HOUR)
    assert "locked since" in hotline.cli("show", VICTIM.number)
    hotline.clock.sleep(DAY)
    assert hotline.call(VICTIM.number).claim().guess(VICTIM.pin).level == 1


@pytest.mark.parametrize(
    "keys",
    [
        "000000111111222222",
        "000000#111111#222222#",
        "000000*111111*222222",
        "0000001",
        "*000000",
        "00*11111122",
        "#000000",
    ],
)
def test_many_pins_in_one_string_are_one_try(hotline, keys):
    call = hotline.call().claim()
    before = hotline.lookup.checked
    call.press(keys)
    assert hotline.lookup.checked - before <= 1
    assert not call.level
    assert not call.press("333333") or hotline.lookup.checked - before <= 2


def test_pins_pressed_ahead_are_not_tried(hotline):
    call = hotline.call()
    call.press(hotline.way("card").key + VICTIM.card + VICTIM.pin)
    assert (call.level, hotline.lookup.checked) == (0, 0)
    call.press(VICTIM.card + "#" + VICTIM.pin)
    assert (call.level, hotline.lookup.checked) == (0, 0)


def test_thirty_who_guess_at_once_are_never_more_than_five(hotline):
    calls = [hotline.call(number).claim() for number in (WITHHELD, SIP, VICTIM.number) * 10]
    hotline.bank.faults(slow_ms=30)
    gate = threading.Barrier(len(calls))

    def guess(number: int, call: Call) -> None:
        gate.wait()
        call.guess(f"{number:06d}")

    threads = [threading.Thread(target=guess, args=pair) for pair in enumerate(calls)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert 1 <= hotline.lookup.checked <= 5
    assert not any(call.level for call in calls)


# many accounts


def cards(count: int) -> Iterator[str]:
    """Yield card numbers that nobody has, and between them those of customers."""
    for number in range(count):
        stem = f"621700000090{number:05d}1"
        yield stem + luhn.calc_check_digit(stem)
        if number < len(CUSTOMERS):
            yield CUSTOMERS[number].card


def test_one_pin_tried_on_many_accounts_from_many_numbers_raises_an_alarm(hotline):
    chance = random.Random(3)
    for card in cards(12):
        hotline.call(mobile(chance)).claim(number=card).guess("147258")
        hotline.clock.sleep(20)
    told = json.loads(hotline.cli("list", "--json"))
    assert told["spraying_since"]
    assert "spraying" in [alarm["kind"] for alarm in told["alarms"]]
    assert not any(re.search(r"\d{5}", alarm["text"]) for alarm in told["alarms"])


def test_one_number_that_tries_many_accounts_is_refused(hotline):
    caller = mobile(random.Random(4))
    for card in cards(20):
        hotline.call(caller).claim(number=card).guess("147258")
        hotline.clock.sleep(MINUTE)
    assert 0 < hotline.lookup.checked < 10  # the alarm about many accounts comes before the limit of the number


def test_while_many_accounts_are_guessed_at_a_card_and_a_pin_need_a_code_to_the_telephone_on_file(hotline):
    chance = random.Random(5)
    for card in cards(60):
        hotline.call(mobile(chance)).claim(number=card).guess("147258", "258369")
        hotline.clock.sleep(5)
    assert hotline.lookup.checked <= 16, "of 120 guesses"
    checked = hotline.lookup.checked
    assert hotline.call(VICTIM.number).claim().guess(VICTIM.pin).level == 1, "a telephone on file is not concerned"
    elsewhere = hotline.call(mobile(chance)).claim(number=VICTIM.card).guess(VICTIM.pin)
    assert (elsewhere.level, hotline.lookup.checked) == (0, checked + 1)
    elsewhere.press("000000")
    assert "验证码没有核对上" in elsewhere.heard
    elsewhere.press(code(hotline))
    assert elsewhere.level == 2
    hotline.clock.sleep(12 * 60 * MINUTE)
    assert hotline.call(mobile(chance)).claim(number=VICTIM.card).guess(VICTIM.pin).level == 1


def test_an_english_speaker_is_told_of_the_code_and_of_the_end_of_a_lock_in_english(hotline):
    chance = random.Random(6)
    for card in cards(12):
        hotline.call(mobile(chance)).claim(number=card).guess("147258")
        hotline.clock.sleep(20)
    call = hotline.call(mobile(chance))
    for keys in ("8", "1", f"{VICTIM.card}#", VICTIM.pin):
        call.press(keys)
    assert "For your safety, there is a code to confirm first." in call.heard
    assert "0001" not in call.heard
    call.press(code(hotline))
    assert call.level == 2
    heard = []
    for _ in range(3):
        guesser = hotline.call(VICTIM.number)
        for keys in ("8", "1", TAIL):
            guesser.press(keys)
        heard.append(guesser.guess("000000", "111111", "222222").heard)
        hotline.clock.sleep(HOUR)
    assert "please try again after November twenty-third" in heard[1], "half a minute later"
    assert "this check is paused. You can try again after November twenty-fourth" in heard[2]


# honest callers


def test_two_slips_and_then_the_right_pin_are_fine_and_forgotten(hotline):
    for _ in range(4):
        assert hotline.call(VICTIM.number).claim().guess("000000", "111111", VICTIM.pin).level == 1
        hotline.clock.sleep(MINUTE)
    assert "0 wrong answers in a row" in hotline.cli("show", VICTIM.number)


def test_who_forgot_the_pin_today_may_remember_it_tomorrow(hotline):
    assert hotline.call(VICTIM.number).claim().guess("000000", "111111", "222222").lost
    hotline.clock.sleep(DAY)
    hotline.restart()
    assert hotline.call(VICTIM.number).claim().guess(VICTIM.pin).level == 1


def test_a_bank_that_does_not_answer_costs_nobody_a_try(hotline):
    for _ in range(7):
        call = hotline.call(VICTIM.number).claim()
        hotline.bank.faults(fail_rate=1)
        assert isinstance(call.guess(VICTIM.pin) and call.waiting, Dial)
        hotline.bank.faults(fail_rate=0)
        hotline.clock.sleep(1)
    assert hotline.call(VICTIM.number).claim().guess(VICTIM.pin).level == 1


def test_a_code_that_came_too_late_is_sent_anew_and_the_new_one_counts(hotline):
    flows = hotline.ivr.release.flows.values()
    flow = next((flow.name for flow in flows if flow.steps[flow.start].requires == 2), None)
    if flow is None:
        pytest.skip("no flow needs a code from its first step on")
    call = hotline.call(VICTIM.number)
    call.sid = new_sid("CA")
    call.post(f"{BASE}/twilio/voice/{flow}", {})
    call.guess(TAIL, VICTIM.pin)
    late = code(hotline)
    hotline.clock.sleep(3 * MINUTE)
    call.press(late)
    assert call.level == 1
    assert code(hotline) != late
    call.press(code(hotline))
    assert call.level == 2


def code(hotline: Hotline) -> str:
    """Read the code in the newest text message."""
    newest = messages(hotline.ivr.store, hotline.ivr.seal, 1)[0].text.reveal()
    return re.search(r"\d{6}", newest)[0]


# what can be learnt from the answers

UNKNOWN = next(card for card in cards(1) if card != VICTIM.card)
WRONG = {"PIN": VICTIM.card, "account": UNKNOWN}


def history(hotline: Hotline, number: str, claimed: str) -> list[tuple[str, list[str]]]:
    """Return what is heard and what is asked in three wrong tries."""
    call, told = hotline.call(number), []
    call.choose()
    for keys in (claimed, "000000", "111111", "222222"):
        rows = len(hotline.ivr.store.journal(call.sid))
        heard = call.press(keys)
        asked = [json.loads(row.data).get("source", row.kind) for row in hotline.ivr.store.journal(call.sid)[rows:]]
        told.append((re.sub(r"/turn/\d+", "", heard), asked))
    assert isinstance(call.waiting, Dial)
    return told


@pytest.mark.parametrize(
    ("number", "one", "other"),
    [(WITHHELD, VICTIM.card, UNKNOWN), (VICTIM.number, TAIL, "9999")],
    ids=["a wrong PIN and an unknown account", "a wrong PIN and a wrong card"],
)
def test_words_and_lookups_are_the_same_for(hotline, number, one, other):
    first = history(hotline, number, one)
    hotline.cli("unlock", VICTIM.number, "--reason", "a test")
    assert history(hotline, number, other) == first


def test_a_locked_account_sounds_the_same_whether_it_exists_or_not_and_whatever_is_typed(hotline):
    for card in WRONG.values():
        for _ in range(6):
            hotline.call().claim(number=card).guess("000000")
            hotline.clock.sleep(HOUR + 1)
    checked = hotline.lookup.checked
    told = {re.sub(r"/turn/\d+|停，.*?以后", "", hotline.call().claim(number=card).guess(pin).heard)
            for card in WRONG.values() for pin in (VICTIM.pin, "000000")}  # fmt: skip
    assert len(told) == 1
    assert "可以再试" in told.pop()
    assert hotline.lookup.checked == checked


@dataclass
class Work:
    """What a turn costs, counted: checks of a PIN by their memory in KiB, SQL statements, calls of our functions."""

    hashes: list[int] = field(default_factory=list)
    statements: list[str] = field(default_factory=list)
    functions: Counter[str] = field(default_factory=Counter)

    def statement(self, text: str) -> None:
        if "wal_checkpoint" not in text:  # a thread of the store's own
            self.statements.append(VALUES.sub("?", text))

    def call(self, frame: FrameType, event: str, _argument: object) -> None:
        if event == "call" and frame.f_code.co_filename.startswith(TURN):
            self.functions[frame.f_code.co_qualname] += 1


class Counted:
    """Counts the work of a turn, in the bank as well as in the server."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.work = Work()
        check, connect = argon2.PasswordHasher.verify, sqlite3.connect

        def counted_check(hasher: argon2.PasswordHasher, sealed: str, secret: str) -> bool:
            self.work.hashes.append(argon2.extract_parameters(sealed).memory_cost)
            return check(hasher, sealed, secret)

        def counted_connect(*args: Any, **kwargs: Any) -> sqlite3.Connection:
            connection = connect(*args, **kwargs)
            connection.set_trace_callback(lambda text: self.work.statement(text))
            return connection

        monkeypatch.setattr(argon2.PasswordHasher, "verify", counted_check)
        monkeypatch.setattr(sqlite3, "connect", counted_connect)

    def wrong_pin(self, call: Call) -> Work:
        """Return what a wrong PIN costs as the first try in a twin of the call."""
        twin, self.work = call.fork(), Work()
        sys.setprofile(self.work.call)
        try:
            twin.press("000000")
        finally:
            sys.setprofile(None)
        work, self.work = self.work, Work()
        forget(call.hotline)
        return work


def test_a_wrong_pin_and_an_unknown_account_cost_the_same_work(tmp_path, monkeypatch):
    monkeypatch.setattr(cleanup, "ONE_IN", 10**12)  # old documents are forgotten by chance, whatever was typed
    clock, counted = VirtualClock(MONDAY), Counted(monkeypatch)
    with BackgroundBank(clock=clock.now) as bank:
        hotline = Hotline(tmp_path, bank, clock, Watched(bank.url, clock.now))
        calls = {kind: hotline.call().claim(number=card) for kind, card in WRONG.items()}
        for call in calls.values():
            counted.wrong_pin(call)  # what is done once in a server's life is done
        pin, account = (counted.wrong_pin(calls[kind]) for kind in ("PIN", "account"))
        hotline.stop()
    assert pin.hashes == [CHEAP]
    assert pin.statements
    assert pin.functions
    assert account == pin
