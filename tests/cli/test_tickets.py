"""`ivr tickets`: complaints are listed, worked on and exported, and refusals give the reason."""

from __future__ import annotations

import csv
import io
import json
from typing import Any

import pytest
from click.testing import CliRunner, Result

from ivr.cli import main
from ivr.crypto import Seal
from ivr.services.tickets.service import Tickets
from tests.asking import ask
from tests.customers import ZHANG

NOW = 1_795_399_200.0


def ivr(*arguments: str) -> Result:
    return CliRunner().invoke(main, ["tickets", *arguments])


@pytest.fixture
def ticket(line_store: Any) -> str:
    about = {"number": ZHANG, "kind": "service", "call": "CA1", "recording": "https://example.com/RE1"}
    return str(ask(Tickets(line_store, Seal(b"k" * 32)), "tickets.open", about, key="k", now=NOW)["ticket"])


def test_a_complaint_is_worked_on_until_it_is_closed(ticket: str) -> None:
    assert ivr("take", ticket, "--by", "8001").stdout.startswith(f"{ticket}  working  一般 初 服务")
    noted = ivr("note", ticket, "正在核实", "--text", "en-US=We are checking it.", "--called", "--by", "8001")
    assert "the caller hears (en-US): We are checking it." in noted.stdout
    assert "重大 中" in ivr("escalate", ticket, "--severity", "重大", "--why", "资金损失", "--by", "8001").stdout
    assert " answered " in ivr("answer", ticket, "已经退费", "--by", "8001").stdout
    assert " closed " in ivr("close", ticket, "--note", "已回访", "--by", "8001").stdout
    assert ivr("list").stdout == "There are no such complaints.\n"
    detail = ivr("show", ticket).stdout
    assert "138****0001" in detail
    assert "ivr calls CA1 --recordings" in detail
    assert "8001: escalate 资金损失" in detail
    assert "example.com" not in detail
    shown = json.loads(ivr("show", ticket, "--numbers", "--json").stdout)
    assert (shown["state"], shown["owner"], shown["number"], shown["told"]) == (
        "closed", "8001", ZHANG, {"zh-CN": "已经退费"}
    )  # fmt: skip
    assert "working" in ivr("reopen", ticket, "--why", "不同意", "--by", "8001").stdout


def test_complaints_are_exported(ticket: str) -> None:
    (row,) = csv.DictReader(io.StringIO(ivr("export", "--csv").stdout))
    assert (row["ticket"], row["number"], row["kind"]) == (ticket, "138****0001", "service")
    assert [one["ticket"] for one in json.loads(ivr("export", "--open").stdout)] == [ticket]
    assert [one["late"] for one in json.loads(ivr("list", "--late", "--json").stdout)] in ([], [True])


@pytest.mark.parametrize(
    ("arguments", "reason"),
    [
        (("show", "T26112399999"), "no complaint T26112399999"),
        (("close", "TICKET"), "answer it first"),
        (("reopen", "TICKET", "--why", "x"), "in work"),
        (("note", "TICKET", "x" * 201), "limit is 200"),
        (("note", "TICKET", "x", "--new-date", "5 Dec"), "no day"),
        (("note", "TICKET", "x", "--text", "xx-XX=y"), "no language"),
        (("escalate", "TICKET", "--why", "x", "--level", "top"), "none of first (初)"),
        (("extend", "TICKET"), "--why"),
    ],
)
def test_what_cannot_be_done_is_refused_and_changes_nothing(ticket: str, arguments: Any, reason: str) -> None:
    before = ivr("show", ticket, "--json").stdout
    refused = ivr(*(ticket if word == "TICKET" else word for word in arguments))
    assert refused.exit_code == 2
    assert reason in refused.stderr
    assert ivr("show", ticket, "--json").stdout == before
