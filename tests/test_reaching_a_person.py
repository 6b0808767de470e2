"""How callers reach a person, one promise a test: several callers and agents at once in virtual time.

Over real HTTP with real signatures, a real queue on SQLite, and a carrier that rings agents, moves waiting calls and
places others.
"""

from __future__ import annotations

import json
import re
import threading
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import Future
from dataclasses import dataclass, field, replace
from functools import partial
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, urlencode, urlsplit

import pytest
from werkzeug.serving import make_server

from ivr.app import Ivr, build
from ivr.carrier.caller import Act, DeskAnswer, Gone, HeardPrompt, HeardText, ListeningWindow, Press, Silence, Stretch
from ivr.carrier.carrier_options import CallResult, CarrierOptions
from ivr.carrier.clock import VirtualClock
from ivr.carrier.http_transport import HttpTransport
from ivr.carrier.player import Player
from ivr.carrier.requests import PhoneLine, signature
from ivr.carrier.transport import CarrierAnswer
from ivr.carrier.twiml import Enqueue
from ivr.carrier.twiml_parser import parse_twiml
from ivr.channels.twilio import taskrouter
from ivr.channels.twilio.paths import RETRIES
from ivr.conversations.scheduler import CallScheduler
from ivr.demo.bank.serving import BackgroundBank
from ivr.services import preferences as memory
from ivr.services.queue import last_agent as acquaintance
from ivr.services.queue.callback_failure import CallbackFailure
from ivr.services.queue.dispatcher import Dispatcher
from ivr.services.queue.state import QueueState
from ivr.settings import Settings
from ivr.web import web_app
from tests.asking import ask
from tests.switchboard import Switchboard

ROOT = Path(__file__).parents[1]
TOKEN = "fedcba9876543210fedcba9876543210"
MONDAY_AT_TEN = 1_795_399_200.0
NORMAL, VIP, CORPORATE = "+8613800000001", "+8613800000002", "+8613800000006"
LI, WANG = "+8613900000001", "+8613900000002"
IN_QUEUE = 10.0
"""Seconds that a call needs at most from its first ring to its place in the queue."""
DIGITS = {word: number for number, word in enumerate("零一两三四五六七八九")}


@dataclass
class Server:
    """A webhook server on loopback, in a time that the tests move."""

    url: str
    ivr: Ivr
    clock: VirtualClock
    transport: HttpTransport

    def post(self, path: str, form: Mapping[str, str]) -> CarrierAnswer:
        url = self.url + path
        headers = {
            "Content-Type": "application/x-www-form-urlencoded",
            "X-Twilio-Signature": signature(TOKEN, url, form),
        }
        return self.transport.send("POST", url, urlencode(form).encode(), headers)


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    clock = VirtualClock(MONDAY_AT_TEN)
    folder = tmp_path_factory.mktemp("store")
    with BackgroundBank(clock=clock.now) as bank:
        env = {
            "TWILIO_AUTH_TOKEN": TOKEN,
            "IVR_STORE": f"sqlite:///{folder}/calls.db",
            "IVR_BANK_URL": bank.url,
            "IVR_FLOWS": str(ROOT / "flows"),
        }
        ivr = build(Settings.from_environment(env), clock=clock.now)
        http = make_server("127.0.0.1", 0, web_app(ivr), threaded=True)
        thread = threading.Thread(target=http.serve_forever, args=(0.02,), daemon=True)
        thread.start()
        transport = HttpTransport()
        yield Server(f"http://127.0.0.1:{http.server_port}", ivr, clock, transport)
        transport.close()
        http.shutdown()
        thread.join()
        http.server_close()
        ivr.store.close()


@dataclass
class Caller:
    """Presses keys at once, then waits; remembers what was heard and who answered, by the seconds since the test began.

    `keys_later` are pressed one by one whenever the caller is told the place. Whoever has talked hangs up.
    """

    stage: CallScheduler
    agents: Agents
    number: str
    keys: list[str]
    patience: float = float("inf")
    keys_later: list[str] = field(default_factory=list)
    leaves_at: float | None = None
    heard: list[tuple[float, str]] = field(default_factory=list)
    rung: list[str] = field(default_factory=list)
    talked_from: float = 0.0
    result: CallResult | None = None

    def early(self, stretch: Stretch) -> Act | None:
        if self.keys and stretch.listening is not None:
            return Press(self.keys.pop(0))
        return None

    def hears(self, heard: HeardPrompt) -> None:
        if isinstance(heard, HeardText):
            self.heard.append((self.stage.now() - MONDAY_AT_TEN, heard.text))

    def answers(self, listening: ListeningWindow) -> Act:
        if (self.rung and self.agents.talked(self)) or self.stage.now() - MONDAY_AT_TEN > self.patience:
            raise Gone
        if self.keys:
            return Press(self.keys.pop(0))
        if self.keys_later and "您" in self.said[-20:]:
            return Press(self.keys_later.pop(0))
        return Silence()

    def acted(self, act: Act) -> None:
        return

    def desk(self, numbers: tuple[str, ...]) -> DeskAnswer:
        self.rung += numbers
        return replace(self.agents.rings(self, numbers[0]), caller_leaves_at=self.leaves_at)

    @property
    def said(self) -> str:
        return "".join(text for _, text in self.heard)

    @property
    def positions(self) -> list[int]:
        """The places that were told, one for the next."""
        found = [re.search(r"前面还有(.)位|您是下一位", text) for _, text in self.heard]
        return [1 + DIGITS[one[1]] if one[1] else 1 for one in found if one]


@dataclass
class Agents:
    """What agents do when they are rung, one after another by number, and what they hear."""

    stage: CallScheduler
    does: dict[str, list[DeskAnswer]] = field(default_factory=dict)
    heard: list[str] = field(default_factory=list)
    order: list[tuple[float, str, str]] = field(default_factory=list)

    def rings(self, caller: Caller, number: str) -> DeskAnswer:
        desk = self.does[number].pop(0) if self.does.get(number) else DeskAnswer(talk=60.0)
        if desk.status == "completed" and desk.press == "1" and not desk.hangs_up:
            self.order.append((self.stage.now() - MONDAY_AT_TEN, caller.number, number))
        return replace(desk, hears=lambda one: self.heard.append(one.text))

    def talked(self, caller: Caller) -> bool:
        return any(number == caller.number for _, number, _ in self.order)


class AtOnce:
    """Does what it is given at once: in a virtual time nothing may happen beside it."""

    def submit(self, work: Callable[[], None]) -> Future[None]:
        future: Future[None] = Future()
        future.set_result(work())
        return future

    def close(self) -> None:
        return


class Recorder:
    """Sends every request, `times` times over, and keeps what was posted; the answers must be the same to the byte."""

    def __init__(self, inner: HttpTransport, times: int = 1) -> None:
        self.inner, self.times = inner, times
        self.sent: list[tuple[str, dict[str, str]]] = []

    def send(self, method: str, url: str, body: bytes, headers: Mapping[str, str]) -> CarrierAnswer:
        if method == "POST":
            self.sent.append((urlsplit(url).path, dict(parse_qsl(body.decode(), keep_blank_values=True))))
        answers = [self.inner.send(method, url, body, headers) for _ in range(self.times)]
        assert len({(one.status, one.body) for one in answers}) == 1, url
        return answers[0]


class Hall:
    """Callers, agents and the carrier of one test."""

    def __init__(
        self, server: Server, *, times: int = 1, moves: bool = False, carrier_options: CarrierOptions | None = None
    ) -> None:
        self.server, self.carrier_options = server, carrier_options or CarrierOptions(ring=0.0)
        server.ivr.queue.repository.change(lambda _: (QueueState(), None))
        for collection in (acquaintance.LAST_AGENTS, memory.PREFERENCES):
            for key in server.ivr.store.keys(collection):
                server.ivr.store.change(collection, key, lambda _: None)
        self.stage = CallScheduler(server.clock)
        self.agents = Agents(self.stage)
        self.wire = Recorder(server.transport, times)
        self.callers: list[Caller] = []
        self.gave_up: list[CallbackFailure] = []
        self.failed: list[str] = []
        self.switchboard = Switchboard(self.stage, self.wire, server.url, TOKEN)
        server.ivr.queue.places_calls = moves
        if moves:
            self.dispatcher = Dispatcher(
                server.ivr.queue,
                calls=self.switchboard,
                gave_up=self.gave_up.append,
                failed=lambda what, fault: self.failed.append(f"{what}: {fault!r}"),
                clock=self.stage.now,
                threads=AtOnce(),
            )
            self.stage.every(1.0, self.dispatcher.round, since=MONDAY_AT_TEN)

    @property
    def queue_state(self) -> QueueState:
        return self.server.ivr.queue.repository.state()

    def agent(
        self, name: str, number: str, desk: str = "general", free_at: float = 0.0, does: list[DeskAnswer] | None = None
    ):
        agents = self.server.ivr.queue.agents
        agents.add(name, number, [desk])
        agents.ready(name, MONDAY_AT_TEN - 3600)
        if free_at:
            agents.pause(name, MONDAY_AT_TEN - 3600)
            self.stage.at(MONDAY_AT_TEN + free_at, lambda: agents.ready(name, self.stage.now()) and None)
        self.agents.does[number] = [*(does or [])]

    def caller(self, number: str, at: float, **more: Any) -> Caller:
        caller = Caller(self.stage, self.agents, number, [*more.pop("keys", ["0"])], **more)
        line = PhoneLine(
            voice_url=f"{self.server.url}/twilio/voice/main_menu",
            caller=number,
            token=TOKEN,
            status_url=f"{self.server.url}/twilio/status",
        )

        def calls() -> None:
            player = Player(line, self.wire, caller, self.stage, carrier_options=self.carrier_options)
            self.switchboard.begins(player)
            caller.result = player.call()

        self.stage.at(MONDAY_AT_TEN + at, calls)
        self.callers.append(caller)
        return caller

    def run(self, seconds: float = 600.0) -> None:
        self.stage.play(lambda: self.stage.sleep(seconds), at=MONDAY_AT_TEN)
        assert self.failed == []
        for caller in self.callers:
            assert caller.result is not None
            assert caller.result.faults == ()
            falls = [(a, b) for a, b in zip(caller.positions, caller.positions[1:], strict=False) if b > a]
            assert falls == [], f"{caller.number} was told {caller.positions}"

    def connected(self) -> list[str]:
        """Those who got an agent, in order."""
        return [number for _, number, _ in self.agents.order]

    def state(self, name: str) -> str:
        return self.queue_state.agents[name].state


@pytest.fixture
def hall(server: Server) -> Hall:
    return Hall(server)


# one order


@pytest.mark.parametrize(("later", "first"), [(100, VIP), (130, NORMAL)])
def test_a_vip_caller_who_came_100_seconds_later_is_connected_first_and_one_who_came_130_later_is_not(
    hall: Hall, later: float, first: str
):
    hall.agent("li", LI, free_at=160)
    normal, vip = hall.caller(NORMAL, 0), hall.caller(VIP, later)
    hall.run()
    assert hall.connected() == [first, VIP if first == NORMAL else NORMAL]
    for caller in (normal, vip):
        assert len(caller.positions) >= 1
    assert normal.positions[0] == 1


def test_whoever_has_waited_past_the_bound_is_served_before_every_vip_caller(hall: Hall):
    hall.agent("li", LI, free_at=200)
    hall.caller(NORMAL, 0)
    hall.caller(VIP, 90)
    hall.run()
    assert hall.connected() == [NORMAL, VIP]


def test_a_vip_caller_gets_the_agent_of_the_vip_desk_and_a_normal_one_waits_on(hall: Hall):
    hall.agent("wang", WANG, "general", free_at=300)
    hall.agent("li", LI, "vip", free_at=60)
    hall.caller(CORPORATE, 0)
    hall.caller(VIP, 30)
    hall.run()
    assert hall.agents.order[0][1:] == (VIP, LI)


def test_every_waiting_caller_hears_music_within_five_seconds_and_the_place_that_only_falls(hall: Hall):
    hall.agent("li", LI, does=[DeskAnswer(talk=200)])
    callers = [hall.caller(f"+86139110000{n:02d}", 5.0 * n) for n in range(4)]
    hall.run(1200)
    assert [caller.positions[0] for caller in callers[1:]] == [1, 2, 3]
    assert hall.connected() == [caller.number for caller in callers]


# the agent's telephone


def test_the_agent_hears_who_calls_and_what_about_before_the_caller_is_heard(hall: Hall):
    hall.agent("li", LI, "vip")
    vip = hall.caller(VIP, 0)
    hall.run()
    told = "".join(hall.agents.heard)
    assert "李娜；贵宾客户；身份未核实" in told
    assert told.endswith("接听请按1。")
    assert "接听请按1" not in vip.said
    assert hall.state("li") in ("ready", "wrap_up")


def test_what_was_proved_and_typed_is_told_masked_and_is_not_asked_again(hall: Hall):
    hall.agent("li", LI)
    caller = hall.caller(NORMAL, 0, keys=["1", "0128", "135790", "0"])
    hall.run()
    told = "".join(hall.agents.heard)
    assert told.startswith("张伟；身份已核实，级别1；事由，查询余额；输入了卡号，末尾零幺二八。")
    assert "135790" not in told
    assert hall.connected() == [NORMAL]
    assert caller.said.count("最后四位数字") == 1


def test_the_agent_after_one_who_refused_and_the_next_one_are_told_all_of_it_again(hall: Hall):
    hall.agent("li", LI, does=[DeskAnswer(press="2")])
    hall.agent("wang", WANG, free_at=30, does=[DeskAnswer(talk=30)])
    caller = hall.caller(NORMAL, 0, keys=["1", "0128", "135790", "0"])
    hall.run()
    told = {words.rstrip("。").partition("；等候")[0] for words in hall.agents.heard if "张伟" in words}
    assert told == {"张伟；身份已核实，级别1；事由，查询余额；输入了卡号，末尾零幺二八"}
    assert caller.rung == [LI, WANG]
    assert caller.said.count("请输入") == 2, "the card and the PIN, once each"


def test_who_was_cut_off_need_not_tell_again_what_the_call_is_about(hall: Hall):
    hall.agent("li", LI, free_at=120)
    hall.caller(NORMAL, 0, keys=["1", "0128", "135790", "0"], patience=40)
    hall.caller(NORMAL, 80, keys=["1"])
    hall.run()
    told = "".join(hall.agents.heard)
    assert "张伟；身份未核实；事由，查询余额；输入了卡号，末尾零幺二八" in told


NOT_TAKEN = {
    "busy": DeskAnswer("busy"),
    "no answer": DeskAnswer("no-answer"),
    "a dead line": DeskAnswer("failed"),
    "another key": DeskAnswer(press="2"),
    "silence": DeskAnswer(press=""),
    "hung up in the middle": DeskAnswer(hangs_up=True),
    "refused, and the end is never told": DeskAnswer(press="2", lost=True),
    "silence, and the end is never told": DeskAnswer(press="", lost=True),
}


@pytest.mark.parametrize("first", NOT_TAKEN.values(), ids=NOT_TAKEN)
@pytest.mark.parametrize("otherwise", [False, True], ids=["told at once", "told late"])
def test_a_caller_whom_one_agent_does_not_take_keeps_the_place_and_gets_the_next(
    server: Server, first: DeskAnswer, otherwise: bool
):
    other = CarrierOptions(ring=0.0, screened="no-answer", leg_told="after")
    hall = Hall(server, carrier_options=other if otherwise else None)
    hall.agent("li", LI, does=[first])
    hall.agent("wang", WANG, free_at=90)
    early, late = hall.caller(NORMAL, 0), hall.caller(CORPORATE, 10)
    hall.run()
    assert early.rung[0] == LI
    assert "您的位置还在" in early.said
    assert hall.connected()[0] == NORMAL
    assert sorted(hall.connected()) == sorted([NORMAL, CORPORATE])
    assert late.positions[0] >= 1


@pytest.mark.parametrize("first", NOT_TAKEN.values(), ids=NOT_TAKEN)
def test_when_the_only_agent_takes_no_call_the_caller_gets_a_definite_way_on(hall: Hall, first: DeskAnswer):
    hall.agent("li", LI, does=[first] * 100)
    caller = hall.caller(NORMAL, 0)
    hall.run(900)
    assert caller.result is not None
    words = ("我们给您回电", "请在提示音后留下", "您的位置还在")
    assert any(word in caller.said for word in words)
    assert hall.connected() == []


def test_an_agent_whose_telephone_dies_in_the_talk_is_not_lost_and_the_caller_is_asked_on(hall: Hall):
    hall.agent("li", LI, does=[DeskAnswer(talk=3, lost=True)])
    first, second = hall.caller(NORMAL, 0), hall.caller(CORPORATE, 20)
    hall.run()
    assert "请为刚才的服务打分" in first.said
    assert hall.connected() == [NORMAL, CORPORATE]
    assert second.rung == [LI]


# hanging up


@pytest.mark.parametrize("moment", [0.5, 3, 5.9, 6.1, 7, 9, 20, 65.9])
@pytest.mark.parametrize("order", ["before", "after"])
def test_a_caller_may_hang_up_while_it_rings_while_the_agent_is_told_and_while_they_talk(
    server: Server, moment: float, order: Any
):
    hall = Hall(server, carrier_options=CarrierOptions(ring=0.0, leg_told=order))
    hall.agent("li", LI)
    gone = hall.caller(NORMAL, 0, leaves_at=moment)
    next_one = hall.caller(CORPORATE, 30)
    hall.run()
    assert gone.result is not None
    assert gone.result.ended_by == "caller"
    assert CORPORATE in hall.connected()
    assert next_one.rung == [LI]
    assert hall.state("li") in ("ready", "wrap_up")
    assert [
        one.state for one in hall.queue_state.waiters.values() if one.state in ("waiting", "ringing", "talking")
    ] == []


@pytest.mark.parametrize("patience", [12, 40, 70, 100])
def test_who_hangs_up_while_waiting_holds_nobody_up(hall: Hall, patience: float):
    hall.agent("li", LI, free_at=110)
    hall.caller(NORMAL, 0, patience=patience)
    stays = hall.caller(CORPORATE, 5)
    hall.run()
    assert hall.connected() == [CORPORATE]
    assert hall.agents.order[0][0] < 110 + 20
    assert stays.positions[0] == 2


# requests twice, late, and by nobody


def test_every_request_sent_three_times_changes_nothing(server: Server):
    hall = Hall(server, times=3)
    hall.agent("li", LI, does=[DeskAnswer(press="2"), DeskAnswer(talk=40)])
    hall.agent("wang", WANG, free_at=50, does=[DeskAnswer(talk=40)])
    first, second = hall.caller(NORMAL, 0), hall.caller(VIP, 5)
    hall.run()
    assert sorted(hall.connected()) == sorted([NORMAL, VIP])
    assert len(first.rung) + len(second.rung) == 3
    rows = [row.kind for caller in hall.callers if caller.result for row in calls_rows(server, caller.result.call_sid)]
    assert rows.count("talked") == 2
    assert rows.count("refused") == 1


def calls_rows(server: Server, call: str) -> list[Any]:
    return list(server.ivr.store.journal(call))


def test_requests_that_come_again_when_all_is_over_change_nothing_and_ring_nobody(hall: Hall, server: Server):
    hall.agent("li", LI, does=[DeskAnswer(press="2"), DeskAnswer(talk=20)])
    hall.agent("wang", WANG, free_at=50, does=[DeskAnswer(talk=20)])
    hall.caller(NORMAL, 0)
    hall.caller(VIP, 5)
    hall.run()
    before = hall.queue_state
    for path, form in [*hall.wire.sent, *reversed(hall.wire.sent)]:
        answer = server.post(path, form)
        assert answer.status in (200, 204)
        assert b"<Dial" not in answer.body or "/voice" in path
    after = hall.queue_state
    for name in ("li", "wang"):
        assert after.agents[name].state == before.agents[name].state
    assert after.offers.keys() == before.offers.keys()


# moved at once


def test_with_the_carriers_interface_a_wait_ends_as_soon_as_an_agent_is_free(server: Server):
    hall = Hall(server, moves=True)
    hall.agent("li", LI, free_at=63.0)
    hall.caller(NORMAL, 0)
    hall.run()
    [(at, number, _)] = hall.agents.order
    assert (number, hall.switchboard.moved != []) == (NORMAL, True)
    assert 63.0 <= at <= 65.0


def test_without_it_the_wait_ends_at_the_next_piece_of_music(hall: Hall):
    hall.agent("li", LI, free_at=63.0)
    hall.caller(NORMAL, 0)
    hall.run()
    assert 63.0 <= hall.agents.order[0][0] <= 63.0 + 17
    assert hall.switchboard.moved == []


def test_callers_who_are_moved_while_others_hang_up_and_refuse_all_end_well(server: Server):
    hall = Hall(server, moves=True)
    hall.agent("li", LI, free_at=40, does=[DeskAnswer(press="2"), DeskAnswer("busy"), DeskAnswer(talk=30)])
    hall.agent("wang", WANG, "vip", free_at=60, does=[DeskAnswer("no-answer"), DeskAnswer(talk=30)])
    callers = [hall.caller(f"+86139110000{n:02d}", 3.0 * n, patience=45 if n % 4 == 3 else 1e9) for n in range(8)]
    callers.append(hall.caller(VIP, 20))
    hall.run(1800)
    assert len(set(hall.connected())) == len(hall.connected()), "nobody is connected twice"
    stayed = {caller.number for caller in callers if caller.patience > 1e8}
    served = set(hall.connected())
    for caller in callers:
        assert caller.result is not None
        assert caller.number in served or caller.number not in stayed or "给您回电" in caller.said


# called back


def promise(server: Server, number: str, at: float, **more: Any) -> None:
    asked = {"call": "CA" + number[-8:] * 4, "number": number, "desk": "general", "language": "zh-CN", **more}
    ask(server.ivr.queue, "queue.call_back", asked, key=f"{number}:{at}", now=MONDAY_AT_TEN + at)
    over = {"call": asked["call"], "why": "ended"}
    ask(server.ivr.queue, "queue.leave", over, key=f"{number}:{at} over", now=MONDAY_AT_TEN + at)


def test_a_call_back_rings_an_agent_first_and_then_the_customer(server: Server):
    hall = Hall(server, moves=True)
    hall.agent("li", LI, free_at=30)
    promise(server, NORMAL, 0, name="张伟")
    rung: list[str] = []
    hall.switchboard.desks = {LI: DeskAnswer(hears=lambda one: rung.append(one.text)), NORMAL: DeskAnswer(talk=50)}
    hall.run()
    assert hall.switchboard.placed == [LI]
    told = "".join(rung)
    assert "张伟" in told
    assert "这是回电" in told
    called = [form for path, form in hall.wire.sent if path.endswith("/called")]
    assert [form["DialCallStatus"] for form in called] == ["completed"]
    [waiter] = hall.queue_state.waiters.values()
    assert (waiter.state, hall.state("li"), hall.gave_up) == ("talked", "wrap_up", [])


def test_a_customer_who_does_not_answer_is_tried_twice_in_all_and_then_taken_care_of_otherwise(server: Server):
    hall = Hall(server, moves=True)
    hall.agent("li", LI)
    promise(server, NORMAL, 0)
    hall.switchboard.desks = {LI: DeskAnswer(), NORMAL: DeskAnswer("no-answer")}
    hall.run(1800)
    assert hall.switchboard.placed == [LI, LI]
    assert len(hall.gave_up) == 1
    assert hall.state("li") in ("ready", "wrap_up")


@pytest.mark.parametrize(
    "agent",
    [DeskAnswer("busy"), DeskAnswer("no-answer"), DeskAnswer(press="2"), DeskAnswer(hangs_up=True)],
    ids=["busy", "no answer", "another key", "hung up"],
)
def test_when_the_agent_does_not_take_a_call_back_the_customer_is_not_rung(server: Server, agent: DeskAnswer):
    hall = Hall(server, moves=True)
    hall.agent("li", LI)
    promise(server, NORMAL, 0)
    hall.switchboard.desks = {LI: agent}
    hall.run(29)
    assert hall.switchboard.placed == [LI]
    assert not [path for path, _ in hall.wire.sent if path.endswith("/customer")]
    [waiter] = hall.queue_state.waiters.values()
    assert waiter.state == "waiting"


def test_no_more_customers_are_called_back_at_once_than_agents_are_free(server: Server):
    hall = Hall(server, moves=True)
    hall.agent("li", LI)
    hall.agent("wang", WANG)
    for n in range(5):
        promise(server, f"+86139110000{n:02d}", n)
    hall.switchboard.desks = {}
    hall.run(15)
    assert sorted(hall.switchboard.placed) == [LI, WANG]


# the carrier's own router


@pytest.mark.parametrize(
    ("result", "words"),
    [("bridged", "请为刚才的服务打分"), ("queue-full", "+861085550188"), ("system-error", "+861085550188")],
)
def test_where_a_workflow_is_set_the_carriers_router_finds_the_person(
    server: Server, monkeypatch: pytest.MonkeyPatch, result: str, words: str
):
    workflow = "WW" + "0" * 32
    monkeypatch.setattr(server.ivr.queue, "_carrier_router", partial(taskrouter.task, workflow))
    form = {"CallSid": "CA" + result, "From": VIP, "To": "+861055550000", "CallStatus": "in-progress"}
    server.post("/twilio/voice/main_menu", form)
    document = server.post("/twilio/turn/1", {**form, "Digits": "0"})
    *_, enqueue = parse_twiml(document.body).verbs
    assert isinstance(enqueue, Enqueue)
    task = json.loads(enqueue.task or "")
    assert (enqueue.name, enqueue.action, task["desk"], task["segment"]) == (
        workflow,
        f"/twilio/turn/2{RETRIES}",
        "vip",
        "vip",
    )
    assert 'priority="120"' in document.body.decode()
    after = server.post("/twilio/turn/2", {**form, "QueueResult": result, "QueueTime": "30"}).body.decode()
    assert words in after
    assert server.post("/twilio/turn/2", {**form, "QueueResult": result, "QueueTime": "30"}).body.decode() == after
