"""Days of guessing beside honest callers: calls on the real engine and a SQLite store, in virtual time.

    python -m tests.attacks.guessing_days --guesses 10000 --days 5

An attacker has the card numbers of many customers, telephones of his own and a list of PINs, and tries one PIN after
the other on all cards. Honest customers call beside him: most from the telephone that the bank has on file, some from
another one; they slip, forget their PIN, or have the telephone on file not at hand.
"""

from __future__ import annotations

import argparse
import random
import re
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from stdnum import luhn

from ivr.errors import LookupFailed
from ivr.flow.loader import load
from ivr.flow.model import Release
from ivr.secret import Secret
from ivr.services.sms.local_outbox import messages
from ivr.session.step_registry import catalogue
from ivr.stores.sqlite import SqliteStore

from .hotline import FLOWS, MONDAY_AT_TEN, Caller, Hotline

DAY = 86_400.0
FROM_ELSEWHERE, SLIPS, FORGETS, WITHOUT_TELEPHONE = 0.08, 0.12, 0.01, 0.02
"""The shares of honest calls from another telephone, with a slip at each try, without the PIN, without the code."""
ASKS_FOR_CODE, ASKS_FOR_PIN = ("短信验证码", "验证码没有核对上"), ("查询密码", "请再输入一次")


@dataclass(frozen=True)
class Customer:
    """A customer of the bank, and what opens the account."""

    key: str
    number: str
    card: str
    pin: str


@dataclass
class BankOfMany:
    """A bank with many customers. It notes each PIN that it checks for the attacker, by customer and day."""

    customers: list[Customer]
    clock: Any = None
    calling: str = ""
    checked: Counter[tuple[str, int]] = field(default_factory=Counter)
    opened: Counter[str] = field(default_factory=Counter)

    def __post_init__(self) -> None:
        self._by_number = {customer.number: customer for customer in self.customers}
        self._by_card = {customer.card: customer for customer in self.customers}

    def __call__(self, source: str, question: Mapping[str, Any], *, deadline: float, key: str) -> dict[str, Any]:
        del deadline, key
        match source:
            case "bank.caller":
                known = self._by_number.get(question["number"])
                if known is None:
                    raise LookupFailed("no customer has this number", missing=True)
                return {"customer": known.key, "name": "客户", "segment": "standard", "age": 40}
            case "bank.account":
                claimed = self._claimed(question)
                plain = sorted((name, _plain(value)) for name, value in question.items())
                return {"account": claimed.key if claimed else f"unknown {plain}"[:120]}
            case "bank.contact":
                claimed = self._claimed(question)
                return {"number": claimed.number if claimed else ""}
            case "bank.verify":
                return self._verify(question)
            case "bank.balance":
                return {"balance": "1.00", "card": {"tail": "0000", "status": "active"}}
        return {}

    def _claimed(self, question: Mapping[str, Any]) -> Customer | None:
        if "card" in question:
            return self._by_card.get(_plain(question["card"]))
        customer = self._by_number.get(question.get("number", ""))
        return customer if customer and _plain(question.get("card_tail", "")) == customer.card[-4:] else None

    def _verify(self, question: Mapping[str, Any]) -> dict[str, Any]:
        customer = self._claimed(question)
        if customer is None:
            return {"verified": False}
        if self.calling == "attacker":
            self.checked[customer.key, int(self.clock() // DAY)] += 1
        if _plain(question["pin"]) != customer.pin:
            return {"verified": False}
        self.opened[self.calling] += 1
        return {"verified": True, "customer": customer.key, "card": {"tail": customer.card[-4:]}}


@dataclass
class Figures:
    """What came of the days. `tried_first` counts the accounts whose PIN was checked before the first step-up."""

    accounts: int
    guesses: int = 0
    reached: int = 0
    tried_first: int = 0
    learnt: int = 0
    most_a_day: int = 0
    honest: int = 0
    proved: int = 0
    locked_out: int = 0
    without_telephone: int = 0
    stepped_up: int = 0
    texts: int = 0

    def lines(self) -> Iterator[str]:
        """Yield the figures in words."""
        first, lost = _share(self.tried_first, self.accounts), _share(self.locked_out, self.honest)
        yield f"{self.guesses} guesses at {self.accounts} accounts: {self.reached} reached the bank"
        yield f"accounts whose PIN was checked before the step-up: {self.tried_first} ({first})"
        yield f"PINs checked of an account on a day: {self.most_a_day} at most; PINs that were learnt: {self.learnt}"
        yield f"{self.honest} honest calls: {self.proved} proved who they are, {self.stepped_up} by a code first"
        yield f"locked out with PIN, card and telephone at hand: {self.locked_out} ({lost})"
        yield f"led to a person because the telephone on file was not at hand: {self.without_telephone}"
        yield f"texts that the guesses caused: {self.texts}"


def _share(part: int, whole: int) -> str:
    return f"{100 * part / max(1, whole):.2f} %"


def _plain(value: Any) -> str:
    return value.reveal() if isinstance(value, Secret) else str(value)


def customers(count: int, chance: random.Random) -> list[Customer]:
    """Return customers with cards, numbers and PINs of their own."""
    made = []
    for number in range(count):
        stem = f"62170000{number:07d}{chance.randrange(1000):03d}"
        card = stem + luhn.calc_check_digit(stem)
        made.append(Customer(f"C{number}", f"+86138{number:08d}", card, f"{chance.randrange(10**6):06d}"))
    return made


class Days:
    """The days of one attack."""

    def __init__(
        self, release: Release, store: SqliteStore, *, accounts: int, days: float, spoofs: bool = False, seed: int = 1
    ) -> None:
        self.chance, self.seconds, self.spoofs = random.Random(seed), days * DAY, spoofs
        self.bank = BankOfMany(customers(accounts, self.chance))
        self.hotline = Hotline(release, self.bank, store=store)  # type: ignore[arg-type]
        self.bank.clock = lambda: self.hotline.now
        self.figures = Figures(accounts)
        self._telephones = [f"+86199{number:08d}" for number in range(500)]
        self._pins = [f"{self.chance.randrange(10**6):06d}" for _ in range(100)]

    def play(self, guesses: int, honest: int) -> Figures:
        """Play the days; return the figures."""
        moments = [(self.chance.random(), False) for _ in range(guesses)]
        moments += [(self.chance.random(), True) for _ in range(honest)]
        for share, is_honest in sorted(moments):
            self.hotline.now = MONDAY_AT_TEN + share * self.seconds
            if is_honest:
                self._honest_call()
            else:
                self._guess()
        figures = self.figures
        figures.most_a_day, figures.learnt = max(self.bank.checked.values(), default=0), self.bank.opened["attacker"]
        return figures

    def _guess(self) -> None:
        figures, bank = self.figures, self.bank
        victim = bank.customers[figures.guesses % len(bank.customers)]
        pin = self._pins[figures.guesses // len(bank.customers) % len(self._pins)]
        figures.guesses += 1
        before, bank.calling = sum(bank.checked.values()), "attacker"
        number, claim = self.chance.choice(self._telephones), f"{victim.card}#"
        if self.spoofs:
            number, claim = victim.number, victim.card[-4:]
        call = self.hotline.call(number).press("1", claim, pin)
        if _asks(call, ASKS_FOR_CODE):
            figures.texts += 1
            call.press("123456")
        reached = sum(bank.checked.values()) - before
        figures.reached += reached
        figures.tried_first += bool(reached and not figures.texts)
        call.hang_up()

    def _honest_call(self) -> None:
        chance, figures, bank = self.chance, self.figures, self.bank
        caller = chance.choice(bank.customers)
        elsewhere, has_telephone = chance.random() < FROM_ELSEWHERE, chance.random() >= WITHOUT_TELEPHONE
        number = f"+86188{chance.randrange(10**8):08d}" if elsewhere else caller.number
        remembers = chance.random() >= FORGETS
        figures.honest += 1
        bank.calling = "honest"
        call = self.hotline.call(number).press("1", f"{caller.card}#" if elsewhere else caller.card[-4:])
        slipped, code_asked = 0, False
        while not (level := self.hotline.ivr.session.facts(call.sid)["level"]):
            self.hotline.now += 8.0
            if _asks(call, ASKS_FOR_CODE):
                code_asked = True
                if not has_telephone:
                    break
                call.press(self._code())
            elif _asks(call, ASKS_FOR_PIN):
                slips = not remembers or chance.random() < SLIPS
                slipped += slips
                call.press(f"{chance.randrange(10**6):06d}" if slips else caller.pin)
            else:
                break
        figures.proved += bool(level)
        figures.stepped_up += bool(level and code_asked)
        figures.without_telephone += not level and code_asked and not has_telephone
        figures.locked_out += not level and remembers and slipped < 3 and (has_telephone or not code_asked)
        call.hang_up()

    def _code(self) -> str:
        ivr = self.hotline.ivr
        code = re.search(r"[0-9]{6}", messages(ivr.store, ivr.seal, 1)[0].text.reveal())
        assert code is not None
        return code[0]


def _asks(call: Caller, words: tuple[str, ...]) -> bool:
    return "<Gather" in call.said and any(word in call.said for word in words)


def main() -> int:
    """Play the days and print the figures; return 1 if a bound is broken."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--guesses", type=int, default=10_000)
    parser.add_argument("--honest", type=int, default=10_000)
    parser.add_argument("--accounts", type=int, default=2_000)
    parser.add_argument("--days", type=float, default=5.0)
    parser.add_argument("--spoofs", action="store_true", help="the attacker shows the customers' numbers")
    parser.add_argument("--seed", type=int, default=1)
    chosen = parser.parse_args()
    began = time.monotonic()
    with tempfile.TemporaryDirectory() as folder:
        store = SqliteStore(Path(folder) / "ivr.db")
        release = load(FLOWS, catalogue())
        plan = {"accounts": chosen.accounts, "days": chosen.days, "spoofs": chosen.spoofs, "seed": chosen.seed}
        days = Days(release, store, **plan)
        figures = days.play(chosen.guesses, chosen.honest)
        store.close()
    print("\n".join(figures.lines()))
    print(f"{time.monotonic() - began:.0f} s")
    return int(bool(broken(figures)))


def broken(figures: Figures) -> list[str]:
    """Return the bounds that did not hold: five PINs an account and day, 1 % of accounts, 0.1 % of honest callers."""
    bounds = {
        "more than five PINs of an account were checked on a day": figures.most_a_day > 5,
        "more than 1 % of the accounts were tried before the step-up": figures.tried_first * 100 > figures.accounts,
        "0.1 % or more of the honest callers were locked out": figures.locked_out * 1000 >= figures.honest,
        "there was no step-up": not figures.texts,
    }
    return [words for words, holds in bounds.items() if holds]


if __name__ == "__main__":
    sys.exit(main())
