from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any

import pytest

from ivr.crypto import Seal
from ivr.services.staff_words import NoSuchCase, StaffError
from ivr.services.tickets.handling import TicketHandling, next_due
from ivr.services.tickets.service import OPEN_TICKETS, Tickets
from ivr.stores.sqlite import SqliteStore
from tests.asking import ask
from tests.customers import LI, ZHANG

NOW = 1795399200.0  # 2026-11-23T10:00+08:00 is a Monday
DAY = 86400.0
SORRY = {"zh-CN": "手续费已经退回您的账户。"}


@pytest.fixture
def handling(store: SqliteStore) -> TicketHandling:
    return TicketHandling(store)


@pytest.fixture
def complain(store: SqliteStore, seal: Seal) -> Callable[..., str]:
    tickets, keys = Tickets(store, seal), iter(range(99))

    def complain(now: float = NOW, **about: Any) -> str:
        about = {"number": ZHANG, "kind": "service", **about}
        return str(ask(tickets, "tickets.open", about, key=f"{next(keys)}", now=now)["ticket"])

    return complain


def test_a_complaint_is_worked_on_from_taking_to_closing(
    handling: TicketHandling, complain: Callable[..., str], store: SqliteStore
) -> None:
    ticket = complain()
    taken = handling.take(ticket[1:], by="8001", now=NOW + 60)
    assert (taken["state"], taken["owner"], taken["replied"]) == ("working", "8001", None)
    noted = handling.note(ticket, {"zh-CN": "正在核实"}, by="8002", now=NOW + 120, called=True)
    assert (noted["owner"], noted["replied"], noted["told"]) == ("8001", int(NOW) + 120, {"zh-CN": "正在核实"})
    with pytest.raises(StaffError, match="not answered yet"):
        handling.close(ticket, by="8001", now=NOW + 180)
    answered = handling.answer(ticket, SORRY, by="8001", now=NOW + 240)
    assert (answered["state"], answered["answered"], answered["told"]) == ("answered", int(NOW) + 240, SORRY)
    assert not store.keys(OPEN_TICKETS)
    closed = handling.close(ticket, by="8001", now=NOW + 300, kind="policy", note="已回访")
    assert (closed["state"], closed["kind"]) == ("closed", "policy")
    assert [(row["did"], row["by"], row["state"]) for row in closed["history"]] == [
        ("take", "8001", "working"), ("note", "8002", "working"), ("answer", "8001", "answered"),
        ("close", "8001", "closed"),
    ]  # fmt: skip


def test_an_internal_note_is_not_for_the_caller(handling: TicketHandling, complain: Callable[..., str]) -> None:
    ticket = complain()
    handling.note(ticket, {"zh-CN": "等分行回复"}, by="8001", now=NOW, internal=True)
    assert handling.find(ticket)["told"] == {}


def test_the_first_stays_the_owner_until_it_is_handed_over(
    handling: TicketHandling, complain: Callable[..., str]
) -> None:
    ticket = complain()
    handling.take(ticket, by="8001", now=NOW)
    with pytest.raises(StaffError, match="8001 works on it"):
        handling.take(ticket, by="8002", now=NOW)
    assert handling.take(ticket, by="8002", now=NOW, hand_over=True)["owner"] == "8002"


def test_it_goes_up_by_a_level_and_its_law_follows_its_severity(
    handling: TicketHandling, complain: Callable[..., str]
) -> None:
    ticket = complain()
    up = handling.escalate(ticket, by="8001", now=NOW, why="客户不满")
    assert (up["level"], up["severity"], up["escalated"]) == ("middle", "ordinary", {"level": "middle", "at": int(NOW)})
    public = handling.escalate(ticket, by="8001", now=NOW, why="微博", severity="public")
    assert (public["level"], public["severity"]) == ("high", "public")
    statutory = [one["clocks"]["statutory"]["due"] for one in (up, public)]
    assert statutory[1] - statutory[0] == 15 * DAY
    down = handling.escalate(ticket, by="8001", now=NOW, why="核实后无损失", severity="ordinary", level="first")
    assert (down["level"], down["severity"]) == ("first", "ordinary")
    assert down["clocks"]["statutory"] == up["clocks"]["statutory"]


@pytest.mark.parametrize(
    ("how", "words"),
    [
        ({"severity": "grave", "level": "first"}, "middle at least"),
        ({"severity": "awful"}, "severity is one of"),
        ({"level": "top"}, "level is one of"),
        ({"level": "first"}, "already"),
        ({"why": " "}, "needs words"),
    ],
)
def test_a_wrong_grade_is_refused_and_changes_nothing(
    handling: TicketHandling, complain: Callable[..., str], how: Any, words: str
) -> None:
    before = handling.find(complain())
    with pytest.raises(StaffError, match=words):
        handling.escalate(before["ticket"], **{"by": "8001", "now": NOW, "why": "x", **how})
    assert handling.find(before["ticket"]) == before


def test_another_day_is_promised_and_the_first_one_is_not_forgotten(
    handling: TicketHandling, complain: Callable[..., str]
) -> None:
    ticket = complain()
    first = handling.find(ticket)["clocks"]["final"]["due"]
    moved = handling.note(ticket, {"zh-CN": "还在核实"}, by="8001", now=NOW + 9 * DAY, new_date=date(2026, 12, 5))
    assert (moved["final_by"], moved["final_certain"], moved["first_final"]) == ("2026-12-05", True, first)
    again = handling.note(ticket, {"zh-CN": "还在核实"}, by="8001", now=NOW + 9 * DAY, new_date=date(2026, 12, 6))
    assert again["first_final"] == first
    with pytest.raises(StaffError, match="is over"):
        handling.note(ticket, {"zh-CN": "x"}, by="8001", now=NOW + 9 * DAY, new_date=date(2026, 12, 1))


def test_one_that_is_reopened_is_on_the_list_with_a_new_day(
    handling: TicketHandling, complain: Callable[..., str], store: SqliteStore
) -> None:
    ticket = complain()
    with pytest.raises(StaffError, match="in work"):
        handling.reopen(ticket, by="8001", now=NOW, why="x")
    handling.answer(ticket, SORRY, by="8001", now=NOW)
    for change in (
        lambda: handling.take(ticket, by="8001", now=NOW),
        lambda: handling.extend(ticket, by="8001", now=NOW, why="x"),
    ):
        with pytest.raises(StaffError, match="reopen it first"):
            change()
    handling.close(ticket, by="8001", now=NOW)
    with pytest.raises(StaffError, match="reopen it first"):
        handling.note(ticket, SORRY, by="8001", now=NOW)
    opened = handling.reopen(ticket, by="8002", now=NOW + 20 * DAY, why="客户不同意")
    assert (opened["state"], opened["reopened"], opened["told"], opened["final_by"]) == ("working", 1, {}, "2026-12-18")
    assert store.keys(OPEN_TICKETS) == [ticket]


def test_an_approval_extends_the_clock_of_the_law_once(handling: TicketHandling, complain: Callable[..., str]) -> None:
    ticket = complain()
    before = handling.find(ticket)["clocks"]
    after = handling.extend(ticket, by="8001", now=NOW, why="案情复杂，经批准")["clocks"]
    assert after["statutory"]["due"] - before["statutory"]["due"] == 30 * DAY
    with pytest.raises(StaffError, match="once"):
        handling.extend(ticket, by="8001", now=NOW, why="x")


def test_a_request_with_the_same_key_is_taken_once(handling: TicketHandling, complain: Callable[..., str]) -> None:
    ticket = complain()
    for _ in range(2):
        handling.note(ticket, SORRY, by="8001", now=NOW, key="same")
    assert len(handling.find(ticket)["history"]) == 1


def test_a_list_begins_with_the_next_deadline(handling: TicketHandling, complain: Callable[..., str]) -> None:
    first, second, third = complain(), complain(NOW + 60, number=LI), complain(NOW + 120, number="+8613800000003")
    handling.note(first, SORRY, by="8001", now=NOW + 180, called=True)
    assert [one["ticket"] for one in handling.listed(NOW)] == [second, third, first]
    assert [one["ticket"] for one in handling.listed(NOW + DAY + 90, late=True)] == [second]
    assert [one["ticket"] for one in handling.listed(NOW, owner="8001")] == [first]
    answered = handling.answer(third, SORRY, by="8001", now=NOW + 240)
    assert next_due(answered) == int(NOW) + 240
    assert [one["ticket"] for one in handling.listed(NOW)] == [second, first]
    assert len(handling.listed(NOW, every=True)) == 3


@pytest.mark.parametrize("ticket", ["T26112399999", "", "nonsense"])
def test_a_complaint_that_is_not_there_is_refused(handling: TicketHandling, ticket: str) -> None:
    with pytest.raises(NoSuchCase):
        handling.take(ticket, by="8001", now=NOW)
