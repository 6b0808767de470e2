"""One call of the load against a real server, and many calls in virtual time with one that stalls."""

from __future__ import annotations

import threading
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from ivr.carrier.transport import CarrierAnswer
from ivr.loadtest import run as load_run
from ivr.loadtest.pacing import Stopwatch
from tests.waiting import wait_until

from .conftest import BALANCE, PAGES, TALK, Phone, run_of


def test_a_call_is_played_to_its_end_and_every_turn_is_timed(server: Phone, tmp_path: Path) -> None:
    run = run_of(server, tmp_path)
    run.call(0.0)
    assert run.figures.calls().completed == 1
    assert run.figures.turns == 4
    assert run.figures.errors == 0
    assert [step.name for step in run.figures.steps()] == [
        "the call arrives",
        "press 1 after 查询余额，请按1",
        "press 4 keys after 请输入卡号后四位",
        "press 6 keys after 请输入查询密码",
    ]
    assert run.figures.audible_delay().spread.count == 4
    assert [form.get("Digits") for form in server.forms] == [None, "1", "0128", "135790"]
    assert server.ended == server.calls


def test_silence_that_is_answered_by_a_redirect_is_named_silence(server: Phone, tmp_path: Path) -> None:
    text = "conversation: quiet\nflow: main_menu\nturns:\n  - {hear: 欢迎, wait: true}\n  - hear: 余额\n"
    run = run_of(server, tmp_path, text)
    run.call(0.0)
    assert [step.name for step in run.figures.steps()] == ["the call arrives", "silence after 查询余额，请按1"]
    assert run.figures.errors == 0


def a_status(server: Phone) -> None:
    server.statuses["/card"] = 503


def bad_twiml(server: Phone) -> None:
    server.pages["/card"] = "<Response><Say>"


def other_words(server: Phone) -> None:
    server.pages["/card"] = BALANCE


def slow(server: Phone) -> None:
    server.stalls.add("/card")


def early_end(server: Phone) -> None:
    server.pages["/pin"] = "<Response><Hangup/></Response>"


@pytest.mark.parametrize(
    ("break_", "kind", "step"),
    [
        (a_status, "status 503", "press 4 keys after 请输入卡号后四位"),
        (bad_twiml, "TwiML fault 12100", "press 4 keys after 请输入卡号后四位"),
        (other_words, "unexpected course", "press 4 keys after 请输入卡号后四位"),
        (slow, "timeout", "press 4 keys after 请输入卡号后四位"),
        (early_end, "unexpected words", "press 6 keys after 请输入查询密码"),
    ],
)
def test_errors_are_told_apart_by_kind_and_step(
    server: Phone, tmp_path: Path, break_: object, kind: str, step: str
) -> None:
    assert callable(break_)
    break_(server)
    run = run_of(server, tmp_path)
    run.call(0.0)
    (error,) = run.figures.error_counts()
    assert (error.kind, error.step, error.count) == (kind, step, 1)
    assert run.figures.calls().failed == 1
    assert not any(secret in error.example for secret in ("135790", "0128", "12345"))


LOCKED = """---
conversation: the account is locked
flow: main_menu
weight: 0
turns:
  - {hear: 查询余额，请按1, press: "1"}
  - hear: 信息没有核对上，由人工为您核实
---
conversation: the bank is gone
flow: main_menu
bank: gone
turns:
  - hear: 系统暂时出现故障
---
conversation: apologises, too
flow: main_menu
weight: 0
turns:
  - hear: 系统暂时出现故障
"""


@pytest.mark.parametrize(("said", "diverted"), [("信息没有核对上，由人工为您核实。", 1), ("系统暂时出现故障。", 0)])
def test_a_call_that_an_earlier_one_has_diverted_is_no_failure_but_an_apology_is(
    server: Phone, tmp_path: Path, said: str, diverted: int
) -> None:
    server.pages["/pin"] = BALANCE.replace("余额为12345元。", said)
    run = run_of(server, tmp_path, TALK + LOCKED)
    run.call(0.0)
    calls = run.figures.calls()
    assert (calls.diverted, calls.failed, run.figures.errors) == (diverted, 1 - diverted, 1 - diverted)


def test_the_time_that_a_caller_thinks_is_no_time_out(
    server: Phone, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A carrier waits 15 s for an answer; here it waits a tenth of a second, and the prompts last longer."""
    monkeypatch.setattr("ivr.carrier.requests.ANSWER_SECONDS", 0.1)
    run = run_of(server, tmp_path, speed=20.0, timeout=5.0)
    run.call(0.0)
    assert run.watch.now() > 0.3
    assert not [error for error in run.figures.error_counts() if error.kind.startswith("TwiML fault 11205")]


def test_a_server_that_is_gone_refuses_and_does_not_look_quick(server: Phone, tmp_path: Path) -> None:
    run = run_of(server, tmp_path)
    run.plan = replace(run.plan, url="http://127.0.0.1:9")
    run.call(0.0)
    assert {error.kind for error in run.figures.error_counts()} == {"refused"}
    assert run.figures.totals()[0].spread().count == 0


def test_a_call_that_is_up_at_the_end_is_hung_up_and_told(server: Phone, tmp_path: Path) -> None:
    run = run_of(server, tmp_path, speed=0.5)
    over = run.watch.over
    assert isinstance(over, threading.Event)
    hang_up = threading.Thread(target=lambda: (wait_until(lambda: server.forms), over.set()))
    hang_up.start()
    run.call(0.0)
    hang_up.join()
    assert run.figures.calls().cut == 1
    assert run.figures.errors == 0
    assert server.ended == server.calls


class VirtualWatch(Stopwatch):
    """A stopwatch whose seconds pass at once."""

    second = 0.0

    def now(self) -> float:
        return self.second

    def until(self, second: float) -> bool:
        self.second = max(self.second, second)
        return not self.over.is_set()


class StallingTransport:
    """Answers after a millisecond, but holds what arrives in the stall until its end."""

    def __init__(self, watch: VirtualWatch, stall: tuple[float, float]) -> None:
        self._watch, self._stall = watch, stall

    def send(self, method: str, url: str, body: bytes, headers: Mapping[str, str]) -> CarrierAnswer:
        begin, end = self._stall
        self._watch.second = end if begin <= self._watch.second < end else self._watch.second + 0.001
        page = PAGES.get(urlsplit(url).path, "")
        return CarrierAnswer(200 if page else 204, "text/xml", page.encode())

    def close(self) -> None:
        pass


def test_a_stall_counts_for_every_request_that_was_due_in_it(
    server: Phone, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A line asks about every 50 ms. A stall of 0.6 s delays one request as sent, but some ten as due."""
    watch = VirtualWatch(threading.Event())
    monkeypatch.setattr(load_run, "HttpTransport", lambda **_: StallingTransport(watch, (0.4, 1.0)))
    run = run_of(server, tmp_path, think=0.05, seconds=1.6, speed=1e6)
    run.watch = watch
    free: float | None = 0.0
    while free is not None:
        free = run.call(free)
    latency, service = run.figures.totals()
    sent, due = service.spread(), latency.spread()
    assert sent.count == due.count > 20
    assert sent.p90 < 2, "only the one that was under way was slow, so the stall hides"
    assert sent.max > 500
    assert due.p90 > 200, "a tenth of the requests and more had to wait"
    assert run.figures.errors == 0
