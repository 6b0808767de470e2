"""`ivr call` with flows of its own, through the real webhooks and a real bank."""

import threading
from wsgiref.simple_server import WSGIRequestHandler, make_server

import pytest

from ivr.stores import open_store
from tests.backends.test_http import answer, bank

from .conftest import FRONT, WRONG


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


ASKS = """\
flow: front
start: ask
steps:
  ask:
    lookup: {from: bank.rates, as: rate, on_error: agent, on_missing: agent}
    next: tell
  tell:
    say: 汇率是{rate.sell|number}。
    next: goodbye
  goodbye: {hangup: 再见。}
  agent: {transfer: general, otherwise: goodbye}
"""
RATES = """\
services:
  bank:
    address: {setting: IVR_BANK_URL}
    questions:
      rates: {gives: {sell: number}, samples: [{answer: {sell: "7.12"}}]}
"""


def test_samples_answer_until_bank_names_an_address(ivr, tmp_path):
    (tmp_path / "flows" / "front.yaml").write_text(ASKS, encoding="utf-8")
    (tmp_path / "flows" / "lookups.yaml").write_text(RATES, encoding="utf-8")
    assert "汇率是七点一二。" in ivr("call", "front", lines="").output
    with bank(answer('{"sell": 7.30}')) as server:
        assert "汇率是七点三。" in ivr("call", "front", "--bank", server.url, lines="").output
        assert server.requests[0][0].startswith(b"POST /rates ")
    assert "there is no service 'bnak'" in ivr("call", "front", "--bank", f"bnak={server.url}", lines="").output
    assert "is no address" in ivr("call", "front", "--bank", "here", lines="").output


TIMED = """
flow: front
start: hello
steps:
  hello: {say: "现在{call.time|time}。", next: news}
  news: {announce: emergency, next: goodbye}
  goodbye: {hangup: 再见。}
  agent: {transfer: general, otherwise: goodbye}
"""


@pytest.fixture
def timed(ivr, tmp_path):
    """Let the flow say the time and the announcement."""
    line = tmp_path / "flows" / "line.yaml"
    line.write_text(line.read_text("utf-8") + "announcements: {emergency: {outage: 系统维护中。}}\n", encoding="utf-8")
    (tmp_path / "flows" / "front.yaml").write_text(TIMED, encoding="utf-8")


@pytest.mark.usefixtures("timed")
def test_a_call_at_another_time_hears_the_hour_and_what_is_announced_then(ivr, tmp_path, monkeypatch):
    monkeypatch.setenv("IVR_STORE", f"sqlite:///{tmp_path}/live.db")
    open_store(f"sqlite:///{tmp_path}/live.db").close()
    assert ivr("announce", "on", "emergency", "--preset", "outage", "--since", "2099-10-01 09:00").exit_code == 0
    early, late = (ivr("call", "front", "--at", f"2099-10-01 {hour}", lines="").output for hour in ("08:30", "10:00"))
    assert "现在早上八点三十分。" in early
    assert "系统维护中" not in early
    assert "现在上午十点" in late
    assert "系统维护中。" in late


def test_a_server_keeps_its_own_clock(ivr):
    done = ivr("call", "--url", "http://127.0.0.1:9", "--at", "2026-10-01 10:00")
    assert done.exit_code == 2
    assert "--at sets the clock of a call in this process" in done.output
