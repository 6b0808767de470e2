"""A web application over a stand-in for the engine, and the carrier's signature."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from functools import cache, cached_property
from pathlib import Path
from typing import Any

import pytest
from flask.testing import FlaskClient
from twilio.request_validator import RequestValidator

from ivr.channels.twilio.channel import TwilioChannel
from ivr.crypto import Seal
from ivr.engine.ports import Incoming, Renderer
from ivr.engine.verbs import Gather, Prompt, Say
from ivr.flow import model
from ivr.flow.loader import reload
from ivr.services.identity.risk import Risks
from ivr.services.queue.repository import QueueRepository
from ivr.services.queue.service import Queue
from ivr.services.recordings import CallRecordings
from ivr.services.staff_work import StaffWork
from ivr.session.step_registry import catalogue
from ivr.settings import Hidden, Settings
from ivr.stores.memory import MemoryStore
from ivr.web import web_app

TOKEN = "f" * 32
BASE = "http://localhost"
NOW = 1_795_399_200.0
API_TOKEN = "a-token-for-the-bank-0123456789"


@cache
def _release() -> model.Release:
    line = 'lines: {default: main}\ndesks: {general: "+861055550100"}\ndesk: general\n'
    flow = "flow: main\nstart: agent\nsteps: {agent: {transfer: general, otherwise: end}, end: {hangup: 再见。}}\n"
    return reload({"line.yaml": line, "main.yaml": flow}, catalogue())


@dataclass
class Stub(StaffWork):
    """Answers every turn with its number and remembers what it was asked; `broken` makes a part fail."""

    settings: Settings
    channel: TwilioChannel
    asked: list[Incoming] = field(default_factory=list)
    gone: list[Incoming] = field(default_factory=list)
    legs: Any = None
    recordings: list[tuple[str, str, float]] = field(default_factory=list)
    broken: set[str] = field(default_factory=set)
    store: MemoryStore = field(default_factory=MemoryStore)
    sounds: dict[str, bytes] = field(default_factory=dict)

    def _check(self, part: str) -> None:
        if part in self.broken:
            raise RuntimeError("135790 was typed")

    @property
    def channels(self) -> dict[str, TwilioChannel]:
        return {"twilio": self.channel}

    @property
    def session(self) -> Stub:
        return self

    @property
    def release(self) -> model.Release:
        return _release()

    @property
    def desk_number(self) -> str | None:
        self._check("desk")
        return "+861055550100"

    def answer(self, channel: Renderer, incoming: Incoming) -> bytes:
        self.asked.append(incoming)
        self._check("answer")
        turn = (incoming.turn or 0) + 1
        return channel.render(Gather((Say(f"第{turn}轮"),)), turn=turn)

    def hang_up(self, incoming: Incoming) -> None:
        self._check("hang_up")
        self.gone.append(incoming)

    @property
    def risks(self) -> Risks:
        return Risks(self.store, Seal(b"k"))

    @property
    def call_recordings(self) -> CallRecordings:
        return CallRecordings(self.store)

    @cached_property
    def queue(self) -> Queue:
        numbers = {"general": "+861085550100", "vip": "+861085550188"}
        desks = {name: model.Desk(name, number, 30) for name, number in numbers.items()}
        return Queue(QueueRepository(self.store), self.store, Seal(b"k"), model.Hotline({}, desks, "general"))

    @property
    def clock(self) -> Callable[[], float]:
        return lambda: NOW

    def reason_in_words(self, reason: str, language: str) -> str:
        return {"lost_card": "银行卡挂失"}.get(reason, "")

    def voiced(self, prompts: Sequence[Prompt], *, carrier_speaks: bool) -> tuple[Prompt, ...]:
        return tuple(prompts)

    def recorded(self, leg: str, recording: str, seconds: float) -> None:
        self._check("recorded")
        self.recordings.append((leg, recording, seconds))

    def sound(self, name: str) -> bytes | None:
        self._check("sound")
        return self.sounds.get(name)

    def live(self) -> int:
        self._check("live")
        return 7

    def ready(self) -> list[tuple[str, bool, str]]:
        self._check("ready")
        return [("store", True, ""), ("flows", "flows" not in self.broken, "there is no flow")]

    def degraded(self) -> list[tuple[str, str]]:
        self._check("degraded")
        return [("bank", "cannot be reached")] if "bank" in self.broken else []


@dataclass
class Line:
    """The carrier's side: posts signed forms."""

    client: FlaskClient
    ivr: Stub

    def post(self, path: str, *, sign: bool | str = True, **form: str) -> Any:
        path = path.partition("#")[0]  # options for the carrier are not sent
        form = {"CallSid": "CA" + "1" * 32, "From": "+8613800000001", "To": "+86400", **form}
        signature = RequestValidator(TOKEN).compute_signature(BASE + path, form) if sign is True else sign
        headers = {"X-Twilio-Signature": signature} if signature else {}
        return self.client.post(path, data=form, headers=headers)


def stub(audio: Path) -> Stub:
    """Return the stand-in for an engine with one channel, which serves sounds from a folder."""
    channel = TwilioChannel(TOKEN, None, fingerprint=lambda raw: hashlib.sha256(raw).hexdigest())
    return Stub(Settings(audio=audio, api_token=Hidden(API_TOKEN)), channel)


@pytest.fixture
def line(tmp_path: Path) -> Line:
    ivr = stub(tmp_path)
    return Line(web_app(ivr).test_client(), ivr)
