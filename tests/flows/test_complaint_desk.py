"""A complaint from the first call to the report, and the call to an unhappy caller: by phone, command and API."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner
from flask.testing import FlaskClient

from ivr.app import Ivr, build
from ivr.cli import main
from ivr.engine.inputs import CallStarted, DialEnded, Digits, HungUp, Input, Recorded
from ivr.engine.ports import Incoming
from ivr.settings import Hidden, Settings
from ivr.web import web_app

FLOWS = Path(__file__).parents[2] / "flows"
ZHANG, CALLED, TOKEN = "+8613800000001", "+861085550100", "a-token-for-the-bank-0123456789"


@pytest.fixture
def ivr(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Ivr]:
    address = f"sqlite:///{tmp_path}/ivr.db"
    monkeypatch.setenv("IVR_STORE", address)
    running = build(Settings(store=address, flows=FLOWS, api_token=Hidden(TOKEN)))
    yield running
    running.close()


def call(ivr: Ivr, name: str, *actions: Input, flow: str = "") -> str:
    """Play a call to its end; return all that its caller was told, as the carrier got it."""
    heard = ""
    for turn, action in enumerate([CallStarted(ZHANG, CALLED, flow or None), *actions]):
        incoming = Incoming(name, turn or None, action, f"{name} {turn}", ZHANG, CALLED)
        heard += ivr.session.answer(ivr.channels["twilio"], incoming).decode()
    ivr.session.hang_up(Incoming(name, None, HungUp(), f"{name} over", ZHANG, CALLED))
    return re.sub(r"<[^>]*>", "", heard)


def command(*arguments: str) -> Any:
    result = CliRunner().invoke(main, list(arguments))
    assert result.exit_code == 0, result.output
    return result.stdout


def post(client: FlaskClient, path: str, **body: Any) -> Any:
    answer = client.post(path, json={"by": "8002", **body}, headers={"Authorization": f"Bearer {TOKEN}"})
    assert answer.status_code == 200, answer.get_data(as_text=True)
    return answer.json


def test_a_complaint_is_taken_worked_on_told_closed_and_counted(ivr: Ivr) -> None:
    client = web_app(ivr).test_client()
    words = Recorded("https://api.twilio.com/2010-04-01/Accounts/AC1/Recordings/RE1", 20.0)
    assert "已经为您登记好了" in call(ivr, "CA1", Digits("2"), Digits("2"), words, flow="complaint")
    (row,) = json.loads(command("tickets", "list", "--json"))
    ticket = row["ticket"]
    assert (row["severity"], row["level"], row["call"], row["recorded"]) == ("grave", "middle", "CA1", True)
    asked = (Digits("1"), Digits(f"{ticket[1:]}#"))
    command("tickets", "take", ticket, "--by", "8001")
    post(client, f"/api/tickets/{ticket}/note", texts={"zh-CN": "分行正在核实扣费记录。"}, called=True)
    assert "分行正在核实扣费记录。" in call(ivr, "CA2", *asked, flow="ticket_progress")
    command("tickets", "answer", ticket, "手续费已经退回您的账户。", "--by", "8001")
    assert "手续费已经退回您的账户。" in call(ivr, "CA3", *asked, flow="ticket_progress")
    assert post(client, f"/api/tickets/{ticket}/close", kind="policy")["state"] == "closed"
    tickets = json.loads(command("report", "--json"))["tickets"]
    assert (tickets["taken"], tickets["answered"], tickets["closed"], tickets["open"]) == (1, 1, 1, 0)
    assert (tickets["by_kind"]["policy"], tickets["by_severity"], tickets["answered_in_time"]) == (1, {"grave": 1}, 1.0)


def test_an_unhappy_caller_is_called_and_counted_and_is_no_complaint(ivr: Ivr) -> None:
    client = web_app(ivr).test_client()
    talk = DialEnded("completed", 60.0)
    heard = call(ivr, "CA1", talk, Digits("1"), Digits("0#"), flow="person")
    assert "给您回电" in heard
    (row,) = json.loads(command("tasks", "list", "--json"))
    assert (row["kind"], row["call"]) == ("unhappy", "CA1")
    command("tasks", "take", row["task"], "--by", "8001")
    assert post(client, f"/api/tasks/{row['task']}/done", outcome="solved", text="已道歉")["state"] == "closed"
    report = json.loads(command("report", "--json"))
    assert report["tasks"] == {
        "opened": 1, "by_kind": {"unhappy": 1}, "by_outcome": {"solved": 1}, "open": 0, "overdue": 0
    }  # fmt: skip
    assert report["tickets"]["taken"] == 0
    assert "登记" not in call(ivr, "CA2", flow="ticket_progress")
    (person,) = json.loads(command("calls", "CA1", "--json"))["people"]
    assert (person["desk"], person["seconds"]) == ("general", 60.0)
