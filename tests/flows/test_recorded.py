"""With desks that record: a conversation is announced before it is recorded, and nothing else ever is but messages."""

from __future__ import annotations

import logging
import re
import shutil
from collections import deque
from collections.abc import Iterator, Mapping
from urllib.parse import urljoin
from xml.etree import ElementTree

import pytest
import yaml
from msgspec.structs import replace

from ivr.app import build
from ivr.carrier.clock import VirtualClock
from ivr.carrier.transport import WsgiTransport
from ivr.carrier.twiml import Dial, Hangup
from ivr.demo.bank.serving import BackgroundBank
from ivr.services.queue.state import QueueState
from ivr.settings import Settings
from ivr.steps.message import MessageStep
from ivr.web import web_app

from .conftest import BASE, FLOWS, MONDAY_AT_TEN, TOKEN, Faults, Leg, Machine
from .test_every_step import CALLERS, CHANGING, edges, where

AGENTS = {"li": "general", "wang": "vip", "zhao": "elderly"}
ANNOUNCED = re.compile("通话会录音|conversation is recorded")
SECRET = re.compile(r"输入[^。，；]*(密码|验证码)|enter[^.,;]*\b(PIN|(?<!area )code)\b")
LISTENS_IN = {"Start", "Stream", "Siprec", "Recording", "Transcription", "Conference"}


@pytest.fixture(scope="module")
def machine(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Machine]:
    """Return the shipped hotline with agents at desks whose conversations are all recorded."""
    flows = tmp_path_factory.mktemp("recorded") / "flows"
    shutil.copytree(FLOWS, flows)
    file = flows / "line.yaml"
    line = yaml.safe_load(file.read_text(encoding="utf-8"))
    line["desks"] = {
        name: {**(desk if isinstance(desk, dict) else {"number": desk}), "record": "yes"}
        for name, desk in line["desks"].items()
    }
    text = file.read_text(encoding="utf-8")
    desks = "desks: " + re.sub(r"\s+", " ", yaml.safe_dump(line["desks"], default_flow_style=True)) + "\n"
    file.write_text(re.sub(r"^desks:\n(?:  .*\n)+", lambda _: desks, text, flags=re.M), encoding="utf-8")
    clock, faults = VirtualClock(MONDAY_AT_TEN), Faults()
    logging.getLogger("ivr").addHandler(faults)
    with BackgroundBank(clock=clock.now) as bank:
        env = {"IVR_STORE": "memory:", "TWILIO_AUTH_TOKEN": TOKEN, "IVR_PUBLIC_URL": BASE, "IVR_BANK_URL": bank.url}
        ivr = build(Settings.from_environment({**env, "IVR_FLOWS": str(flows)}), clock=clock.now)
        assert all(desk.record for desk in ivr.release.line.desks.values())
        for place, (name, desk) in enumerate(AGENTS.items()):
            ivr.queue.agents.add(name, f"+86139000000{place:02d}", [desk])
            ivr.queue.agents.ready(name, MONDAY_AT_TEN - 60)
        yield Machine(ivr, bank, clock, WsgiTransport(web_app(ivr)), faults)
    logging.getLogger("ivr").removeHandler(faults)


def fork(leg: Leg, state: QueueState) -> Leg:
    """Return another call that stands where this one does, in the queue too."""
    twin = leg.fork()
    waiters = [replace(one, id=twin.sid) for one in state.waiters.values() if one.id == leg.sid]
    offers = [replace(one, waiter=twin.sid) for one in state.offers.values() if one.waiter == leg.sid]
    leg.machine.ivr.queue.repository.change(lambda _: (QueueState(agents=state.agents).put(*waiters, *offers), None))
    return twin


def does(leg: Leg, form: Mapping[str, str]) -> None:
    """Let caller or agent do it; a dialled agent of whom it is said that they talked has taken the call."""
    waiting = leg.waiting
    if isinstance(waiting, Dial) and form["DialCallStatus"] == "completed" and waiting.parties[0].url:
        url = urljoin(leg.url, waiting.parties[0].url).partition("#")[0]
        leg.send(url, {"CallSid": "CAagent"})
        leg.send(f"{url}/key", {"CallSid": "CAagent", "Digits": "1"})
    leg.act(**form)


def check(leg: Leg) -> int:
    """Check the last document; return how many conversations it has recorded."""
    *before, last = [ElementTree.fromstring(asked.answer) for asked in leg.sent]
    said = "".join(text for document in (*before, last) for text in document.itertext())
    recorded = [element for element in last.iter() if "record" in element.attrib]
    for element in recorded:
        assert element.tag == "Dial"
        assert [party.get("url", "").startswith("/twilio/agent/") for party in element] == [True]
        assert ANNOUNCED.search(said), "nobody is recorded who was not told"
    assert not LISTENS_IN & {element.tag for element in last.iter()}
    facts = leg.machine.ivr.session.facts(leg.sid)
    for _ in last.iter("Record"):
        assert isinstance(leg.machine.ivr.release.flows[facts["flow"]].steps[facts["step"]], MessageStep), facts
    for gather in last.iter("Gather"):
        if SECRET.search(asked := "".join(gather.itertext())):
            assert gather.get("input") == "dtmf", asked
            assert not [one for one in last.iter() if one.tag in ("Record", "Dial", "Enqueue")]
    return len(recorded)


@pytest.mark.parametrize(("flow", "caller"), [("main_menu", "+8613800000001"), ("elderly_simple", "+8613800000003")])
def test_only_announced_conversations_are_recorded_and_no_entry_ever_is(ring, flow, caller):
    first = ring(caller)
    first.arrive(flow)
    floor_of = first.machine.ivr.queue.repository.state
    recorded, secret = check(first), 0
    found, queue = {where(first)}, deque([(first, first.machine.kept(), floor_of())])
    while queue:
        here, kept, state = queue.popleft()
        secret += bool(SECRET.search(here.words))
        for form in edges(here, CALLERS[caller]):
            here.machine.put_back(kept)
            there = fork(here, state)
            does(there, form)
            recorded += check(there)
            if not isinstance(there.waiting, Hangup) and where(there) not in found:
                found.add(where(there))
                queue.append((there, there.machine.kept(), floor_of()))
        if where(here)[1] in CHANGING:
            here.machine.bank.reset()
    assert recorded > 10
    assert secret > 2
    assert {"one_question", "two_questions", "how_was_it"} & {place[1] for place in found}, "after a conversation"
