"""A caller answers by voice on a line without the carrier's recogniser: recorded, fetched, understood, deleted."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlencode

import pytest
from werkzeug.serving import make_server

from ivr.app import Ivr, build
from ivr.carrier.caller import (
    Act,
    DeskAnswer,
    Gone,
    HangUp,
    HeardPrompt,
    HeardText,
    ListeningWindow,
    Press,
    Silence,
    Stretch,
    Talk,
)
from ivr.carrier.clock import VirtualClock
from ivr.carrier.http_transport import HttpTransport
from ivr.carrier.player import CallResult, Player
from ivr.carrier.recordings import CarrierRecordings
from ivr.carrier.requests import DEMO_ACCOUNT, Exchange, PhoneLine, new_sid, signature
from ivr.settings import Settings
from ivr.speech.asr import Nothing, Reason, Recognizer
from ivr.speech.audio import read_wav, silence, write_wav
from ivr.web import web_app
from tests.waiting import wait_until

TOKEN = "0123456789abcdef0123456789abcdef"
LINE = """\
lines: {default: main_menu}
desks: {general: "+82200000000"}
desk: general
"""
FLOW = """\
flow: main_menu
language: ko-KR
start: main
globals:
  - {key: "0", label: 상담원 연결, goto: agent}
steps:
  main:
    prompt: 무엇을 도와 드릴까요?
    menu:
      - {label: 잔액 조회, goto: balance}
      - {label: 카드 분실 신고, goto: lost}
      - {label: 계좌 이체, goto: money}
      - {label: 대출 상담, goto: code}
      - {label: 비밀번호 변경, goto: secret}
  balance: {say: 잔액입니다, next: bye}
  lost: {say: 분실입니다, next: bye}
  money: {say: 이체입니다, next: sure}
  sure:
    prompt: 계속할까요?
    menu:
      - {label: 네, goto: done}
      - {label: 아니요, goto: main}
  done: {say: 보냈습니다, next: bye}
  secret: {say: 비밀번호입니다, next: bye}
  code:
    collect: digits
    max: 4
    as: old
    prompt: 번호를 눌러 주세요.
    next: bye
  bye: {hangup: 안녕히 가세요}
  agent: {transfer: general, otherwise: bye}
agent: agent
"""


@dataclass
class Voice:
    """A caller with a list of things to say; waits through a gather that a recording follows."""

    acts: list[Act]
    heard: list[str] = field(default_factory=list)
    listened: list[ListeningWindow] = field(default_factory=list)

    def early(self, stretch: Stretch) -> Act | None:
        return None

    def hears(self, heard: HeardPrompt) -> None:
        if isinstance(heard, HeardText):
            self.heard.append(heard.text)

    def answers(self, listening: ListeningWindow) -> Act:
        self.listened.append(listening)
        if not listening.records and listening.timeout <= 1:
            return Silence()
        if not self.acts:
            raise Gone
        return self.acts.pop(0)

    def acted(self, act: Act) -> None:
        return

    def desk(self, numbers) -> DeskAnswer:
        return DeskAnswer()


class Dialogue:
    """A call, request by request, as the carrier signs them."""

    def __init__(self, url: str) -> None:
        self.url, self.sid, self.answer, self.failures = url, new_sid("CA"), "", 0

    def post(self, path: str, **form: str) -> None:
        form = {"CallSid": self.sid, "CallStatus": "in-progress", "From": "+8210", "To": "+8220", **form}
        headers = {
            "Content-Type": "application/x-www-form-urlencoded",
            "X-Twilio-Signature": signature(TOKEN, self.url + path, form),
        }
        transport = HttpTransport()
        self.answer = transport.send("POST", self.url + path, urlencode(form).encode(), headers).body.decode()
        transport.close()

    def fails(self, number: str) -> None:
        self.failures += 1
        self.post("/twilio/fallback", ErrorCode=number, ErrorUrl=f"{self.url}/twilio/turn/{self.failures}")


class Deaf(Recognizer):
    """Hears nothing, for the reason given."""

    kind = "deaf"

    def __init__(self, reason: Reason) -> None:
        self.reason = reason

    @classmethod
    def open(cls, folders):
        return cls("broken")

    def why_not(self, language):
        return None

    def prepare(self, language):
        return

    def listen(self, audio, expecting, deadline):
        return Nothing(self.reason)


@dataclass
class Machine:
    """A real server that hears by itself, and the carrier's recordings on another."""

    ivr: Ivr
    url: str
    carrier: CarrierRecordings
    exchanges: list[Exchange] = field(default_factory=list)

    def call(self, *acts: Act, mouth: type[Voice] = Voice) -> tuple[Voice, CallResult]:
        voice, transport = mouth(list(acts)), HttpTransport()
        base = self.url
        line = PhoneLine(
            f"{base}/twilio/voice",
            token=TOKEN,
            status_url=f"{base}/twilio/status",
            fallback_url=f"{base}/twilio/fallback",
        )
        self.exchanges.clear()
        try:
            player = Player(
                line, transport, voice, VirtualClock(time.time()), watch=self.exchanges.append, recordings=self.carrier
            )
            result = player.call()
        finally:
            transport.close()
        assert result.faults == ()
        return voice, result

    def begin(self) -> Dialogue:
        call = Dialogue(self.url)
        call.post("/twilio/voice")
        return call

    def step(self, result: CallResult) -> object:
        return self.ivr.session.facts(result.call_sid).get("step")


def build_machine(folder: Path, carrier: CarrierRecordings, listeners: list[Recognizer], **env: str) -> Ivr:
    flows = folder / "flows"
    flows.mkdir()
    (flows / "main_menu.yaml").write_text(FLOW, encoding="utf-8")
    (flows / "line.yaml").write_text(LINE, encoding="utf-8")
    ivr = build(
        Settings.from_environment(
            {
                "TWILIO_AUTH_TOKEN": TOKEN,
                "TWILIO_ACCOUNT_SID": DEMO_ACCOUNT,
                "TWILIO_API_URL": carrier.url,
                "IVR_FLOWS": str(flows),
                "IVR_STORE": "memory:",
                "IVR_ASR": "local",
                **env,
            }
        )
    )
    ivr.session.speech_input.listeners = listeners
    ivr.session.speech_input.deadline = 60.0  # a busy machine is no finding
    return ivr


@pytest.fixture
def carrier() -> Iterator[CarrierRecordings]:
    with CarrierRecordings(TOKEN) as found:
        yield found


@contextmanager
def serving(folder: Path, carrier: CarrierRecordings, listeners: list[Recognizer], **env: str) -> Iterator[Machine]:
    ivr = build_machine(folder, carrier, listeners, **env)
    server = make_server("127.0.0.1", 0, web_app(ivr), threaded=True)
    thread = threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True)
    thread.start()
    try:
        yield Machine(ivr, f"http://127.0.0.1:{server.server_port}", carrier)
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
        ivr.store.close()


@pytest.fixture
def machine(tmp_path, carrier, korean) -> Iterator[Machine]:
    with serving(tmp_path, carrier, [korean]) as found:
        yield found


def says(recorded, name: str) -> Talk:
    data = recorded(name)
    return Talk(read_wav(data).seconds, sound=data)


KEYS_ONLY = "暂时听不清您说的话"


def test_a_caller_who_speaks_is_understood_from_a_recording_that_is_not_there_at_first(machine, recorded, carrier):
    voice, result = machine.call(says(recorded, "ko_menu_3.wav"), says(recorded, "ko_yn_0.wav"))
    assert "보냈습니다" in voice.heard
    assert result.ended_by == "server"
    assert carrier.refused == 0
    assert len(carrier.asked) == 2
    assert all(times > carrier.not_ready for times in carrier.asked.values())


def test_what_was_said_is_deleted_at_the_carrier_once_it_was_heard(machine, recorded, carrier):
    machine.call(says(recorded, "ko_menu_3.wav"), says(recorded, "ko_yn_0.wav"))
    wait_until(lambda: len(carrier.deleted) >= 2)
    assert sorted(carrier.deleted) == sorted(carrier.asked)


def test_a_key_still_works_in_the_prompt_and_in_the_recording_and_nothing_is_fetched(machine, carrier):
    class Hasty(Voice):
        def early(self, stretch):
            return self.acts.pop(0) if self.acts and stretch.listening else None

    voice, _ = machine.call(Press("3"), Press("1"))
    assert "보냈습니다" in voice.heard
    hasty, _ = machine.call(Press("3"), Press("1"), mouth=Hasty)
    assert "보냈습니다" in hasty.heard
    assert carrier.asked == {}


def test_keys_that_sound_in_the_recording_are_keys(machine, recorded):
    voice, _ = machine.call(says(recorded, "dtmf_over_prompt_echo.wav"))
    assert "잔액입니다" in voice.heard


@pytest.mark.parametrize("name", ["silence_3s.wav", "noise_quiet_3s.wav", "noise_loud_3s.wav"])
def test_silence_and_noise_count_as_silence(machine, recorded, name):
    voice, result = machine.call(says(recorded, name))
    assert machine.step(result) == "main"
    assert "还没有收到您的选择。" in voice.heard
    assert [window.records for window in voice.listened] == [False, True] * 2


def test_words_that_fit_nothing_are_asked_for_again(machine, recorded):
    voice, result = machine.call(says(recorded, "zh_26_clean.wav"))
    assert machine.step(result) == "main"
    assert "请再选一次。" in voice.heard


def keys_only(machine: Machine, *acts: Act) -> Voice:
    voice, result = machine.call(*acts, Silence(), Press("3"), Press("1"))
    assert sum(KEYS_ONLY in heard for heard in voice.heard) == 1
    assert [window.records for window in voice.listened] == [False, True, False, False, False]
    assert "보냈습니다" in voice.heard
    assert result.ended_by == "server"
    return voice


def test_a_recording_that_never_comes_leaves_the_keys_within_the_deadline_and_says_so_once(machine, recorded, carrier):
    carrier.not_ready = 10**6
    machine.ivr.session.speech_input.deadline = 0.4
    keys_only(machine, says(recorded, "ko_menu_3.wav"))


def test_a_recording_that_cannot_be_read_leaves_the_keys(tmp_path, korean):
    class Broken(CarrierRecordings):
        def keep(self, sid, sound):
            url = super().keep(sid, b"")
            self.keep_bytes(sid, b"RIFF....WAVEfmt ")
            return url

    with Broken(TOKEN) as carrier, serving(tmp_path, carrier, [korean]) as machine:
        keys_only(machine, Talk(2.0))


def test_a_recognising_that_is_late_leaves_the_keys(machine, recorded):
    machine.ivr.session.speech_input.listeners = [Deaf("late")]
    keys_only(machine, says(recorded, "ko_menu_3.wav"))


def test_an_empty_recording_is_silence(machine):
    empty = write_wav(silence(0))
    voice, result = machine.call(Talk(0.0, sound=empty))
    assert machine.step(result) == "main"
    assert "还没有收到您的选择。" in voice.heard


def test_a_request_that_comes_twice_is_heard_once(machine, recorded, carrier):
    data = recorded("ko_menu_3.wav")
    voice, _ = machine.call(Talk(2.0, sound=data, repeat=True))
    assert "이체입니다" in voice.heard
    assert list(carrier.asked.values()) == [carrier.not_ready + 1]


def test_who_hangs_up_while_speaking_has_chosen_nothing(machine, carrier):
    _, result = machine.call(HangUp(at=1.0))
    assert machine.step(result) == "main"
    assert carrier.asked == {}


def test_entries_of_several_keys_are_never_recorded(machine, recorded):
    voice, _ = machine.call(says(recorded, "ko_menu_4.wav"), Press("1234"))
    assert [window.records for window in voice.listened] == [False, True, False]
    assert voice.listened[-1].most != 1


def test_wrong_credentials_leave_the_keys(tmp_path, korean, recorded):
    with CarrierRecordings("another token") as carrier, serving(tmp_path, carrier, [korean]) as machine:
        keys_only(machine, says(recorded, "ko_menu_3.wav"))
        assert carrier.refused


def test_a_language_that_nobody_hears_here_is_asked_by_key_without_a_word(tmp_path, carrier):
    with serving(tmp_path, carrier, []) as machine:
        voice, _ = machine.call(Press("3"), Press("1"))
        assert not any(KEYS_ONLY in heard for heard in voice.heard)
        assert not any(window.records for window in voice.listened)
        assert not any(one.speech for one in voice.listened)


def test_without_any_recogniser_only_keys_are_gathered(tmp_path, carrier, korean):
    with serving(tmp_path, carrier, [korean], IVR_ASR="none") as machine:
        voice, _ = machine.call(Press("3"), Press("1"))
        assert not any(one.speech for one in voice.listened)


def test_when_the_carriers_recogniser_fails_we_hear_and_when_we_fail_too_the_keys_are_left(
    tmp_path, carrier, korean, recorded
):
    with serving(tmp_path, carrier, [korean], IVR_ASR="cloud") as machine:
        call = machine.begin()
        assert 'input="dtmf speech"' in call.answer
        call.fails("13341")
        assert "<Record" in call.answer
        assert KEYS_ONLY not in call.answer
        call.fails("13341")
        assert "<Record" not in call.answer
        assert 'input="dtmf"' in call.answer
        assert KEYS_ONLY in call.answer
        call.fails("13341")
        assert "<Dial" in call.answer


def test_an_address_of_another_server_is_never_fetched(machine):
    with CarrierRecordings(TOKEN, not_ready=0) as other:
        call = machine.begin()
        call.post("/twilio/turn/1", RecordingUrl=other.keep("RE" + "0" * 32, b""), RecordingDuration="2")
        assert KEYS_ONLY in call.answer
        assert other.asked == {}
        assert other.refused == 0
