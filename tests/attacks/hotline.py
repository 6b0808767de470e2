"""A hotline in this process, as an attacker meets it: signed webhooks, the demo bank's customers, a clock to turn.

Each attack is a function that returns what it achieved, in words; nothing is a good answer. It is tried on the hotline,
and on a twin with one protection taken out: an attack that achieves nothing there proves nothing.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from itertools import count
from pathlib import Path
from typing import Any

from ivr.app import Ivr, build
from ivr.carrier.requests import encoded_form, signature
from ivr.carrier.transport import CarrierAnswer, WsgiTransport
from ivr.demo.bank.data import CUSTOMERS
from ivr.flow.model import Release
from ivr.settings import Settings
from ivr.stores import Store
from ivr.stores.memory import MemoryStore
from ivr.web import web_app

FLOWS = Path(__file__).parents[2] / "flows"
BASE, TOKEN, API_TOKEN = "http://ivr.test", "fedcba9876543210fedcba9876543210", "api-token-of-32-characters-aaaaaa"
MONDAY_AT_TEN = 1_795_399_200.0
VICTIM = CUSTOMERS[0]


@dataclass
class BankOfVictim:
    """A bank with one customer, who is known by number and paid for `bought`. It counts what it was asked."""

    bought: str = "餐饮消费"
    asked: list[tuple[str, Mapping[str, Any]]] = field(default_factory=list)

    def __call__(self, source: str, question: Mapping[str, Any], *, deadline: float, key: str) -> dict[str, Any]:
        self.asked.append((source, question))
        known = question.get("number") == VICTIM.number
        match source:
            case "bank.caller":
                return {"customer": VICTIM.key, "name": VICTIM.name, "segment": "standard", "age": 40} if known else {}
            case "bank.account":
                card = question.get("card")
                return {"account": f"account {question.get('number')} {card.reveal() if card else ''}"}
            case "bank.verify":
                right = question["pin"].reveal() == VICTIM.pin
                return {"verified": right, "customer": VICTIM.key, "card": {"tail": VICTIM.card[-4:]}}
            case "bank.balance":
                return {"balance": str(VICTIM.balance), "card": {"tail": VICTIM.card[-4:], "status": "active"}}
            case "bank.transactions":
                item = {"date": "2026-11-20", "amount": "-36.50", "direction": "out"}
                item |= {"direction_text": "支出", "direction_text_en": "spent", "text": self.bought}
                item |= {"text_en": self.bought}
                return {"count": 1, "items": [item], "more": False, "next_offset": 1}
            case "bank.report_loss":
                return {"reference": "26112301"}
        return {}

    def checked(self) -> int:
        """Count the PINs that the bank was asked about."""
        return sum(source == "bank.verify" for source, _ in self.asked)


class Hotline:
    """The product on a store, by default in memory, which survives `restart`."""

    def __init__(self, release: Release, bank: BankOfVictim | None = None, *, store: Store | None = None) -> None:
        self.bank, self.now = bank or BankOfVictim(), MONDAY_AT_TEN
        self.store: Store = store or MemoryStore()
        self._release, self._calls, self._tokens = release, count(1), count(1)
        self.restart()

    def restart(self) -> None:
        """Begin again with nothing but the store."""
        settings = Settings.from_environment(
            {
                "TWILIO_AUTH_TOKEN": TOKEN,
                "IVR_KEY": "a key of the tests, thirty-two bytes",
                "IVR_STORE": "memory:",
                "IVR_FLOWS": str(FLOWS),
                "IVR_API_TOKEN": API_TOKEN,
            }
        )
        self.ivr: Ivr = build(
            settings, clock=lambda: self.now, store=self.store, lookup=self.bank, release=self._release
        )
        self.app = web_app(self.ivr)
        self.transport = WsgiTransport(self.app.wsgi_app)

    def call(self, caller: str = VICTIM.number, flow: str = "main_menu") -> Caller:
        """Let a call arrive."""
        return Caller(self, f"CA{next(self._calls):032x}", caller, flow)

    def post(self, path: str, form: Mapping[str, str], headers: Mapping[str, str] | None = None) -> CarrierAnswer:
        """Send a signed request, or one with these headers instead."""
        url = f"{BASE}{path}"
        if headers is None:
            headers = {"X-Twilio-Signature": signature(TOKEN, url, form)}
        headers = {"Content-Type": "application/x-www-form-urlencoded", **headers}
        return self.transport.send("POST", url, encoded_form(form).encode(), headers)


class Caller:
    """One call. `said` is the newest document."""

    def __init__(self, hotline: Hotline, sid: str, number: str, flow: str) -> None:
        self.hotline, self.sid, self.number, self.turn = hotline, sid, number, 0
        self.answers: list[CarrierAnswer] = []
        self._ask(f"/twilio/voice/{flow}", {"CallStatus": "ringing"})

    def press(self, *keys: str) -> Caller:
        """Type at one prompt after the other."""
        for each in keys:
            self.turn += 1
            self._ask(f"/twilio/turn/{self.turn}", {"CallStatus": "in-progress", "Digits": each})
        return self

    def send(self, **fields: str) -> Caller:
        """Send any other fields as the answer to the newest prompt."""
        self.turn += 1
        self._ask(f"/twilio/turn/{self.turn}", {"CallStatus": "in-progress", **fields})
        return self

    def hang_up(self) -> None:
        """Report the end of the call."""
        self.hotline.post("/twilio/status", {**self.form, "CallStatus": "completed", "CallDuration": "60"})

    @property
    def form(self) -> dict[str, str]:
        """The fields that every request of this call has."""
        return {"CallSid": self.sid, "From": self.number, "To": "+861055550000"}

    @property
    def said(self) -> str:
        """The newest document."""
        return self.answers[-1].body.decode()

    def _ask(self, path: str, fields: Mapping[str, str]) -> None:
        self.answers.append(self.hotline.post(path, {**self.form, **fields}))


@contextmanager
def twin(*patches: Any) -> Iterator[None]:
    """Take protections out for the length of the block."""
    for each in patches:
        each.start()
    try:
        yield
    finally:
        for each in reversed(patches):
            each.stop()
