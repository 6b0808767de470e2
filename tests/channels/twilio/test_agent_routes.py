"""The webhooks of agents' telephones, over a real queue on a real board: what the agent hears, and what a key does."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import pytest

from ivr.carrier.twiml import Dial, Gather, Hangup, Redirect, Say
from ivr.carrier.twiml_parser import parse_twiml
from ivr.channels.twilio.paths import RETRIES
from ivr.crypto import Seal
from ivr.engine.verbs import Play
from ivr.flow.loader import load
from ivr.services.queue import plan
from ivr.services.queue.repository import QueueRepository
from ivr.services.queue.service import Queue
from ivr.services.queue.state import Offer
from ivr.session.step_registry import catalogue
from ivr.settings import Settings
from ivr.stores.memory import MemoryStore
from tests.asking import ask
from tests.web_fixtures import Line

NOW = 1_795_399_200.0
ENTERS = {
    "call": "CA" + "1" * 32,
    "desk": "vip",
    "priority": "vip",
    "caller": "+8613800000002",
    "language": "zh-CN",
    "level": 2,
    "name": "李娜",
    "reason": "lost_card",
    "context": {"typed": {"card": "***0242"}},
}
WEBHOOKS = ["", "/key", "/called", "/customer", "/ended", "/recorded"]


@pytest.fixture(scope="module")
def release():
    return load(Settings().flows, catalogue())


@pytest.fixture
def queue(release, line: Line) -> Queue:
    store = MemoryStore()
    queue = Queue(QueueRepository(store), store, Seal(b"k" * 32), release.line, places_calls=True)
    queue.agents.add("li", "+8613900000001", ["vip"])
    queue.agents.ready("li", NOW - 600)
    line.ivr.legs = queue.legs
    line.ivr.settings = replace(line.ivr.settings, call_from="+861085550100")
    return queue


@pytest.fixture
def leg(queue: Queue) -> str:
    """A VIP customer came two minutes ago, and the agent's telephone rings."""
    status = ask(queue, "queue.enter", ENTERS, key="k1", now=NOW - 130)
    assert status["state"] == "ring"
    return str(status["leg"])


def played(answer: Any) -> Any:
    assert (answer.status_code, answer.mimetype) == (200, "text/xml")
    return parse_twiml(answer.data, content_type=answer.content_type)


def said(verbs: Any) -> str:
    return "".join(one.text for verb in verbs for one in (verb.prompts if isinstance(verb, Gather) else [verb])
                   if isinstance(one, Say))  # fmt: skip


def offer(queue: Queue, leg: str) -> Offer:
    return queue.repository.state().offers[leg]


def test_an_agent_who_picks_up_hears_who_calls_twice_and_is_asked_for_one_key(line: Line, queue: Queue, leg: str):
    document = played(line.post(f"/twilio/agent/{leg}"))
    first, again, on = document.verbs
    assert isinstance(first, Gather)
    assert isinstance(again, Gather)
    assert first.prompts == again.prompts
    assert said([first]) == "李娜；贵宾客户；身份已核实，级别2；事由，银行卡挂失；输入了卡号，末尾零二四二。接听请按1。"
    assert (first.num_digits, first.finish_on_key, first.speech) == (1, "", False)
    assert first.action == again.action == f"/twilio/agent/{leg}/key{RETRIES}"
    assert on == Redirect(f"/twilio/agent/{leg}/key?silent=1{RETRIES}")
    assert document.warnings == ()
    assert offer(queue, leg).state == "answered"


def test_what_agents_and_who_is_called_back_hear_is_spoken_by_the_voice_that_is_set(line: Line, leg: str, monkeypatch):
    def voiced(says: Sequence[Say], *, carrier_speaks: bool) -> tuple[Play, ...]:
        assert carrier_speaks
        return tuple(Play(f"/audio/{len(say.text)}.wav") for say in says)

    monkeypatch.setattr(line.ivr, "voiced", voiced)
    for path in ("", "/key", "/customer?language=zh-CN&recorded=1"):
        heard = played(line.post(f"/twilio/agent/{leg}{path}", Digits="2")).verbs
        assert said(heard) == ""
        assert "/audio/" in str(heard)


def test_key_1_connects_the_two(line: Line, queue: Queue, leg: str):
    line.post(f"/twilio/agent/{leg}")
    assert played(line.post(f"/twilio/agent/{leg}/key", Digits="1")).verbs == ()
    assert queue.repository.state().agents["li"].state == "talking"


@pytest.mark.parametrize("form", [{"Digits": "2"}, {"Digits": "*"}, {"Digits": "11"}, {"FinishedOnKey": "#"}, {}])
def test_any_other_key_and_silence_refuse(line: Line, queue: Queue, leg: str, form: dict[str, str]):
    line.post(f"/twilio/agent/{leg}")
    path = f"/twilio/agent/{leg}/key" + ("" if form else "?silent=1")
    verbs = played(line.post(path, **form)).verbs
    assert (said(verbs), verbs[-1]) == ("好的，再见。", Hangup())
    assert queue.repository.state().agents["li"].state == "paused"
    assert queue.repository.state().waiters[ENTERS["call"]].state == "waiting"


def test_the_same_request_again_gets_the_same_answer(line: Line, leg: str):
    for path, form in (("", {}), ("/key", {"Digits": "1"}), ("/key", {"Digits": "1"})):
        answers = {line.post(f"/twilio/agent/{leg}{path}", **form).data for _ in range(3)}
        assert len(answers) == 1


def test_a_refusal_is_not_taken_back_by_a_key_that_comes_late(line: Line, queue: Queue, leg: str):
    line.post(f"/twilio/agent/{leg}/key", Digits="3")
    assert "已经离开" in said(played(line.post(f"/twilio/agent/{leg}/key", Digits="1")).verbs)
    assert queue.repository.state().agents["li"].state == "paused"


@pytest.mark.parametrize("path", ["", "/key"])
def test_when_the_caller_has_gone_the_agent_is_told_so(line: Line, queue: Queue, leg: str, path: str):
    ask(queue, "queue.leave", {"call": ENTERS["call"], "why": "gone"}, key="k2", now=NOW)
    verbs = played(line.post(f"/twilio/agent/{leg}{path}", Digits="1")).verbs
    assert (said(verbs), verbs[-1]) == ("这位客户已经离开，再见。", Hangup())


@pytest.mark.parametrize(
    ("status", "agent"), [("busy", "paused"), ("no-answer", "paused"), ("failed", "paused"), ("canceled", "ready")]
)
def test_a_leg_that_nobody_took_leaves_the_caller_waiting(line: Line, queue: Queue, leg: str, status: str, agent: str):
    for _ in range(2):
        assert line.post(f"/twilio/agent/{leg}/ended", CallStatus=status).status_code == 204
    assert queue.repository.state().agents["li"].state == agent
    assert queue.repository.state().waiters[ENTERS["call"]].state == "waiting"


def test_a_conversation_that_ends_leaves_the_agent_time_to_wrap_up(line: Line, queue: Queue, leg: str):
    line.post(f"/twilio/agent/{leg}/key", Digits="1")
    line.post(f"/twilio/agent/{leg}/ended", CallStatus="completed", CallDuration="60")
    assert queue.repository.state().agents["li"].state == "wrap_up"


def test_progress_that_is_no_end_changes_nothing(line: Line, queue: Queue, leg: str):
    assert line.post(f"/twilio/agent/{leg}/ended", CallStatus="ringing").status_code == 204
    assert offer(queue, leg).state == "ringing"


@pytest.fixture
def back(queue: Queue) -> str:
    """The leg of an agent for a customer who is called back."""
    given = {**ENTERS, "number": "+8613800000002"}
    ask(
        queue,
        "queue.call_back",
        {name: value for name, value in given.items() if name != "caller"},
        key="k1",
        now=NOW - 60,
    )
    ask(queue, "queue.leave", {"call": given["call"], "why": "ended"}, key="k2", now=NOW - 50)
    [waiter] = queue.repository.state().waiters
    [deed] = queue.repository.change(
        lambda state: plan.plan(state, queue.line, NOW, moves=False, places=True, shows=False)
    )
    made = deed.offer
    assert made.waiter == waiter
    return made.id


def test_for_a_call_back_the_key_rings_the_customer_from_our_number(line: Line, queue: Queue, back: str):
    assert "这是回电。请按1" in said(played(line.post(f"/twilio/agent/{back}")).verbs)
    *_, dial = played(line.post(f"/twilio/agent/{back}/key", Digits="1")).verbs
    assert isinstance(dial, Dial)
    assert (dial.numbers, dial.caller_id) == (("+8613800000002",), "+861085550100")
    assert dial.action == f"/twilio/agent/{back}/called{RETRIES}"
    greeting = played(line.post(dial.parties[0].url)).verbs
    assert [said(greeting), greeting[-1].__class__] == ["您好，这是您预约的人工回电，正在为您接通。", Say]


@pytest.mark.parametrize(
    ("status", "words", "waiter"),
    [("completed", "", "talked"), ("no-answer", "客户没有接听", "waiting"), ("busy", "客户没有接听", "waiting")],
)
def test_how_a_call_back_ended_is_told(line: Line, queue: Queue, back: str, status: str, words: str, waiter: str):
    line.post(f"/twilio/agent/{back}/key", Digits="1")
    for _ in range(2):
        verbs = played(line.post(f"/twilio/agent/{back}/called", DialCallStatus=status)).verbs
        assert words in said(verbs[:-1])
        assert verbs[-1] == Hangup()
    line.post(f"/twilio/agent/{back}/ended", CallStatus="completed")
    [found] = queue.repository.state().waiters.values()
    assert found.state == waiter


@pytest.mark.parametrize(("answers", "waiter"), [(True, "talked"), (False, "waiting")])
def test_when_the_agents_end_is_told_first_who_answered_is_not_called_again(
    line: Line, queue: Queue, back: str, answers: bool, waiter: str
):
    line.post(f"/twilio/agent/{back}/key", Digits="1")
    if answers:
        for _ in range(2):
            line.post(f"/twilio/agent/{back}/customer")
    line.post(f"/twilio/agent/{back}/ended", CallStatus="completed")
    line.post(f"/twilio/agent/{back}/called", DialCallStatus="completed" if answers else "no-answer")
    [found] = queue.repository.state().waiters.values()
    assert found.state == waiter


def test_a_recording_is_noted_by_its_name(line: Line, leg: str):
    name = "RE" + "a" * 32
    url = f"https://api.twilio.com/{name}"
    assert line.post(f"/twilio/agent/{leg}/recorded", RecordingSid=name, RecordingDuration="61", RecordingUrl=url)
    line.post(f"/twilio/agent/{leg}/recorded", RecordingSid="../x", RecordingDuration="x")
    assert line.ivr.recordings == [(leg, name, 61.0)]


@pytest.mark.parametrize("path", WEBHOOKS)
@pytest.mark.parametrize("sign", [False, "AAAA"])
def test_unsigned_requests_get_403_and_change_nothing(line: Line, queue: Queue, leg: str, path: str, sign: bool | str):
    before = queue.repository.state()
    answer = line.post(f"/twilio/agent/{leg}{path}", sign=sign, Digits="1", CallStatus="completed")
    assert (answer.status_code, b"Response" in answer.data) == (403, False)
    assert queue.repository.state() == before


@pytest.mark.parametrize("path", WEBHOOKS)
@pytest.mark.parametrize("leg", ["nobody", "a" * 80, "back-1"])
def test_a_leg_that_nobody_knows_is_answered_and_ends(line: Line, queue: Queue, path: str, leg: str):
    answer = line.post(f"/twilio/agent/{leg}{path}", Digits="1", DialCallStatus="completed", CallStatus="completed")
    assert answer.status_code in (200, 204)
    assert queue.repository.state().offers == {}


@pytest.mark.parametrize("leg", ["a" * 81, "a.b", "%E4%BD%A0", "a%20b"])
def test_what_cannot_be_a_leg_is_not_there(line: Line, leg: str):
    assert line.post(f"/twilio/agent/{leg}").status_code == 404
    assert line.client.get("/twilio/agent/ab").status_code == 405


@pytest.mark.parametrize("path", ["", "/key", "/called"])
def test_whatever_breaks_the_agent_hears_a_sentence(line: Line, path: str):
    class Broken:
        def __getattr__(self, name: str) -> Any:
            raise RuntimeError("6217000000002000242 was typed")

    line.ivr.legs = Broken()
    verbs = played(line.post(f"/twilio/agent/ab{path}", Digits="1")).verbs
    assert (said(verbs), verbs[-1]) == ("现在接不通，再见。", Hangup())
    for quiet in ("ended", "recorded"):
        assert line.post(f"/twilio/agent/ab/{quiet}", CallStatus="busy", RecordingSid="RE11").status_code == 204
