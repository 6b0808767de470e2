from __future__ import annotations

import json
import threading
from collections.abc import Callable, Iterator
from datetime import datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest

from ivr.crypto import Seal
from ivr.jobs.outbox import Delivered, NotDelivered, Webhook
from ivr.services.surveys import Surveys
from ivr.services.tasks import NewTask, Tasks
from ivr.services.tickets.alarms import Alarm, DeadlineAlarms
from ivr.services.tickets.handling import TicketHandling
from ivr.services.tickets.service import Tickets
from ivr.stores.sqlite import SqliteStore
from tests.asking import ask
from tests.customers import ZHANG
from tests.waiting import PATIENCE

NOW = 1795399200.0  # 2026-11-23T10:00+08:00 is a Monday
HOUR, DAY = 3600.0, 86400.0


class Receiver:
    """Takes alarms, or refuses them."""

    def __init__(self) -> None:
        self.taken: list[Alarm] = []
        self.tried = 0
        self.refuses = False

    def __call__(self, alarm: Alarm) -> None:
        self.tried += 1
        if self.refuses:
            raise NotDelivered("not now")
        self.taken.append(alarm)

    def names(self) -> list[str]:
        return [alarm.alarm for alarm in self.taken]


@pytest.fixture
def receiver() -> Receiver:
    return Receiver()


@pytest.fixture
def tickets(store: SqliteStore, seal: Seal) -> Tickets:
    return Tickets(store, seal)


@pytest.fixture
def deadlines(store: SqliteStore, receiver: Receiver) -> DeadlineAlarms:
    return DeadlineAlarms(store, receiver)


def opened(tickets: Tickets, key: str = "k", **given: Any) -> str:
    asked = {"number": ZHANG, "kind": "service", "text": "说了很多", **given}
    return str(ask(tickets, "tickets.open", asked, key=key, now=NOW)["ticket"])


@pytest.mark.parametrize(
    ("moment", "alarms"),
    [
        ("2026-11-23T10:01", []),
        ("2026-11-24T05:11", []),
        ("2026-11-24T05:12", ["first_reply.soon"]),  # 19.2 of 24 hours
        ("2026-11-24T10:01", ["first_reply.overdue"]),
        ("2026-11-27T10:00", ["first_reply.overdue", "final.soon"]),  # the fourth of five working days
        ("2026-12-01T00:00", ["first_reply.overdue", "final.overdue"]),
        ("2026-12-06T00:00", ["first_reply.overdue", "final.overdue", "statutory.soon"]),
        ("2026-12-09T00:00", ["first_reply.overdue", "final.overdue", "statutory.overdue"]),
    ],
)
def test_alarms_come_at_four_fifths_and_when_time_is_up(
    tickets: Tickets, deadlines: DeadlineAlarms, at: Callable[[str], float], moment: str, alarms: list[str]
) -> None:
    opened(tickets)
    assert [alarm.alarm for alarm in deadlines.due(at(moment))] == alarms


def test_each_alarm_is_raised_once(tickets: Tickets, deadlines: DeadlineAlarms, receiver: Receiver) -> None:
    opened(tickets)
    for hour in range(0, 24 * 20, 3):
        deadlines.sound(NOW + hour * HOUR)
    names = receiver.names()
    assert sorted(names) == sorted(set(names))
    assert names == [f"{clock}.{how}" for clock in ("first_reply", "final", "statutory") for how in ("soon", "overdue")]


def test_a_reply_stops_its_clock_and_an_answer_stops_all(
    tickets: Tickets, deadlines: DeadlineAlarms, receiver: Receiver, store: SqliteStore
) -> None:
    ticket = opened(tickets)
    handling = TicketHandling(store)
    handling.note(ticket, {"zh-CN": "正在核实"}, by="8001", now=NOW + HOUR, called=True)
    deadlines.sound(NOW + 2 * DAY)
    assert not receiver.taken
    deadlines.sound(NOW + 4.5 * DAY)
    assert receiver.names() == ["final.soon"]
    handling.answer(ticket, {"zh-CN": "已经退费"}, by="8001", now=NOW + 5 * DAY)
    assert not list(deadlines.due(NOW + 99 * DAY))


def test_grave_and_public_ones_are_told_at_once_to_whom_they_concern(
    tickets: Tickets, deadlines: DeadlineAlarms, receiver: Receiver
) -> None:
    opened(tickets, "a", severity="grave")
    opened(tickets, "b", severity="public", kind="policy")
    opened(tickets, "c", kind="product")
    deadlines.sound(NOW)
    assert {(alarm.severity, alarm.alarm, alarm.to) for alarm in receiver.taken} == {
        ("grave", "opened", ("duty_manager",)),
        ("public", "opened", ("duty_manager", "press_office")),
    }


def test_an_alarm_tells_neither_the_message_nor_the_number(
    tickets: Tickets, deadlines: DeadlineAlarms, receiver: Receiver
) -> None:
    ticket = opened(tickets, recording="https://example.com/recording", customer="C1")
    deadlines.sound(NOW + DAY + 1)
    (alarm,) = receiver.taken
    assert (alarm.about, alarm.id, alarm.to) == ("ticket", ticket, ("agent",))
    assert (alarm.opened, alarm.due) == ("2026-11-23T10:00:00+08:00", "2026-11-24T10:00:00+08:00")
    assert not any(word in repr(alarm) for word in ("说了很多", ZHANG, "example.com", "C1"))


def test_an_alarm_that_nobody_took_is_tried_again_later(
    tickets: Tickets, deadlines: DeadlineAlarms, receiver: Receiver
) -> None:
    opened(tickets)
    receiver.refuses = True
    assert deadlines.sound(NOW + DAY + 1) == Delivered(taken=0, failed=1)
    receiver.refuses = False
    assert deadlines.sound(NOW + DAY + 30) == Delivered()
    assert deadlines.sound(NOW + DAY + 61) == Delivered(taken=1)
    assert deadlines.sound(NOW + DAY + 999) == Delivered()


def test_a_receiver_that_is_gone_is_not_waited_for_a_hundred_times(
    tickets: Tickets, deadlines: DeadlineAlarms, receiver: Receiver
) -> None:
    for n in range(6):
        opened(tickets, f"k{n}")
    receiver.refuses = True
    assert deadlines.sound(NOW + DAY + 1) == Delivered(failed=3)
    assert receiver.tried == 3


def test_two_processes_send_an_alarm_once(tickets: Tickets, store: SqliteStore, receiver: Receiver) -> None:
    opened(tickets)
    together = threading.Barrier(4)

    def watch() -> None:
        together.wait()
        DeadlineAlarms(store, receiver).sound(NOW + DAY + 1)

    threads = [threading.Thread(target=watch) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert receiver.names() == ["first_reply.overdue"]


def test_one_malformed_ticket_does_not_silence_a_round(
    tickets: Tickets, store: SqliteStore, deadlines: DeadlineAlarms, receiver: Receiver
) -> None:
    opened(tickets)
    for key, bad in (("T0", {}), ("T1", {"clocks": None, "level": "first"}), ("T2", {"level": "nobody"})):
        store.change("open_tickets", key, lambda _: {})
        store.change("tickets", key, lambda _, bad=bad: bad)
    assert deadlines.sound(NOW + DAY + 1) == Delivered(taken=1, broken=3)
    assert receiver.names() == ["first_reply.overdue"]


def test_without_a_receiver_alarms_wait(tickets: Tickets, store: SqliteStore, receiver: Receiver) -> None:
    opened(tickets)
    assert DeadlineAlarms(store).sound(NOW + DAY + 1) == Delivered()
    assert DeadlineAlarms(store, receiver).sound(NOW + DAY + 2) == Delivered(taken=1)


def test_a_call_back_has_a_clock_too(store: SqliteStore, deadlines: DeadlineAlarms, receiver: Receiver) -> None:
    surveys, about = Surveys(store), {"call": "CA1", "satisfaction": 1, "queue": "general", "number": ZHANG}
    ask(surveys, "survey.answer", about, key="k", now=NOW)
    deadlines.sound(NOW + 20 * HOUR)
    deadlines.sound(NOW + 25 * HOUR)
    assert [(a.about, a.kind, a.alarm, a.to) for a in receiver.taken] == [
        ("task", "unhappy", "callback.soon", ("supervisor",)),
        ("task", "unhappy", "callback.overdue", ("supervisor",)),
    ]
    task = receiver.taken[0]
    assert task.todo == f"call the caller: ivr tasks show {task.id}, then ivr tasks done {task.id}"
    Tasks(store).done(task.id, "solved", by="8001", now=NOW)
    assert not list(deadlines.due(NOW + 99 * DAY))


def test_an_alarm_carries_the_reference_that_the_caller_has(
    store: SqliteStore, deadlines: DeadlineAlarms, receiver: Receiver
) -> None:
    Tasks(store).open(NewTask("call_back", int(NOW) + 900, reference="11231234", number=ZHANG), key="k", now=NOW)
    deadlines.sound(NOW + 901)
    assert [(a.reference, a.alarm) for a in receiver.taken] == [("11231234", "callback.overdue")]


def test_a_complaint_that_goes_up_is_told_to_who_gets_it(
    tickets: Tickets, store: SqliteStore, deadlines: DeadlineAlarms, receiver: Receiver
) -> None:
    ticket = opened(tickets)
    TicketHandling(store).escalate(ticket, by="8001", now=NOW + 60, why="资金损失")
    deadlines.sound(NOW + 120)
    deadlines.sound(NOW + 180)
    (alarm,) = receiver.taken
    assert (alarm.alarm, alarm.to, alarm.reference) == ("escalated.middle", ("team_leader",), ticket)
    assert alarm.todo == f"take it: ivr tickets take {ticket}"


@pytest.mark.parametrize(
    ("change", "moment"),
    [
        (lambda work, ticket, now: work.extend(ticket, by="8001", now=now, why="案情复杂，经批准"), "2027-01-05T10:00"),
        (
            lambda work, ticket, now: work.escalate(ticket, by="8001", now=now, why="涉众", severity="grave"),
            "2026-12-18T10:00",
        ),
    ],
)
def test_the_clock_of_the_law_warns_again_when_it_was_set_anew(
    change: Callable[[TicketHandling, str, float], Any],
    moment: str,
    tickets: Tickets,
    deadlines: DeadlineAlarms,
    receiver: Receiver,
    store: SqliteStore,
) -> None:
    ticket, warned = opened(tickets), datetime.fromisoformat("2026-12-06T10:00+08:00").timestamp()
    deadlines.sound(warned)
    change(TicketHandling(store), ticket, warned + HOUR)
    deadlines.sound(warned + DAY)
    assert receiver.names().count("statutory.soon") == 1
    deadlines.sound(datetime.fromisoformat(f"{moment}+08:00").timestamp())
    assert receiver.names().count("statutory.soon") == 2


def test_a_late_complaint_of_which_its_caller_asks_is_told_at_once(
    tickets: Tickets, deadlines: DeadlineAlarms, receiver: Receiver
) -> None:
    ticket = opened(tickets)
    ask(tickets, "tickets.remind", {"number": ZHANG, "ticket": ticket}, key="r", now=NOW + DAY + 60)
    deadlines.sound(NOW + DAY + 120)
    assert [(a.about, a.kind, a.alarm, a.reference) for a in receiver.taken] == [
        ("ticket", "service", "first_reply.overdue", ticket),
        ("task", "late_complaint", "opened", ticket),
    ]


# the webhook


class Hook(ThreadingHTTPServer):
    """A real receiver on loopback. `status` is what it answers, once `release` is set."""

    daemon_threads = True

    def __init__(self) -> None:
        self.got: list[tuple[dict[str, str], Any]] = []
        self.status, self.release = 204, threading.Event()
        self.release.set()
        super().__init__(("127.0.0.1", 0), _Answering)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_port}/robot?access_token=hush"


class _Answering(BaseHTTPRequestHandler):
    server: Hook

    def do_POST(self) -> None:
        body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        self.server.got.append((dict(self.headers), body))
        self.server.release.wait(PATIENCE)
        self.send_response(self.server.status)
        self.send_header("Location", "/elsewhere")
        self.end_headers()

    def log_message(self, *args: Any) -> None:
        pass


@pytest.fixture
def hook() -> Iterator[Hook]:
    server = Hook()
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    yield server
    server.shutdown()
    thread.join()
    server.server_close()


def test_a_webhook_gets_an_alarm_as_json(tickets: Tickets, store: SqliteStore, hook: Hook) -> None:
    ticket = opened(tickets)
    assert DeadlineAlarms(store, Webhook(hook.url)).sound(NOW + DAY + 1) == Delivered(taken=1)
    ((headers, body),) = hook.got
    assert headers["Content-Type"] == "application/json"
    assert headers["Idempotency-Key"] == f"{ticket}:first_reply.overdue"
    assert body == {
        "about": "ticket",
        "id": ticket,
        "alarm": "first_reply.overdue",
        "to": ["agent"],
        "kind": "service",
        "severity": "ordinary",
        "level": "first",
        "state": "open",
        "owner": "",
        "opened": "2026-11-23T10:00:00+08:00",
        "due": "2026-11-24T10:00:00+08:00",
        "reference": ticket,
        "todo": f"call the caller, then ivr tickets note {ticket} --called",
    }


ALARM = Alarm(
    "ticket", "T1", "final.soon", ("agent",), "service", "ordinary", "first", "open", "", "", "", "T1", "take it"
)


@pytest.mark.parametrize("status", [302, 400, 500])
def test_an_answer_that_is_no_success_is_a_failure(hook: Hook, status: int) -> None:
    hook.status = status
    with pytest.raises(NotDelivered, match=str(status)) as caught:
        Webhook(hook.url)(ALARM)
    assert len(hook.got) == 1
    assert "hush" not in str(caught.value)


def test_a_slow_webhook_is_given_up(hook: Hook) -> None:
    hook.release.clear()
    with pytest.raises(NotDelivered, match="did not answer"):
        Webhook(hook.url, timeout=0.1)(ALARM)
    hook.release.set()


@pytest.mark.parametrize("url", ["http://127.0.0.1:1/hush", "nonsense hush", "ftp://hush", "http://"])
def test_an_address_that_is_none_is_a_failure_without_its_text(url: str) -> None:
    with pytest.raises(NotDelivered) as caught:
        Webhook(url)(ALARM)
    assert "hush" not in str(caught.value)
