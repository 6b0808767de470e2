"""What must be true of a call, one promise a test: real HTTP on loopback, real signatures, a real bank."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlencode

import pytest
from werkzeug.serving import make_server

from ivr.app import Ivr, build
from ivr.carrier import speech_duration
from ivr.carrier.clock import VirtualClock
from ivr.carrier.http_transport import HttpTransport
from ivr.carrier.requests import Exchange, new_sid, signature
from ivr.carrier.twiml import Dial, Gather, Hangup, Say
from ivr.carrier.twiml_parser import parse_twiml
from ivr.conversations.play import play_conversation
from ivr.conversations.reader import read_conversation_text
from ivr.conversations.result import ConversationResult
from ivr.demo.bank.serving import BackgroundBank
from ivr.settings import Settings
from ivr.web import web_app

ROOT = Path(__file__).parents[1]
TOKEN = "fedcba9876543210fedcba9876543210"
NOWHERE = "http://127.0.0.1:1"


@dataclass
class Server:
    """A webhook server on loopback with a SQLite store, and a carrier that calls it."""

    url: str
    ivr: Ivr
    store: Path
    bank: BackgroundBank
    transport: HttpTransport

    def call(self, text: str, **head: str) -> tuple[ConversationResult, list[Exchange]]:
        """Play one conversation; return how it went and each exchange with its wall time."""
        heads = "".join(f"{name}: {value}\n" for name, value in {"flow": "main_menu", **head}.items())
        [conversation] = read_conversation_text(f"conversation: a call\n{heads}turns:\n{text}")
        exchanges: list[Exchange] = []
        played = play_conversation(
            conversation,
            self.transport,
            VirtualClock(time.time()),
            base_url=self.url,
            token=TOKEN,
            facts=self.ivr.session.facts,
            watch=exchanges.append,
        )
        assert played.failures == ()
        assert {exchange.status for exchange in exchanges} <= {200, 204}
        return played, exchanges

    def post(self, path: str, form: dict[str, str], token: str = TOKEN, signed: str | None = None):
        url = self.url + path
        headers = {"Content-Type": "application/x-www-form-urlencoded"}
        if signed != "":
            headers["X-Twilio-Signature"] = signed or signature(token, url, form)
        return self.transport.send("POST", url, urlencode(form).encode(), headers)


def serving(bank: BackgroundBank, bank_url: str, folder: Path) -> Iterator[Server]:
    """Serve until the generator ends."""
    store = folder / "calls.db"
    env = {
        "TWILIO_AUTH_TOKEN": TOKEN,
        "IVR_STORE": f"sqlite:///{store}",
        "IVR_BANK_URL": bank_url,
        "IVR_FLOWS": str(ROOT / "flows"),
    }
    ivr = build(Settings.from_environment(env))
    server = make_server("127.0.0.1", 0, web_app(ivr), threaded=True)
    thread = threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True)
    thread.start()
    transport = HttpTransport()
    try:
        yield Server(f"http://127.0.0.1:{server.server_port}", ivr, store, bank, transport)
    finally:
        transport.close()
        server.shutdown()
        thread.join()
        server.server_close()
        ivr.store.close()


@pytest.fixture(scope="module")
def bank() -> Iterator[BackgroundBank]:
    with BackgroundBank() as found:
        yield found


@pytest.fixture(scope="module")
def running(bank, tmp_path_factory) -> Iterator[Server]:
    yield from serving(bank, bank.url, tmp_path_factory.mktemp("store"))


@pytest.fixture
def server(running) -> Server:
    running.bank.reset()
    return running


@pytest.fixture(scope="module")
def without_bank(bank, tmp_path_factory) -> Iterator[Server]:
    yield from serving(bank, NOWHERE, tmp_path_factory.mktemp("store"))


def test_a_customer_hears_the_main_menu_chooses_balance_gives_card_tail_and_pin_and_hears_12345_67_as_money(server):
    server.call("""
  - {hear: [您好，欢迎致电示范银行, 查询余额，请按1], press: "1"}
  - {hear: 最后四位数字, press: "0128"}
  - {hear: 请输入六位查询密码, press: "135790"}
  - {hear: 余额为一万二千三百四十五元六角七分, press: "9"}
  - hear: 再见
""")


def test_a_wrong_pin_three_times_leads_to_a_person(server):
    played, _ = server.call("""
  - {press: "1"}
  - {press: "0128"}
  - {press: "111111"}
  - {hear: 信息没有核对上, press: "222222"}
  - {hear: 信息没有核对上, press: "333333"}
  - hear: [由人工为您核实, 正在为您转接]
    expect: {level: 0, queued: general}
""")
    assert played.result.dialled


@pytest.mark.parametrize("caller", ["'+8613912345678'", "anonymous", "'+266696687'", "'sip:somebody@pbx.example.com'"])
def test_unknown_callers_can_use_what_needs_no_identity(server, caller):
    server.call(
        """
  - {hear: 欢迎致电, press: "4"}
  - {hear: [上午九点到下午五点营业, 北京，请按1], press: "1"}
  - {hear: 北京东城支行, hear_not: [密码, 卡号], press: "9"}
  - hear: 再见
""",
        **{"from": caller},
    )


def test_13800000003_is_offered_a_person_within_ten_seconds_of_prompt_and_reaches_one_by_staying_silent(server):
    form = {"CallSid": new_sid("CA"), "From": "+8613800000003", "To": "+861055550000", "CallStatus": "ringing"}
    answer = server.post("/twilio/voice", form)
    seconds, said = 0.0, ""
    for verb in parse_twiml(answer.body, content_type=answer.content_type).verbs:
        for prompt in verb.prompts if isinstance(verb, Gather) else (verb,):
            if isinstance(prompt, Say) and "人工" not in said:
                said += prompt.text
                seconds += sum(
                    speech_duration.speech_seconds(piece.text, piece.rate) + piece.pause for piece in prompt.pieces
                )
    assert "人工" in said
    assert seconds <= 10
    played, _ = server.call(
        """
  - {hear: 人工, wait: true}
  - hear: 正在转人工
    expect: {priority: elderly, queued: elderly}
""",
        **{"from": "'+8613800000003'"},
    )
    assert played.result.dialled


CUSTOMER = ["0128", "135790"]
STEPS = {
    "main": [],
    "the main menu in English": ["8"],
    "card tail": ["1"],
    "PIN": ["1", "0128"],
    "after the balance": ["1", *CUSTOMER],
    "after the transactions": ["2", *CUSTOMER],
    "the question whether to lock the card": ["3", *CUSTOMER],
    "after the lock": ["3", *CUSTOMER, "1"],
    "choosing a city": ["4"],
    "the area code": ["4", "4"],
    "after the branches": ["4", "2"],
}


@pytest.mark.parametrize("keys", STEPS.values(), ids=STEPS)
def test_key_0_reaches_a_person_from_every_listening_step(server, keys):
    turns = "".join(f'  - {{press: "{key}"}}\n' for key in [*keys, "0"])
    played, _ = server.call(turns + "  - expect: {queued: general}\n")
    assert played.result.dialled


@pytest.mark.parametrize("keys", [[], ["1"], ["1", "1"], ["1", "1", "0365"], ["1", "1", "0365", "975310"]])
def test_key_0_reaches_a_person_from_every_step_of_the_simple_menu(server, keys):
    turns = "".join(f'  - {{press: "{key}"}}\n' for key in [*keys, "0"])
    played, _ = server.call(turns + "  - expect: {queued: elderly}\n", **{"from": "'+8613800000003'"})
    assert played.result.dialled


@pytest.mark.parametrize(("answer", "priority"), [("1", "loss"), ("2", "elderly"), ("0", "elderly")])
def test_key_0_at_the_entry_for_a_lost_card_reaches_a_person_whatever_is_answered(server, answer, priority):
    played, _ = server.call(
        f"""
  - {{press: "1"}}
  - {{press: "2"}}
  - {{press: "0"}}
  - {{hear: 要马上锁卡，请按1, press: "{answer}"}}
  - expect: {{queued: elderly, priority: {priority}}}
""",
        **{"from": "'+8613800000003'"},
    )
    assert played.result.dialled


def slowest(exchanges: list[Exchange]) -> float:
    return max(exchange.seconds for exchange in exchanges)


BANK_SECONDS = 120
"""So long does a hanging bank take; that a turn asks for 2.5 seconds at most is tested with a clock of its own."""


NO_BANK = """
  - {hear: 欢迎致电, press: "1"}
  - hear: [查询系统暂时没有回应，由人工为您办理, 正在为您转接]
"""
HOURS = """
  - {hear: 欢迎致电, press: "4"}
  - {hear: 请选择城市, press: "1"}
  - {hear: 网点营业时间是周一到周五, press: "2"}
  - {hear: 还需要什么服务, press: "0"}
  - hear: 正在为您转接
"""


@pytest.mark.parametrize("turns", [NO_BANK, HOURS], ids=["balance", "hours"])
def test_with_the_bank_gone_the_caller_hears_so_within_three_seconds_and_keeps_a_way_on(without_bank, turns):
    played, exchanges = without_bank.call(turns)
    assert slowest(exchanges) < BANK_SECONDS / 2
    assert played.result.dialled


@pytest.mark.parametrize("turns", [NO_BANK, HOURS], ids=["balance", "hours"])
def test_with_a_bank_that_hangs_the_caller_hears_so_long_before_it_answers_and_keeps_a_way_on(server, turns):
    server.bank.faults(slow_ms=BANK_SECONDS * 1000)
    played, exchanges = server.call(turns)
    assert slowest(exchanges) < BANK_SECONDS / 2
    assert played.result.dialled


def test_two_slow_answers_in_one_turn_are_not_both_waited_for(server):
    server.bank.faults(slow_ms=1_400)
    _, exchanges = server.call("""
  - {press: "1"}
  - {hear: 最后四位, press: "0128"}
  - {press: "135790"}
  - {hear: [好的，核对完成, 请稍等], hear_not: [没有回应, 六角七分], wait: true}
  - hear: 六角七分
    hang_up: true
""")
    assert slowest(exchanges) < 2 * 1.4


def test_a_bank_that_answers_every_question_with_a_fault_leaves_the_caller_a_way_on(server):
    server.bank.faults(fail_rate=1)
    played, _ = server.call(NO_BANK)
    assert played.result.dialled


def test_a_bank_that_fails_in_the_middle_of_a_call_is_said_so_and_the_menu_goes_on(server):
    form = {"CallSid": new_sid("CA"), "From": "+8613800000001", "To": "+86", "CallStatus": "in-progress"}
    server.post("/twilio/voice/main_menu", form)
    for turn, keys in enumerate(("1", "0128", "135790"), 1):
        server.post(f"/twilio/turn/{turn}", {**form, "Digits": keys})
    server.bank.faults(slow_ms=BANK_SECONDS * 1000)
    answer = server.post("/twilio/turn/4", {**form, "Digits": "2"})
    assert "查询系统暂时没有回应。找人工，请按0；也可以选择其他服务。" in answer.body.decode()
    server.bank.reset()
    assert "餐饮消费" in server.post("/twilio/turn/5", {**form, "Digits": "2"}).body.decode()


FORGERIES = {
    "unsigned": "",
    "nonsense": "AAAA",
    "by another token": None,
}


@pytest.mark.parametrize("path", ["/twilio/voice", "/twilio/voice/main_menu", "/twilio/turn/1", "/twilio/status"])
@pytest.mark.parametrize("how", FORGERIES)
def test_a_forged_request_gets_403_and_nothing_of_it_is_stored(server, path, how):
    form = {"CallSid": new_sid("CA"), "From": "+8613800000001", "CallStatus": "completed", "Digits": "1"}
    live = server.ivr.live()
    answer = server.post(path, form, token="another token", signed=FORGERIES[how])
    assert (answer.status, b"Response" in answer.body) == (403, False)
    assert server.ivr.live() == live
    assert server.ivr.store.load(form["CallSid"]) is None
    assert server.ivr.store.journal(form["CallSid"]) in ([], ())
    files = b"".join(file.read_bytes() for file in server.store.parent.iterdir() if file.is_file())
    assert form["CallSid"].encode() not in files


def test_a_request_that_was_changed_on_the_way_gets_403(server):
    form = {"CallSid": new_sid("CA"), "From": "+8613800000001"}
    right = signature(TOKEN, server.url + "/twilio/voice", form)
    assert server.post("/twilio/voice", {**form, "From": "+8613800000002"}, signed=right).status == 403
    assert server.post("/twilio/voice?x=1", form, signed=right).status == 403
    assert server.post("/twilio/voice", form, signed=right).status == 200


def test_the_same_request_sent_twice_at_once_gets_the_same_bytes_and_charges_one_try(server):
    form = {"CallSid": new_sid("CA"), "From": "+8613800000001", "To": "+86", "CallStatus": "in-progress"}
    server.post("/twilio/voice/main_menu", form)
    for turn, keys in enumerate(("1", "0128"), 1):
        server.post(f"/twilio/turn/{turn}", {**form, "Digits": keys})
    answers: list[bytes] = []
    wrong = {**form, "Digits": "111111"}
    threads = [
        threading.Thread(target=lambda: answers.append(server.post("/twilio/turn/3", wrong).body)) for _ in range(4)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(answers) == 4
    assert len(set(answers)) == 1
    refused = [row for row in server.ivr.store.journal(form["CallSid"]) if row.kind == "identity"]
    assert len(refused) == 1
    last = parse_twiml(server.post("/twilio/turn/4", {**form, "Digits": "135790"}).body)
    assert not isinstance(last.verbs[-1], Dial | Hangup)
