"""One deployment wired: its parts, what a server does beside calls, and what is refused before any call."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from ivr.app import Ivr, ServerJobs, build, create_app, server_rounds
from ivr.carrier.clock import VirtualClock
from ivr.diagnostics.problem import Place, Problem
from ivr.engine.inputs import CallStarted, Digits
from ivr.engine.ports import Incoming, JournalRow, Saved
from ivr.errors import FlowError, SettingsError
from ivr.flow import loader
from ivr.session.call_codec import TYPED_SECONDS
from ivr.session.session import LOST_SECONDS
from ivr.session.step_registry import catalogue
from ivr.settings import Hidden, Settings
from tests.asking import no_bank

NOW = 1_795_399_200.0
LINE = 'lines: {default: test}\ndesks: {general: "+861000000001"}\ndesk: general\n'
FLOW = """\
flow: test
start: ask
agent: agent
steps:
  ask:
    menu:
      - {label: 银行卡挂失服务, phrases: [挂失], goto: bye, reason: loss}
      - {label: 挂失, phrases: [丢卡], goto: bye, reason: loss}
  agent: {transfer: general, otherwise: bye}
  bye: {hangup: 再见。}
"""
Built = Callable[..., Ivr]


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    flows = tmp_path / "flows"
    flows.mkdir()
    (flows / "line.yaml").write_text(LINE, encoding="utf-8")
    (flows / "test.yaml").write_text(FLOW, encoding="utf-8")
    return Settings(flows=flows, audio=tmp_path / "audio", store="memory:", auth_token=Hidden("t" * 32))


@pytest.fixture
def ivr(settings: Settings) -> Iterator[Ivr]:
    built = build(settings, clock=lambda: NOW, lookup=no_bank)
    yield built
    built.close()


def turn(ivr: Ivr, number: int | None, action: CallStarted | Digits) -> str:
    incoming = Incoming("CA1", number, action, f"k{number}", "+8613800000001", "+861000")
    return ivr.session.answer(ivr.channels["twilio"], incoming).decode()


def test_a_call_is_answered_counted_and_its_choices_are_known(ivr: Ivr) -> None:
    assert "挂失" in turn(ivr, None, CallStarted("+8613800000001", "+861000", "test"))
    assert ivr.live() == 1
    assert ivr.choices_taken() == frozenset()
    turn(ivr, 1, Digits("2"))
    assert ivr.live() == 0
    assert ivr.choices_taken() == {("test", "ask", "key 2")}
    assert ivr.choices_there()["test", "ask", "key 1"].line == 7


def test_the_last_resort_is_the_general_desk(ivr: Ivr) -> None:
    assert ivr.desk_number == "+861000000001"


def test_a_reason_is_told_in_the_fewest_words_that_callers_choose_it_by(ivr: Ivr) -> None:
    assert ivr.reason_in_words("loss", "zh-CN") == "挂失"
    assert ivr.reason_in_words("nothing", "zh-CN") == ivr.reason_in_words("", "zh-CN") == ""


def test_a_recording_is_noted_once(ivr: Ivr) -> None:
    ivr.recorded("leg", "RE1", 8.0)
    ivr.recorded("other", "RE1", 9.0)
    assert ivr.store.get("recordings", "RE1") == {"leg": "leg", "call": "", "seconds": 8.0, "at": int(NOW)}


def test_it_is_ready_with_its_flows_until_the_store_is_gone(ivr: Ivr, monkeypatch: pytest.MonkeyPatch) -> None:
    assert [(name, fine) for name, fine, _ in ivr.ready()] == [("store", True), ("flows", True)]

    def gone() -> None:
        raise SettingsError("the disk is full")

    monkeypatch.setattr(ivr.store, "ping", gone)
    assert ivr.ready()[0] == ("store", False, "the disk is full")


def test_a_server_delivers_ended_calls_only_where_an_address_is_set(settings: Settings) -> None:
    plain = build(settings, lookup=no_bank)
    told = build(replace(settings, events_url=Hidden("http://127.0.0.1:9/")), lookup=no_bank)
    assert len(server_rounds(told)) == len(server_rounds(plain)) + 1
    for ivr in (plain, told):
        for job in server_rounds(ivr):
            assert job(NOW).failed == 0
        ivr.close()


def test_the_servers_jobs_start_once_and_stop(ivr: Ivr) -> None:
    jobs = ServerJobs(ivr)
    jobs.stop()
    jobs.start()
    running = jobs._running
    jobs.start()
    assert jobs._running is running
    assert running
    jobs.stop()
    assert not jobs._running


def test_flows_with_errors_are_refused_with_all_of_them(settings: Settings) -> None:
    (settings.flows / "test.yaml").write_text(FLOW.replace("goto: bye", "goto: byee"), encoding="utf-8")
    with pytest.raises(FlowError) as refused:
        build(settings)
    assert len(refused.value.problems) == 2


def test_without_a_token_requests_could_be_forged_and_nothing_is_served(settings: Settings) -> None:
    with pytest.raises(SettingsError) as refused:
        create_app(replace(settings, auth_token=Hidden("")))
    assert str(refused.value).startswith("TWILIO_AUTH_TOKEN is not set")


def test_an_application_serves_with_its_jobs_started(settings: Settings) -> None:
    app = create_app(settings)
    try:
        assert app.test_client().get("/health/ready").status_code == 200
    finally:
        app.jobs.stop()


def test_a_clock_that_jumps_ends_no_live_call_and_forgets_nothing_even_where_a_worker_starts_meanwhile(
    settings: Settings,
) -> None:
    clock = VirtualClock(NOW)
    ahead = [0.0]
    ivr = build(settings, lookup=no_bank, clock=lambda: clock.now() + ahead[0])
    ivr.store.save(Saved("CA1", 1, "k", b"", b""), [JournalRow("CA1", 1, NOW, "turn", "{}")], expected=None)
    ivr.store.save(Saved("CA1", 2, "k2", b"", b""), [JournalRow("CA1", 2, NOW, "turn", "{}")], expected=1)
    ivr.store.vault.put("typed", b"sealed", NOW + TYPED_SECONDS)

    def what_is_left() -> tuple[int, bool, bool, int]:
        saved = ivr.store.load("CA1", "k")
        typed = ivr.store.vault.read("typed") is not None
        return ivr.live(), saved is not None and saved.repeated is not None, typed, len(ivr.store.journal("CA1"))

    def a_worker_starts_and_runs_its_rounds() -> None:
        for job in server_rounds(ivr, clock.now):
            job(ivr.clock())

    a_worker_starts_and_runs_its_rounds()
    whole = what_is_left()
    assert whole == (1, True, True, 2)
    for jump in (400 * 86_400.0, 7 * 3600.0, -7 * 3600.0, 0.0):
        ahead[0] = jump
        clock.sleep(60)
        a_worker_starts_and_runs_its_rounds()
        a_worker_starts_and_runs_its_rounds()
        assert what_is_left() == whole
    clock.sleep(TYPED_SECONDS)
    a_worker_starts_and_runs_its_rounds()
    assert what_is_left() == (1, True, False, 2)
    clock.sleep(LOST_SECONDS)
    a_worker_starts_and_runs_its_rounds()
    assert what_is_left()[0] == 0
    ivr.close()


def test_calls_and_a_server_go_on_with_flows_that_a_newer_version_would_not_publish(
    settings: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings = replace(settings, store=f"sqlite:///{tmp_path}/ivr.db")
    before = build(settings, lookup=no_bank)
    turn(before, None, CallStarted("+8613800000001", "+861000", "test"))
    before.close()
    stricter = [Problem(Place("flows/test.yaml", 1, 1), "new-rule", "A newer version allows no such flow.")]
    monkeypatch.setattr(loader, "check_parts", lambda _parts: stricter)
    with pytest.raises(FlowError):
        loader.load(settings.flows, catalogue())
    after = build(settings, lookup=no_bank)
    assert "再见" in turn(after, 1, Digits("2"))
    assert after.session.facts("CA1")["release"] == before.release.version == after.release.version
    after.close()
