"""`ivr test` and `ivr call` with flows of their own, through the real webhooks and a real bank."""

import json
import threading
from wsgiref.simple_server import WSGIRequestHandler, make_server

import pytest
from click.testing import CliRunner

from ivr.cli import main

LINE = """\
lines: {default: front}
desks:
  general: "+861085550100"
desk: general
"""
FRONT = """\
flow: front
language: zh-CN
profile: standard
start: main
globals:
  - {key: "0", label: 人工服务, phrases: [人工], goto: agent}
steps:
  main:
    menu:
      - {label: 查询余额, phrases: [余额], goto: balance}
      - {label: 结束通话, phrases: [结束], goto: goodbye}
      - {label: 网点, phrases: [网点], goto: branches}
  branches:
    lookup: {from: bank.branches, as: branches, on_error: no_bank}
    next: goodbye
  balance:
    requires: L1
    lookup: {from: bank.balance, as: account, on_error: no_bank}
    next: tell
  tell:
    say: 余额为{account.balance|amount}。
    next: goodbye
  no_bank:
    say: 系统忙。
    next: goodbye
  goodbye:
    hangup: 再见。
  agent:
    transfer: general
    next: goodbye
    on_busy: goodbye
    on_no_answer: goodbye
    otherwise: goodbye
"""
TALKS = """\
conversation: the balance is told
flow: front
turns:
  - {hear: 查询余额，请按1, press: "1"}
  - {hear: 最后四位, press: "0128"}
  - {hear: 密码, press: "135790", expect: {level: 1}}
  - {hear: 一万二千三百四十五元六角七分, expect: {ended: true}}
---
conversation: the bank is gone
flow: front
bank: gone
turns:
  - press: "3"
  - {hear: 系统忙, expect: {ended: true}}
"""
WRONG = """\
conversation: a promise that is not kept
flow: front
turns:
  - {hear: 贷款, press: "1"}
"""


@pytest.fixture
def ivr(tmp_path, monkeypatch):
    flows = tmp_path / "flows"
    flows.mkdir()
    (flows / "line.yaml").write_text(LINE, encoding="utf-8")
    (flows / "front.yaml").write_text(FRONT, encoding="utf-8")
    talks = tmp_path / "talks"
    talks.mkdir()
    (talks / "good.yaml").write_text(TALKS, encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("IVR_FLOWS", str(flows))
    for name in ("TWILIO_AUTH_TOKEN", "IVR_PUBLIC_URL", "IVR_STORE", "IVR_AUDIO"):
        monkeypatch.delenv(name, raising=False)

    def run(*arguments: str, lines: str = ""):
        return CliRunner().invoke(main, arguments, input=lines)

    return run


def test_conversations_pass_and_untaken_choices_are_listed(ivr):
    done = ivr("test", "talks")
    assert done.exit_code == 0, done.output
    assert "talks/good.yaml .." in done.output
    assert "no conversation takes these choices (1 of 3):" in done.output
    assert "front, step main: key 2" in done.output
    assert "2 passed in " in done.output


def test_a_failed_conversation_is_told_with_place_and_words(ivr, tmp_path):
    (tmp_path / "talks" / "wrong.yaml").write_text(WRONG, encoding="utf-8")
    done = ivr("test", "talks", "-k", "promise")
    assert done.exit_code == 1
    assert "FAILED a promise that is not kept" in done.output
    assert "talks/wrong.yaml:4:12: expected to hear 「贷款」" in done.output
    assert "heard: 查询余额，请按1；结束通话，请按2；网点，请按3；人工服务，请按0。" in done.output
    assert "1 failed, 0 passed" in done.output


def test_the_result_can_be_read_by_a_program(ivr):
    done = ivr("test", "talks", "--json")
    told = json.loads(done.stdout)
    assert (told["passed"], told["failed"]) == (2, 0)
    assert [one["title"] for one in told["conversations"]] == ["the balance is told", "the bank is gone"]
    assert [one["outcome"] for one in told["choices"]["missing"]] == ["key 2"]


def test_a_transcript_never_shows_the_pin(ivr):
    done = ivr("test", "talks", "--verbose")
    assert "presses: ••••••" in done.output
    assert "135790" not in done.output


def test_a_broken_conversation_is_refused_with_its_place(ivr, tmp_path):
    (tmp_path / "talks" / "wrong.yaml").write_text(WRONG.replace("press", "pres"), encoding="utf-8")
    done = ivr("test", "talks")
    assert done.exit_code == 2
    assert 'talks/wrong.yaml:4:16: error unknown-key: A turn has no `pres`. Did you mean "press"?' in done.output


def test_nothing_to_play_is_wrong_usage(ivr):
    assert ivr("test", "talks", "-k", "nothing like that").exit_code == 2
    assert "there is no folder tests/conversations here" in ivr("test").output


def test_a_call_can_be_piped(ivr):
    done = ivr("call", "front", lines="1\n0128\n135790\n")
    assert done.exit_code == 0, done.output
    assert "余额为一万二千三百四十五元六角七分。" in done.output
    assert "The call is over: the line hung up." in done.output
    assert "What to try next:" in done.output


def test_text_messages_of_a_call_are_shown_once_and_never_the_whole_number(ivr, tmp_path):
    tell = "    say: 余额为{account.balance|amount}。\n    next: goodbye\n"
    send = '    sms: "余额\\n{account.balance|amount}"\n    next: goodbye\n    on_error: no_bank\n'
    (tmp_path / "flows" / "front.yaml").write_text(FRONT.replace(tell, send), encoding="utf-8")
    done = ivr("call", "front", lines="1\n0128\n135790\n")
    assert done.exit_code == 0, done.output
    assert done.output.splitlines().count("  [SMS to …0001] 余额12,345.67元") == 1
    assert done.output.count("13800000001") == 1


@pytest.mark.parametrize(
    ("asked", "refusal"),
    [
        ("desks: {nobody: closed}", 'line.yaml has no desk "nobody"'),
        ("desks: {general: nights}", 'line.yaml has no opening hours "nights"; there are always, closed.'),
        ("announce: {slot: news, text: {zh-CN: 停电。}}", 'line.yaml has no announcement "news"'),
    ],
)
def test_a_conversation_that_asks_for_what_line_yaml_does_not_have_is_refused(ivr, tmp_path, asked, refusal):
    (tmp_path / "odd.yaml").write_text(f"conversation: c\nflow: front\n{asked}\nturns: [{{wait: true}}]\n", "utf-8")
    done = ivr("test", "odd.yaml")
    assert done.exit_code == 2
    assert refusal in done.output


def test_desks_that_are_closed_for_a_conversation_are_not_dialled(ivr, tmp_path):
    talk = "conversation: c\nflow: front\ndesks: {general: closed}\nturns:\n  - {press: '0'}\n  - hear: 再见\n"
    (tmp_path / "closed.yaml").write_text(f"{talk}    expect: {{dialled: false}}\n", "utf-8")
    done = ivr("test", "closed.yaml")
    assert done.exit_code == 0, done.output


def test_a_number_called_chooses_the_flow(ivr):
    assert "查询余额" in ivr("call", "--to", "95555", lines="").output


def test_a_kept_call_passes_as_a_test(ivr):
    kept = ivr("call", "front", "--save-test", "mine.yaml", lines="1\n0128\n135790\n")
    assert "Six or more digits stand in it as typed" in kept.output
    assert ivr("test", "mine.yaml").exit_code == 0
    assert ivr("call", "--script", "mine.yaml").exit_code == 0


def test_a_call_of_somebody_else_is_not_kept_with_long_numbers(ivr, tmp_path):
    done = ivr("call", "front", "--from", "+8613912345678", "--save-test", "mine.yaml", lines="1\n123456\n")
    assert "This call is not kept" in done.output
    assert not (tmp_path / "mine.yaml").exists()


def test_a_script_that_fails_ends_with_1(ivr, tmp_path):
    (tmp_path / "wrong.yaml").write_text(WRONG, encoding="utf-8")
    done = ivr("call", "--script", "wrong.yaml")
    assert done.exit_code == 1
    assert "expected to hear 「贷款」" in done.output


class _Quiet(WSGIRequestHandler):
    def log_message(self, format: str, *args: object) -> None:  # noqa: A002
        return


@pytest.fixture
def server(ivr):
    from ivr.app import build
    from ivr.settings import Settings
    from ivr.web import web_app

    built = build(Settings.from_environment({"IVR_FLOWS": "flows", "IVR_STORE": "memory:", "TWILIO_AUTH_TOKEN": "abc"}))
    http = make_server("127.0.0.1", 0, web_app(built), handler_class=_Quiet)
    thread = threading.Thread(target=http.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{http.server_port}"
    http.shutdown()
    thread.join()
    http.server_close()
    built.store.close()


def test_a_running_server_is_called_with_signatures(ivr, server, monkeypatch, tmp_path):
    monkeypatch.setenv("TWILIO_AUTH_TOKEN", "abc")
    done = ivr("call", "front", "--url", server, lines="2\n")
    assert done.exit_code == 0, done.output
    assert "再见。" in done.output
    (tmp_path / "one.yaml").write_text(
        'conversation: c\nflow: front\nturns:\n  - {press: "2"}\n  - {hear: 再见, expect: {step: x, ended: true}}\n',
        encoding="utf-8",
    )
    played = ivr("call", "--script", "one.yaml", "--url", server)
    assert played.exit_code == 0, played.output
    assert "not checked, since the server runs elsewhere: step" in played.output


@pytest.mark.parametrize(
    ("token", "words"), [("", "it was not signed"), ("other", "TWILIO_AUTH_TOKEN is not the same")]
)
def test_a_refused_signature_is_explained(ivr, server, monkeypatch, token, words):
    monkeypatch.setenv("TWILIO_AUTH_TOKEN", token)
    done = ivr("call", "front", "--url", server)
    assert done.exit_code == 2
    assert words in done.output


def test_a_server_that_is_not_there_is_explained(ivr):
    done = ivr("call", "--url", "http://127.0.0.1:1")
    assert done.exit_code == 2
    assert "Is the server running?" in done.output
