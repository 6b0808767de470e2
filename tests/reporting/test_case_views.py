from __future__ import annotations

import csv
import io

from ivr.crypto import Seal
from ivr.reporting.case_views import task_view, ticket_view, write_tickets
from ivr.services.tasks import NewTask, Tasks
from ivr.services.tickets.handling import TicketHandling
from ivr.services.tickets.service import Tickets
from ivr.stores.sqlite import SqliteStore
from tests.asking import ask
from tests.customers import ZHANG

NOW = 1795399200.0  # 2026-11-23T10:00+08:00


def complaint(store: SqliteStore, seal: Seal) -> str:
    about = {"number": ZHANG, "kind": "service", "call": "CA1", "recording": "https://example.com/RE1"}
    return str(ask(Tickets(store, seal), "tickets.open", about, key="k", now=NOW)["ticket"])


def test_a_complaint_is_shown_with_its_times_and_a_masked_number(store: SqliteStore, seal: Seal) -> None:
    ticket = complaint(store, seal)
    handling = TicketHandling(store)
    handling.note(ticket, {"zh-CN": "正在核实"}, by="8001", now=NOW + 60, called=True)
    row = ticket_view(handling.find(ticket), NOW + 120)
    assert (row["number"], row["late"], row["recorded"]) == ("138****0001", False, True)
    assert (row["due"], row["final_by"]) == ("2026-11-30T23:59+08:00", "2026-11-30T23:59+08:00")
    assert (row["first_replied"], row["told"]) == ("2026-11-23T10:01+08:00", {"zh-CN": "正在核实"})
    assert row["history"][0]["at"] == "2026-11-23T10:01+08:00"
    assert "example.com" not in str(row)
    assert ticket_view(handling.find(ticket), NOW, numbers=True)["number"] == ZHANG


def test_complaints_are_written_for_spreadsheets(store: SqliteStore, seal: Seal) -> None:
    handling = TicketHandling(store)
    ticket = complaint(store, seal)
    handling.note(ticket, {"zh-CN": "=1+1"}, by="8001", now=NOW)
    file = io.StringIO(newline="")
    write_tickets([ticket_view(handling.find(ticket), NOW, numbers=True)], file)
    (row,) = csv.DictReader(io.StringIO(file.getvalue()))
    assert (row["ticket"], row["number"], row["late"]) == (ticket, f"'{ZHANG}", "no")
    assert row["told"] == "zh-CN: =1+1"


def test_a_task_is_shown_with_the_reference_that_its_caller_has(store: SqliteStore) -> None:
    new = NewTask("call_back", int(NOW) + 900, number=ZHANG, reference="11231234", desk="vip", tell=("agent",))
    row = task_view(Tasks(store).open(new, key="k", now=NOW), NOW + 901)
    assert (row["kind"], row["reference"], row["desk"], row["number"]) == (
        "call_back",
        "11231234",
        "vip",
        "138****0001",
    )
    assert (row["by"], row["overdue"]) == ("2026-11-23T10:15+08:00", True)
