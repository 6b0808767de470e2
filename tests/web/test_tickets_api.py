"""/api/tickets: what the complaint desk's software does is what `ivr tickets` does."""

from __future__ import annotations

from typing import Any

import pytest

from ivr.crypto import Seal
from ivr.services.tickets.service import Tickets
from tests.asking import ask as ask_service
from tests.customers import ZHANG
from tests.web.test_agents_api import ask
from tests.web_fixtures import API_TOKEN, NOW, Line


@pytest.fixture
def ticket(line: Line) -> str:
    about = {"number": ZHANG, "kind": "service", "call": "CA1"}
    tickets = Tickets(line.ivr.store, Seal(b"k" * 32))
    return str(ask_service(tickets, "tickets.open", about, key="k", now=NOW)["ticket"])


def post(line: Line, ticket: str, action: str, **body: Any) -> Any:
    return ask(line, "POST", f"/api/tickets/{ticket}/{action}", {"by": "8001", **body})


def test_a_complaint_is_worked_on_until_it_is_closed(line: Line, ticket: str) -> None:
    assert [one["ticket"] for one in ask(line, "GET", "/api/tickets").json] == [ticket]
    assert post(line, ticket, "take").json["owner"] == "8001"
    texts = {"zh-CN": "正在核实", "en-US": "We are checking it."}
    noted = post(line, ticket, "note", texts=texts, called=True, new_date="2026-12-24").json
    assert (noted["told"], noted["postponed"], noted["final_by"]) == (texts, True, "2026-12-24T23:59+08:00")
    assert post(line, ticket, "escalate", why="资金损失", severity="grave").json["level"] == "middle"
    assert post(line, ticket, "extend", why="经批准").status_code == 200
    assert post(line, ticket, "answer", text="已经退费").json["told"] == {"zh-CN": "已经退费"}
    assert post(line, ticket, "close", note="已回访", kind="policy").json["state"] == "closed"
    assert post(line, ticket, "reopen", why="不同意").json["state"] == "working"
    shown = ask(line, "GET", f"/api/tickets/{ticket}?numbers=1").json
    assert (shown["number"], shown["kind"], len(shown["history"])) == (ZHANG, "policy", 7)


def test_the_list_is_also_csv(line: Line, ticket: str) -> None:
    answer = ask(line, "GET", "/api/tickets?all=1&format=csv")
    assert answer.mimetype == "text/csv"
    assert ticket in answer.get_data(as_text=True).splitlines()[1]


def test_a_request_that_is_sent_again_changes_nothing(line: Line, ticket: str) -> None:
    headers = {"Authorization": f"Bearer {API_TOKEN}", "Idempotency-Key": "same"}
    for _ in range(2):
        line.client.post(f"/api/tickets/{ticket}/note", json={"by": "1", "text": "x"}, headers=headers)
    assert len(ask(line, "GET", f"/api/tickets/{ticket}").json["history"]) == 1


@pytest.mark.parametrize(
    ("action", "body", "status", "reason"),
    [
        ("close", {}, 400, "answer it first"),
        ("note", {}, 400, "what the caller is to hear"),
        ("note", {"text": "x", "new_date": "soon"}, 400, "not a day"),
        ("note", {"texts": ["x"]}, 400, "not a map"),
        ("note", {"texts": {"xx": "x"}}, 400, "no language"),
        ("take", {"by": ""}, 400, "name the one"),
        ("take", {"hand_over": "yes"}, 400, "neither true nor false"),
        ("dance", {}, 404, ""),
    ],
)
def test_what_cannot_be_done_is_refused(
    line: Line, ticket: str, action: str, body: Any, status: int, reason: str
) -> None:
    answer = post(line, ticket, action, **body)
    assert answer.status_code == status
    assert reason in answer.get_data(as_text=True)
    assert ask(line, "GET", f"/api/tickets/{ticket}").json["history"] == []


def test_an_unknown_complaint_and_a_wrong_token(line: Line) -> None:
    assert ask(line, "GET", "/api/tickets/T26112399999").status_code == 404
    assert ask(line, "GET", "/api/tickets", token="wrong").status_code == 401
