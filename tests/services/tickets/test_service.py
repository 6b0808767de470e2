from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ivr.crypto import Seal
from ivr.errors import LookupFailed
from ivr.secret import Secret
from ivr.services.tasks import Tasks
from ivr.services.tickets.handling import TicketHandling
from ivr.services.tickets.service import OPEN_TICKETS, TICKETS, Tickets
from ivr.stores.memory import MemoryStore
from ivr.stores.sqlite import SqliteStore
from tests.asking import ask
from tests.customers import LI, ZHANG

NOW = 1795399200.0  # 2026-11-23T10:00+08:00 is a Monday
DAY = 86400.0


@pytest.fixture
def tickets(store: SqliteStore, seal: Seal) -> Tickets:
    return Tickets(store, seal)


@pytest.fixture
def handling(store: SqliteStore) -> TicketHandling:
    return TicketHandling(store)


class Desk:
    """Asks with a key of its own each time, in one call unless another is named."""

    def __init__(self, tickets: Tickets) -> None:
        self.tickets, self.asked = tickets, 0

    def __call__(self, question: str, now: float = NOW, **given: Any) -> dict[str, Any]:
        self.asked += 1
        given = {"call": "CA1", **given}
        return dict(ask(self.tickets, f"tickets.{question}", given, key=f"key {self.asked}", now=now))


@pytest.fixture
def desk(tickets: Tickets) -> Desk:
    return Desk(tickets)


def test_a_complaint_gets_a_number_and_its_deadlines(desk: Desk, at: Callable[[str], float]) -> None:
    answer = desk("open", at("2026-11-23T10:00"), number=ZHANG, kind="service", call="CA1")
    number = answer.pop("ticket")
    assert number.startswith("T261123")
    assert answer == {
        "first_reply_by": "2026-11-24T10:00:00+08:00",
        "final_by": "2026-11-30",
        "final_certain": True,
        "first_reply_hours": 24,
        "final_days": 5,
        "repeat": False,
    }


@pytest.mark.parametrize(
    ("opened", "told"),
    [("10:00", "10:00"), ("10:03", "10:15"), ("10:15", "10:15"), ("23:46", "00:00")],
)
def test_a_promised_time_is_told_to_the_next_quarter_of_an_hour(desk: Desk, at, opened: str, told: str) -> None:
    answer = desk("open", at(f"2026-11-23T{opened}"), number=ZHANG, kind="service", call="CA1")
    assert answer["first_reply_by"].split("T")[1] == f"{told}:00+08:00"


def test_the_same_key_again_opens_nothing_and_answers_the_same(tickets: Tickets, store: SqliteStore) -> None:
    given = {"number": ZHANG, "kind": "service"}
    first = ask(tickets, "tickets.open", given, key="k", now=NOW)
    assert ask(tickets, "tickets.open", given, key="k", now=NOW + 2 * DAY) == first
    assert list(store.keys(TICKETS)) == [first["ticket"]]
    assert ask(tickets, "tickets.open", given, key="other", now=NOW)["ticket"] != first["ticket"]


def test_many_at_once_with_the_same_key_open_one_ticket(tickets: Tickets, store: SqliteStore) -> None:
    answers: list[dict[str, Any]] = []

    def run() -> None:
        answers.append(dict(ask(tickets, "tickets.open", {"number": ZHANG, "kind": "product"}, key="k", now=NOW)))

    threads = [threading.Thread(target=run) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(answers) == 6
    assert all(answer == answers[0] for answer in answers)
    assert not answers[0]["repeat"]
    assert list(store.keys(TICKETS)) == list(store.keys(OPEN_TICKETS)) == [answers[0]["ticket"]]


class Interrupted(SqliteStore):
    """A store that goes away after so many changes."""

    left = 99

    def change(self, collection: str, key: str, update: Any) -> Any:
        if self.left <= 0:
            raise RuntimeError
        self.left -= 1
        return super().change(collection, key, update)


@pytest.mark.parametrize("changes", range(7))
def test_a_fault_at_any_moment_is_made_good_by_asking_again(tmp_path: Any, seal: Seal, changes: int) -> None:
    store = Interrupted(tmp_path / "ivr.db")
    tickets = Tickets(store, seal)
    given = {"number": ZHANG, "customer": "C1", "kind": "service"}
    earlier = ask(tickets, "tickets.open", given, key="earlier", now=NOW - DAY)
    store.left = changes
    try:
        ask(tickets, "tickets.open", given, key="k", now=NOW)
    except RuntimeError:
        assert changes < 6
    store.left = 99
    answer = ask(tickets, "tickets.open", given, key="k", now=NOW + 5)
    assert (answer["repeat"], answer.get("earlier")) == (True, earlier["ticket"])
    assert (
        sorted(store.keys(OPEN_TICKETS)) == sorted(store.keys(TICKETS)) == sorted([earlier["ticket"], answer["ticket"]])
    )
    store.close()


# coming back


def test_who_comes_back_within_seven_days_is_a_repeat_of_a_higher_level(desk: Desk, store: SqliteStore) -> None:
    first = desk("open", number=ZHANG, kind="service")
    again = desk("open", NOW + 7 * DAY, number=ZHANG, kind="service")
    assert (again["repeat"], again.get("earlier")) == (True, first["ticket"])
    kept = store.get(TICKETS, again["ticket"])
    assert kept is not None
    assert kept["level"] == "middle"


def test_of_many_in_one_second_all_but_the_first_are_repeats(desk: Desk) -> None:
    assert [desk("open", number=ZHANG, kind="service")["repeat"] for _ in range(60)] == [False] + [True] * 59


@pytest.mark.parametrize(
    "given",
    [
        {"number": ZHANG, "kind": "product"},
        {"number": LI, "kind": "service"},
        {"number": "anonymous", "kind": "service"},
        {"number": ZHANG, "kind": "service", "later": 7 * DAY + 1},
    ],
)
def test_another_kind_caller_or_week_is_no_repeat(desk: Desk, given: dict[str, Any]) -> None:
    desk("open", number=ZHANG, kind="service")
    desk("open", number="anonymous", kind="service")
    answer = desk("open", NOW + given.pop("later", 0), **given)
    assert (answer["repeat"], answer.get("earlier")) == (False, None)


def test_a_customer_who_calls_from_another_number_is_known_again(desk: Desk) -> None:
    first = desk("open", number=ZHANG, customer="C1", kind="policy")
    assert desk("open", NOW + 1, number=LI, customer="C1", kind="policy").get("earlier") == first["ticket"]


@given(
    st.lists(
        st.tuples(st.sampled_from([ZHANG, LI]), st.sampled_from(["service", "policy"]), st.integers(0, 5)), max_size=12
    )
)
def test_a_ticket_names_the_last_one_of_its_kind_within_a_week(complaints: list[tuple[str, str, int]]) -> None:
    desk, now = Desk(Tickets(MemoryStore(), Seal(b"k" * 32))), NOW
    past: list[tuple[str, str, float, str]] = []
    for number, kind, days in complaints:
        now += days * DAY + 1
        answer = desk("open", now, number=number, kind=kind)
        same = [row for row in past if row[:2] == (number, kind) and now - row[2] <= 7 * DAY]
        assert answer.get("earlier") == (same[-1][3] if same else None)
        past.append((number, kind, now, answer["ticket"]))


# what is kept


def test_cards_and_id_numbers_said_in_a_message_are_not_kept(desk: Desk, store: SqliteStore) -> None:
    said = "卡号6217 0000 0000 1000 128，身份证11010119880307101X，也就是六二一七零零零零零零零零，请回电13800000001"
    ticket = desk("open", number=ZHANG, kind="service", text=said, recording="https://example.com/r/1")["ticket"]
    kept = store.get(TICKETS, ticket)
    assert kept is not None
    assert kept["text"] == "卡号…，身份证…，也就是…，请回电13800000001"
    assert kept["recording"] == "https://example.com/r/1"


def test_a_secret_is_refused_and_not_repeated(desk: Desk, store: SqliteStore) -> None:
    with pytest.raises(LookupFailed) as caught:
        desk("open", number=ZHANG, kind="service", text=Secret("pan", "6217000000001000128"))
    assert "6217" not in str(caught.value)
    assert not store.keys(TICKETS)


@pytest.mark.parametrize(
    ("question", "given", "words"),
    [
        ("open", {"number": ZHANG}, "kind was not given"),
        ("open", {"number": ZHANG, "kind": "13800000009"}, "kind is no name"),
        ("open", {"number": ZHANG, "kind": "service", "severity": "bad"}, "severity is none of"),
        ("open", {"number": ZHANG, "kind": "service", "text": ["x"]}, "text is not text"),
    ],
)
def test_a_wrong_question_is_refused_without_its_values(desk: Desk, question: str, given: Any, words: str) -> None:
    with pytest.raises(LookupFailed, match=words) as caught:
        desk(question, **given)
    assert not caught.value.missing
    assert "13800000009" not in str(caught.value)


# progress


def test_progress_is_told_to_the_number_that_complained(desk: Desk) -> None:
    opened = desk("open", number=ZHANG, kind="channel")
    told = desk("progress", NOW + 60, number=ZHANG)
    assert told == {
        "ticket": opened["ticket"],
        "kind": "channel",
        "state": "open",
        "since": "2026-11-23T10:00:00+08:00",
        "first_reply_by": opened["first_reply_by"],
        "final_by": opened["final_by"],
        "final_certain": True,
        "replied": False,
        "postponed": False,
        "note": "",
        "late": False,
    }
    assert desk("progress", number=ZHANG, ticket=opened["ticket"][1:]) == told


def test_a_promise_that_was_not_kept_is_told_as_late(desk: Desk, handling: TicketHandling) -> None:
    def late(after: float) -> bool:
        return bool(desk("progress", NOW + after, number=ZHANG)["late"])

    ticket = desk("open", number=ZHANG, kind="service")["ticket"]
    assert [late(0), late(DAY), late(DAY + 1)] == [False, False, True]
    handling.note(ticket, {"zh-CN": "正在核实"}, by="8001", now=NOW + DAY, called=True)
    assert [late(DAY + 1), late(7 * DAY), late(8 * DAY)] == [False, False, True]
    handling.answer(ticket, {"zh-CN": "已经退费"}, by="8001", now=NOW + 8 * DAY)
    assert not late(9 * DAY)


@pytest.mark.parametrize(
    ("language", "words"),
    [("zh-CN", "正在核实"), ("zh-HK", "正在核实"), ("en-GB", "being checked"), ("ko-KR", ""), ("", "正在核实")],
)
def test_the_note_is_told_in_the_callers_language_where_it_was_written_in_it(
    desk: Desk, handling: TicketHandling, language: str, words: str
) -> None:
    ticket = desk("open", number=ZHANG, kind="service")["ticket"]
    handling.note(ticket, {"zh-CN": "正在核实", "en-US": "being checked"}, by="8001", now=NOW)
    if language == "zh-HK":  # Cantonese is a language of its own
        words = desk("progress", number=ZHANG, language="zh-HK")["note"]
    assert desk("progress", number=ZHANG, language=language)["note"] == words


def test_a_caller_whose_complaint_is_late_is_called_once_and_by_a_new_time(
    desk: Desk, handling: TicketHandling, store: SqliteStore
) -> None:
    ticket = desk("open", number=ZHANG, kind="service", severity="grave")["ticket"]
    assert desk("remind", NOW + DAY, number=ZHANG) == {}, "nothing is late yet"
    promised = desk("remind", NOW + DAY + 60, number=ZHANG, language="en-US")
    assert promised == {"call_back_by": "2026-11-24T14:15:00+08:00"}
    assert desk("remind", NOW + DAY + 600, number=ZHANG, ticket=ticket) == promised
    (task,) = Tasks(store).listed()
    assert (task["kind"], task["ticket"], task["number"], task["language"]) == (
        "late_complaint",
        ticket,
        ZHANG,
        "en-US",
    )
    assert task["tell"] == ["team_leader"]
    assert desk("remind", NOW + DAY + 6 * 3600, number=ZHANG) == {}, "a broken promise is not repeated"
    with pytest.raises(LookupFailed) as caught:
        desk("remind", NOW + DAY + 60, number=LI, ticket=ticket)
    assert caught.value.missing
    handling.answer(ticket, {"zh-CN": "已经退费"}, by="8001", now=NOW + 2 * DAY)
    assert desk("remind", NOW + 9 * DAY, number=ZHANG) == {}


@pytest.mark.parametrize(
    "given", [{"number": LI}, {"number": "anonymous"}, {"number": ""}, {"number": LI, "customer": "C2"}, {}]
)
@pytest.mark.parametrize("named", [True, False])
def test_nobody_else_is_told_that_a_ticket_is_there(desk: Desk, given: dict[str, str], named: bool) -> None:
    ticket = desk("open", number=ZHANG, customer="C1", kind="service")["ticket"]
    ticket_of_nobody = desk("open", number="anonymous", kind="service")["ticket"]
    for asked in (ticket, ticket_of_nobody, "T26112399999", "nonsense") if named else (None,):
        with pytest.raises(LookupFailed) as caught:
            desk("progress", **given, ticket=asked)
        assert caught.value.missing
        assert str(caught.value) == "there is no such ticket of this caller"


def test_a_verified_customer_is_told_from_any_number(desk: Desk) -> None:
    ticket = desk("open", number=ZHANG, customer="C1", kind="service")["ticket"]
    assert desk("progress", number=LI, customer="C1")["ticket"] == ticket
    assert desk("progress", number="anonymous", customer="C1", ticket=ticket)["ticket"] == ticket


def test_without_a_number_the_newest_ticket_that_is_not_done_is_told(desk: Desk, handling: TicketHandling) -> None:
    older = desk("open", number=ZHANG, kind="service")["ticket"]
    newer = desk("open", NOW + 5, number=ZHANG, kind="product")["ticket"]
    assert desk("progress", number=ZHANG)["ticket"] == newer
    handling.answer(newer, {"zh-CN": "办好了"}, by="8001", now=NOW)
    assert desk("progress", number=ZHANG)["ticket"] == older
    handling.answer(older, {"zh-CN": "办好了"}, by="8001", now=NOW)
    assert desk("progress", number=ZHANG)["ticket"] == newer


def test_another_call_from_the_number_hears_nothing_without_proof_or_the_ticket_s_number(
    desk: Desk,
) -> None:
    ticket = desk("open", number=ZHANG, kind="service")["ticket"]
    for question in ("progress", "remind"):
        with pytest.raises(LookupFailed) as caught:
            desk(question, number=ZHANG, call="CA2")
        assert caught.value.missing
    with pytest.raises(LookupFailed):
        desk("progress", number=ZHANG, call="CA2", customer="C9")
    with pytest.raises(LookupFailed):
        desk("progress", number=ZHANG, call="")
    assert desk("progress", number=ZHANG, call="CA2", ticket=ticket)["ticket"] == ticket


def test_a_shown_number_does_not_hear_that_its_owner_complained_before(desk: Desk, store: SqliteStore) -> None:
    first = desk("open", number=ZHANG, customer="C1", kind="service")["ticket"]
    again = desk("open", number=ZHANG, kind="service", call="CA2")
    assert (again["repeat"], again.get("earlier")) == (False, None)
    kept = store.get(TICKETS, again["ticket"])
    assert kept is not None
    assert (kept["repeat"], kept["earlier"], kept["level"]) == (True, first, "middle"), "staff know it"
    other = desk("open", number=ZHANG, customer="C9", kind="service", call="CA3")
    assert not other["repeat"]
