"""The shipped flows behind their real webhooks in this process, a demo bank, and a carrier that signs what it sends."""

from __future__ import annotations

import logging
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, cast
from urllib.parse import urlencode, urljoin

import pytest
from msgspec import structs

from ivr.app import Ivr, build
from ivr.carrier.clock import VirtualClock
from ivr.carrier.requests import new_sid, signature
from ivr.carrier.transport import CarrierAnswer, WsgiTransport
from ivr.carrier.twiml import Dial, Gather, Hangup, Record, Redirect, TwimlDocument
from ivr.carrier.twiml_parser import falls_silent, parse_twiml
from ivr.demo.bank.serving import BackgroundBank
from ivr.engine.ports import Lookup
from ivr.engine.service_ports import ServicePorts
from ivr.services.router import Router
from ivr.settings import Settings
from ivr.stores import UnitOfWork
from ivr.web import web_app

FLOWS = Path(__file__).parents[2] / "flows"
BASE = "http://ivr.invalid"
TOKEN = "0123456789abcdef0123456789abcdef"
MONDAY_AT_TEN = 1_795_399_200.0
Waiting = Gather | Record | Dial | Hangup


class Faults(logging.Handler):
    """Gathers what the server reports as its own fault."""

    def __init__(self) -> None:
        super().__init__(logging.ERROR)
        self.lines: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        self.lines.append(record.getMessage())

    def take(self) -> list[str]:
        lines, self.lines = self.lines, []
        return lines


class _OtherAnswers(Router):
    """The back ends of a machine, with another bank or other answers to some questions."""

    def __init__(self, real: Router, bank: Lookup, answers: Mapping[str, Mapping[str, Any] | Exception]) -> None:
        vars(self).update(vars(real))
        self._bank, self._answers = bank, answers

    def __call__(self, source: str, question: Mapping[str, Any], *, deadline: float, key: str) -> Mapping[str, Any]:
        answer = self._answers.get(source)
        if isinstance(answer, Exception):
            raise answer
        return self._bank(source, question, deadline=deadline, key=key) if answer is None else answer

    def within(self, unit: UnitOfWork) -> ServicePorts:
        failing = {source: fault for source, fault in self._answers.items() if isinstance(fault, Exception)}
        return cast("ServicePorts", _Services(super().within(unit), failing))


class _Services:
    """Our own services, some of whose questions fail."""

    def __init__(self, services: ServicePorts, failing: Mapping[str, Exception]) -> None:
        self._services, self._failing = services, failing

    def __getattr__(self, name: str) -> Any:
        service = getattr(self._services, name)
        for source, fault in self._failing.items():
            if source.partition(".")[0] == name:
                return _Failing(service, source.partition(".")[2], fault)
        return service


class _Failing:
    """A service that cannot answer one of its questions."""

    def __init__(self, service: object, name: str, fault: Exception) -> None:
        self._service, self._name, self._fault = service, name, fault

    def __getattr__(self, name: str) -> Any:
        if name == self._name:
            raise self._fault
        return getattr(self._service, name)


@dataclass
class Machine:
    """One server with its bank."""

    ivr: Ivr
    bank: BackgroundBank
    clock: VirtualClock
    transport: WsgiTransport
    faults: Faults
    as_new: dict[str, dict[str, str]] = field(default_factory=dict)
    """What the services of our own have written before the first call, such as which release is live."""
    places: dict[tuple[str, str], dict[tuple[object, ...], Leg]] = field(default_factory=dict)

    def kept(self) -> dict[str, dict[str, str]]:
        """Return all that the services of our own have written: tries, codes, messages, what callers chose."""
        return {name: dict(documents) for name, documents in self.ivr.store._documents.items()}

    def put_back(self, kept: Mapping[str, Mapping[str, str]]) -> None:
        """Let them know what they knew then."""
        self.ivr.store._documents = {name: dict(documents) for name, documents in kept.items()}

    def with_bank(self, lookup: Lookup) -> Machine:
        """Return the same machine with another bank; the services of our own stay."""
        return self._with(_OtherAnswers(self.ivr.back_ends, lookup, {}))

    def with_answers(self, answers: Mapping[str, Mapping[str, Any] | Exception]) -> Machine:
        """Return the same machine where these questions, by source, are answered otherwise."""
        return self._with(_OtherAnswers(self.ivr.back_ends, self.ivr.back_ends, answers))

    def _with(self, back_ends: Router) -> Machine:
        ivr = replace(self.ivr, back_ends=back_ends, session=replace(self.ivr.session, back_ends=back_ends))
        return replace(self, ivr=ivr, transport=WsgiTransport(web_app(ivr)))

    @property
    def flows(self) -> list[str]:
        return sorted(self.ivr.release.flows)


@dataclass
class Asked:
    """One request as it was sent, to be sent again."""

    url: str
    form: Mapping[str, str]
    token: str
    answer: bytes = b""


@dataclass
class Leg:
    """One call as a carrier sees it. Every answer is checked: status, TwiML, no dead air, no fault logged."""

    machine: Machine
    caller: str
    sid: str = field(default_factory=lambda: new_sid("CA"))
    sent: list[Asked] = field(default_factory=list)
    document: TwimlDocument = TwimlDocument(())
    url: str = ""

    def arrive(self, flow: str, **more: str) -> Waiting:
        return self.follow(f"{BASE}/twilio/voice/{flow}", {"CallStatus": "ringing", **more})

    def act(self, **form: str) -> Waiting:
        """Do what the last document waits for."""
        waiting = self.waiting
        assert not isinstance(waiting, Hangup)
        return self.follow(urljoin(self.url, waiting.action or ""), form)

    def stay_silent(self) -> Waiting:
        waiting = self.waiting
        if isinstance(waiting, Record):
            return self.act(RecordingUrl="https://api.invalid/R", RecordingDuration="0", Digits="")
        return self.act(msg="Gather End", Digits="", FinishedOnKey="")

    def redirected(self) -> Waiting:
        """Follow the document's last redirect, as after a gather that told nothing; stay silent where there is none."""
        last = self.document.verbs[-1]
        return self.follow(urljoin(self.url, last.url), {}) if isinstance(last, Redirect) else self.act()

    def follow(self, url: str, form: Mapping[str, str]) -> Waiting:
        """Send a request and go on with its answer."""
        self.url = url
        self.document = self.twiml(self.send(url, form))
        return self.waiting

    def send(self, url: str, form: Mapping[str, str], token: str = "") -> CarrierAnswer:
        """Send a request whose answer need not be played."""
        whole = {"CallSid": self.sid, "From": self.caller, "To": "+861055550000", "CallStatus": "in-progress", **form}
        asked = Asked(url, whole, token or new_sid("ID"))
        answer = self.post(asked)
        asked.answer = answer.body
        self.sent.append(asked)
        return answer

    def post(self, asked: Asked) -> CarrierAnswer:
        headers = {
            "Content-Type": "application/x-www-form-urlencoded; charset=UTF-8",
            "X-Twilio-Signature": signature(TOKEN, asked.url, asked.form),
            "I-Twilio-Idempotency-Token": asked.token,
        }
        answer = self.machine.transport.send("POST", asked.url, urlencode(asked.form).encode(), headers)
        assert answer.status < 500, answer
        return answer

    def twiml(self, answer: CarrierAnswer) -> TwimlDocument:
        document = parse_twiml(answer.body, status=answer.status, content_type=answer.content_type)
        assert not document.warnings, answer.body
        assert not falls_silent(document), answer.body
        assert not self.machine.faults.lines, self.machine.faults.lines
        return document

    @property
    def waiting(self) -> Waiting:
        """Return the one verb of the last document that waits or ends the call."""
        return next(verb for verb in self.document.verbs if isinstance(verb, Waiting))

    @property
    def words(self) -> str:
        """Return all that the last document says."""
        verbs = [inner for verb in self.document.verbs for inner in (verb, *getattr(verb, "prompts", ()))]
        return " ".join(text for verb in verbs if (text := getattr(verb, "text", "")))

    def silence_to_the_end(self, most: int = 12) -> str:
        """Say nothing any more; return whether a person or a goodbye came."""
        for _ in range(most):
            waiting = self.waiting
            if isinstance(waiting, Dial):
                return "person"
            if isinstance(waiting, Hangup):
                assert self.words or len(self.document.verbs) == 1
                return "goodbye"
            self.stay_silent()
        raise AssertionError(f"a silent caller is still waiting after {most} turns: {self.words}")

    def fork(self) -> Leg:
        """Return another call that stands exactly where this one does."""
        ivr = self.machine.ivr
        store, codec = ivr.store, ivr.session.codec
        saved = store.load(self.sid)
        assert saved is not None
        twin = replace(self, sid=new_sid("CA"), sent=list(self.sent))
        call = structs.replace(codec.thaw(saved.call), id=twin.sid)
        assert store.save(replace(saved, call_id=twin.sid, call=codec.freeze(call, ivr.clock())), [], expected=None)
        return twin


@pytest.fixture(scope="module")
def machine() -> Iterator[Machine]:
    clock = VirtualClock(MONDAY_AT_TEN)
    faults = Faults()
    logging.getLogger("ivr").addHandler(faults)
    with BackgroundBank(clock=clock.now) as bank:
        env = {"IVR_STORE": "memory:", "TWILIO_AUTH_TOKEN": TOKEN, "IVR_PUBLIC_URL": BASE, "IVR_BANK_URL": bank.url}
        ivr = build(Settings.from_environment({**env, "IVR_FLOWS": str(FLOWS)}), clock=clock.now)
        built = Machine(ivr, bank, clock, WsgiTransport(web_app(ivr)), faults)
        built.as_new = built.kept()
        yield built
    logging.getLogger("ivr").removeHandler(faults)


@pytest.fixture
def ring(machine: Machine):
    """Return a way to begin calls; the machine is as new for every test."""
    machine.bank.reset()
    machine.put_back(machine.as_new)
    machine.faults.take()

    def call(caller: str = "+8613800000001") -> Leg:
        return Leg(machine, caller)

    return call
