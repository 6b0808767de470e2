"""What a call leaves for later calls of its script, and that following it is the same as playing."""

from __future__ import annotations

import threading
from pathlib import Path
from typing import Any

import pytest

from ivr.carrier.requests import derived_sid
from ivr.loadtest.run import LoadRun
from tests.waiting import wait_until

from .conftest import PIN, Phone, run_of

DESK = """conversation: is put through, then leaves a message
flow: main_menu
turns:
  - {hear: 欢迎致电, dial: busy}
  - {hear: 请留言, record: 3s}
  - hear: 再见
"""
DIALS = """<Response><Say language="cmn-CN">欢迎致电</Say>
<Dial action="/dialled"><Number statusCallback="/leg">+861085550100</Number></Dial></Response>"""
RECORDS = """<Response><Say language="cmn-CN">请留言。</Say>
<Record action="/recorded" recordingStatusCallback="/kept"/></Response>"""
GOODBYE = '<Response><Say language="cmn-CN">再见。</Say><Hangup/></Response>'


def memo_of(run: LoadRun) -> Any:
    return run.scripts.fit[0].memo


def without_sids(form: dict[str, str]) -> dict[str, str]:
    own = ("RecordingUrl", "Timestamp")
    return {name: value for name, value in form.items() if "Sid" not in name and name not in own}


def test_a_later_call_makes_the_same_requests_under_its_own_name(server: Phone, tmp_path: Path) -> None:
    run = run_of(server, tmp_path)
    run.call(0.0)
    assert memo_of(run).first is not None
    run.call(0.0)
    first, second = server.forms[:4], server.forms[4:]
    assert [without_sids(form) for form in first] == [without_sids(form) for form in second]
    assert len({form["CallSid"] for form in server.forms}) == 2
    assert server.ended == server.calls, "signatures are right, or the server would have refused"
    assert run.figures.calls().completed == 2
    assert [step.latency.count for step in run.figures.steps()] == [2, 2, 2, 2]
    assert run.figures.audible_delay().spread.count == 8


def test_identifiers_of_legs_and_recordings_are_made_anew(server: Phone, tmp_path: Path) -> None:
    pages = {"/twilio/voice/main_menu": DIALS, "/dialled": RECORDS, "/recorded": GOODBYE, "/leg": GOODBYE}
    server.pages.update(pages | {"/kept": GOODBYE})
    run = run_of(server, tmp_path, DESK)
    run.call(0.0)
    run.call(0.0)
    assert run.figures.errors == 0, run.figures.error_counts()
    half = len(server.forms) // 2
    first, second = server.forms[:half], server.forms[half:]
    assert [without_sids(form) for form in first] == [without_sids(form) for form in second]
    for forms in (first, second):
        call = forms[0]["CallSid"]
        assert {form["DialCallSid"] for form in forms if "DialCallSid" in form} == {derived_sid("CA", call, 1)}
        (recording,) = {form["RecordingSid"] for form in forms if "RecordingSid" in form}
        assert recording == derived_sid("RE", call, 2)
        assert all(recording in form["RecordingUrl"] for form in forms if "RecordingUrl" in form)


@pytest.mark.parametrize("page", ["/card", "/pin"])
def test_an_answer_that_is_new_is_judged_as_if_the_call_had_been_played(
    server: Phone, tmp_path: Path, page: str
) -> None:
    run = run_of(server, tmp_path)
    run.call(0.0)
    server.pages[page] = GOODBYE
    run.call(0.0)
    (error,) = run.figures.error_counts()
    place = ["/card", "/pin"].index(page)
    assert error.kind == ("unexpected course", "unexpected words")[place]
    assert "再见" in error.example
    assert run.figures.turns == 4 + (3, 4)[place], "no request was made or counted twice"
    assert run.figures.calls().failed == 1


def test_an_answer_that_is_new_and_right_is_followed_the_next_time(server: Phone, tmp_path: Path) -> None:
    run = run_of(server, tmp_path)
    run.call(0.0)
    server.pages["/card"] = PIN.replace("请输入", "请您输入")
    run.call(0.0)
    run.call(0.0)
    assert run.figures.calls().completed == 3
    assert run.figures.turns == 12
    second = memo_of(run).first.by_answer.popitem()[1].request.by_answer.popitem()[1].request
    assert len(second.by_answer) == 2


def test_a_failure_after_a_followed_start_has_its_kind_and_step(server: Phone, tmp_path: Path) -> None:
    run = run_of(server, tmp_path)
    run.call(0.0)
    server.statuses["/card"] = 503
    run.call(0.0)
    server.statuses.clear()
    server.stalls.add("/card")
    run.call(0.0)
    kinds = {(error.kind, error.step) for error in run.figures.error_counts()}
    step = "press 4 keys after 请输入卡号后四位"
    assert kinds == {("status 503", step), ("timeout", step)}


def test_a_followed_call_that_is_up_at_the_end_is_hung_up(server: Phone, tmp_path: Path) -> None:
    run = run_of(server, tmp_path, speed=100.0)
    run.call(0.0)
    had = len(server.forms)
    over = run.watch.over
    assert isinstance(over, threading.Event)
    ending = threading.Thread(target=lambda: (wait_until(lambda: len(server.forms) > had), over.set()))
    ending.start()
    run.call(run.watch.now())
    ending.join()
    assert run.figures.calls().cut == 1
    assert run.figures.errors == 0
    assert server.ended == server.calls


def test_a_server_with_cookies_is_played_each_time(server: Phone, tmp_path: Path) -> None:
    run = run_of(server, tmp_path)
    server.cookie = "session=1"
    run.call(0.0)
    run.call(0.0)
    assert run.figures.calls().completed == 2
    assert not memo_of(run).first.by_answer
