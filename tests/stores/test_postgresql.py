"""The store in PostgreSQL: addresses and refusals, round trips, time-outs, a server that stops, is killed or hangs."""

from __future__ import annotations

import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import psycopg
import pytest

from ivr.engine.ports import Changes, DocumentChange, JournalRow, Saved
from ivr.errors import SettingsError, StoreError
from ivr.settings.extras import how_to_install
from ivr.stores import UnitOfWork, _breaker, open_store, store_exists
from ivr.stores._postgresql_connection import ServerConnection, read_server_address
from ivr.stores.postgresql import PostgresqlStore
from tests.postgresql import PostgresqlServer, fresh_schema
from tests.waiting import PATIENCE, wait_until

PASSWORD = "8s%2F3cret"
GONE = "closed the connection|cannot be reached|refused|being stopped|crashed|starting or stopping|not answered"


def new_address(request: pytest.FixtureRequest, folder: Path) -> str:
    """Return the address of an empty store; its schema is emptied after the test and used again."""
    server: PostgresqlServer = request.getfixturevalue("postgresql_server")
    schema = server.empty.pop() if server.empty else fresh_schema()
    request.addfinalizer(lambda: server.make_empty(schema))
    return server.url(schema)


@pytest.fixture
def store(new_address: Callable[[str], str]) -> Iterator[PostgresqlStore]:
    opened = open_store(new_address("postgresql"))
    assert isinstance(opened, PostgresqlStore)
    yield opened
    opened.close()


def turn(number: int, call_id: str = "call", *, ended: bool = False) -> Saved:
    return Saved(call_id, number, f"key-{number}", b"call", b"<Response/>", ended)


def take(store: PostgresqlStore, number: int, call_id: str = "call") -> bool:
    rows = [JournalRow(call_id, number, float(number), "turn", "{}")]
    return store.save(turn(number, call_id), rows, expected=number - 1 or None)


# addresses


@pytest.mark.parametrize(
    ("url", "words"),
    [
        ("postgresql://db/ivr?password=8scret", "stands before the @"),
        ("postgresql://db/ivr?sslpassword=8scret", "stands before the @"),
        ("postgresql://ivr:8scret@db:port/ivr", "postgresql://ivr@db.example.com:5432/ivr"),
        ("postgresql://ivr:8s%zzcret@db/ivr", "postgresql://ivr@db.example.com:5432/ivr"),
        ("postgresql://ivr:8scret@[db/ivr", "postgresql://ivr@db.example.com:5432/ivr"),
        ("postgresql://ivr:8scret@db/ivr?sslmod=require", "options that libpq knows"),
        ("postgresql://ivr:8scret@db/ivr?schema=A-b", "small letters"),
        ("postgresql://ivr:8scret@db/ivr?schema=", "small letters"),
        ("postgresql://ivr:8scret@db/ivr?synchronous_commit=maybe", "on, off, local"),
        ("postgresql://ivr:8scret@db/ivr?connections=0", "1 to 9999"),
        ("postgresql://ivr:8scret@a,b,c/ivr?port=1,2", "postgresql://ivr@db.example.com:5432/ivr"),
    ],
)
def test_a_wrong_address_is_refused_without_its_password(url: str, words: str) -> None:
    with pytest.raises(SettingsError, match=words) as caught:
        open_store(url)
    assert "cret" not in str(caught.value)
    assert caught.value.__cause__ is None


def test_an_address_has_hosts_options_of_libpq_and_our_own() -> None:
    address = read_server_address(
        f"postgresql://ivr:{PASSWORD}@db1:5432,db2:5433/calls"
        "?sslmode=verify-full&target_session_attrs=read-write&schema=bank&synchronous_commit=off&connections=7"
    )
    assert (address.shown, address.schema, address.synchronous_commit) == ("db1:5432,db2:5433/calls", "bank", "off")
    assert address.connections == 7
    assert [(one["host"], one["port"]) for one in address.attempts] == [("db1", "5432"), ("db2", "5433")]
    assert all(one["password"] == "8s/3cret" and one["sslmode"] == "verify-full" for one in address.attempts)
    assert "cret" not in repr(address)


@pytest.mark.parametrize(
    ("url", "sslmode"),
    [
        ("postgresql://db/ivr", "require"),
        ("postgresql://db/ivr?sslmode=disable", "disable"),
        ("postgresql://127.0.0.1/ivr", "prefer"),
        ("postgresql:///ivr?host=/run/postgresql", "prefer"),
        ("postgresql:///ivr", "prefer"),
    ],
)
def test_a_host_that_is_not_this_machine_is_spoken_to_over_tls(url: str, sslmode: str) -> None:
    (only,) = read_server_address(url).attempts
    assert only["sslmode"] == sslmode


def test_without_psycopg_the_extra_is_named() -> None:
    code = (
        "import sys; sys.modules['psycopg'] = None\nfrom ivr.stores import open_store\nopen_store('postgresql://db/x')"
    )
    done = subprocess.run([sys.executable, "-c", code], check=False, capture_output=True, text=True)
    assert done.stderr.strip().endswith(
        f"SettingsError: a store in PostgreSQL needs psycopg; install it with: {how_to_install('postgres')}"
    )


def test_a_server_that_is_not_there_is_named_without_user_and_password() -> None:
    with pytest.raises(StoreError) as caught:
        open_store(f"postgresql://ivr:{PASSWORD}@127.0.0.1:1/calls")
    assert str(caught.value) == "PostgreSQL at 127.0.0.1:1/calls: it cannot be reached: the connection is refused"


def test_what_the_server_refuses_is_said_in_plain_words(postgresql_server: PostgresqlServer) -> None:
    place = postgresql_server.place
    for url, words in (
        (f"postgresql://ivr:{PASSWORD}@{place}/none", "no such database"),
        (f"postgresql://stranger:{PASSWORD}@{place}/postgres", "no such user"),
        (f"postgresql://ivr:{PASSWORD}@{place}/postgres?sslmode=require", "speaks no TLS"),
    ):
        with pytest.raises(StoreError, match=words) as caught:
            open_store(url)
        assert "cret" not in str(caught.value)


def test_a_user_without_rights_and_a_newer_layout_are_refused(postgresql_server: PostgresqlServer) -> None:
    url = postgresql_server.url()
    assert not store_exists(url)
    open_store(url).close()
    assert store_exists(url)
    schema = url.rpartition("=")[2]
    postgresql_server.sql("DROP ROLE IF EXISTS guest; CREATE ROLE guest LOGIN")
    guest = url.replace("ivr@", "guest@")
    with pytest.raises(StoreError, match="lacks a right"):
        open_store(guest).load("call")
    with pytest.raises(StoreError, match="lacks a right"):
        open_store(guest.replace(schema, "another"))
    postgresql_server.sql(
        f"GRANT USAGE ON SCHEMA {schema} TO guest;"
        f"GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA {schema} TO guest"
    )
    store = open_store(guest)
    assert store.save(turn(1), [], expected=None)
    store.ping()
    store.close()
    postgresql_server.sql(f"UPDATE {schema}.layout SET version = 99")
    with pytest.raises(StoreError, match="newer version of ivr"):
        open_store(url)


def test_many_processes_may_create_the_tables_at_once(postgresql_server: PostgresqlServer) -> None:
    url, faults = postgresql_server.url(), []

    def create() -> None:
        try:
            open_store(url).close()
        except StoreError as fault:
            faults.append(fault)

    threads = [threading.Thread(target=create) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(PATIENCE)
    assert not faults


# round trips


@pytest.fixture
def groups(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Count what is waited for and what is only sent."""
    seen: list[str] = []
    answers, finish = ServerConnection._answers, ServerConnection._finish_group

    def counted_answers(self: ServerConnection, until: float) -> object:
        seen.append("waited")
        return answers(self, until)

    def counted_finish(self: ServerConnection) -> None:
        seen.append("sent")
        finish(self)

    monkeypatch.setattr(ServerConnection, "_answers", counted_answers)
    monkeypatch.setattr(ServerConnection, "_finish_group", counted_finish)
    return seen


def test_a_turn_is_one_round_trip_to_read_and_one_to_write(store: PostgresqlStore, groups: list[str]) -> None:
    assert take(store, 1)
    groups.clear()
    with store.lease("call", key="key-2"):
        unit = UnitOfWork(store)
        saved = unit.load("call", "key-2")
        assert saved is not None
        assert unit.commit(turn(2), expected=1, rows=[JournalRow("call", 2, 2.0, "turn", "{}")] * 3)
    assert groups == ["sent", "waited"] * 2
    with store.lease("call", key="key-2"):
        assert store.load("call", "key-2") is not None
    assert groups == ["sent", "waited"] * 3 + ["sent"], "that a lease without a turn is over is not waited for"


def is_free(store: PostgresqlStore, call_id: str) -> bool:
    """Return whether a server elsewhere could take the call."""
    other = PostgresqlStore(store._address)
    try:
        with other.lease(call_id, within=0):
            return True
    except StoreError:
        return False
    finally:
        other.close()


def test_the_commit_of_a_turn_ends_the_lease_and_a_conflict_does_not(store: PostgresqlStore) -> None:
    assert take(store, 1)
    with store.lease("call", key="key-2"):
        store.load("call", "key-2")
        assert store.commit(Changes(documents=[DocumentChange("tries", "a", None, "{}")]))
        assert not is_free(store, "call"), "a commit in the middle of a turn keeps the lease"
        assert not store.commit(Changes(turn(2), 1, documents=[DocumentChange("tries", "a", None, "{}")]))
        assert not is_free(store, "call")
        assert take(store, 2)
        assert is_free(store, "call")
    with store.lease("call"):
        assert not is_free(store, "call")


def test_documents_board_and_turn_are_written_in_one_round_trip(store: PostgresqlStore, groups: list[str]) -> None:
    with store.lease("call", key="key-1"):
        unit = UnitOfWork(store)
        unit.load("call", "key-1")
        for name in "abc":
            unit.change("c", name, lambda _: {"n": 1})
        last, _ = unit.rows_since(0)
        unit.write_rows({"waiter": b"1"}, seen=last)
        reads = groups.count("waited")
        assert unit.commit(turn(1), rows=[JournalRow("call", 1, 1.0, "turn", "{}")])
        assert groups.count("waited") - reads == 1
    assert store.rows_since(0) == (1, {"waiter": b"1"})


# a server in trouble


def test_a_connection_that_the_server_ended_is_replaced_unheard(
    store: PostgresqlStore, postgresql_server: PostgresqlServer
) -> None:
    assert take(store, 1)
    end = "SELECT count(pg_terminate_backend(pid, 5000)) FROM pg_stat_activity WHERE application_name = 'ivr'"
    for write in (
        lambda: store.load("call") is not None,
        lambda: take(store, 2),
        lambda: store.change("c", "k", lambda _: {}) == {},
        lambda: store.write_rows({"a": b"1"}, seen=0),
    ):
        assert int(postgresql_server.sql(end)) >= 1
        assert write()
    postgresql_server.sql(end)
    with store.lease("call", key="key-3"):
        assert take(store, 3)


def test_a_lease_whose_connection_is_lost_ends_and_nothing_is_written_behind_its_back(
    store: PostgresqlStore, postgresql_server: PostgresqlServer
) -> None:
    assert take(store, 1)
    with store.lease("call"):
        postgresql_server.sql(
            "SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity WHERE application_name = 'ivr'"
        )
        with pytest.raises(StoreError, match=GONE):
            take(store, 2)
        with pytest.raises(StoreError, match=GONE):
            take(store, 2)
    with store.lease("call"):
        assert take(store, 2)


def test_a_row_that_another_program_locks_is_waited_for_no_longer_than_the_deadline(
    store: PostgresqlStore, postgresql_server: PostgresqlServer
) -> None:
    assert take(store, 1)
    other = psycopg.connect(f"postgresql://ivr@{postgresql_server.place}/postgres")
    other.execute(f"SELECT * FROM {store._address.schema}.live FOR UPDATE")
    with store.lease("call", within=0.05), pytest.raises(StoreError, match="kept it locked for too long"):
        take(store, 2)
    other.rollback()
    other.close()
    assert take(store, 2)


def test_units_that_lock_the_same_documents_in_another_order_do_not_fail(store: PostgresqlStore) -> None:
    names, written = ["a", "b", "c"], []

    def work(number: int) -> None:
        for _ in range(20):
            while True:
                texts = [(name, store.text("c", name)) for name in (names if number else names[::-1])]
                changes = [
                    DocumentChange("c", n, text, f'{{"n":{len(text or "")}, "by":{number}}}') for n, text in texts
                ]
                if store.commit(Changes(documents=changes)):
                    written.append(number)
                    break

    threads = [threading.Thread(target=work, args=(number,)) for number in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(PATIENCE)
    assert len(written) == 60


def test_more_threads_than_connections_wait_for_one(new_address: Callable[[str], str]) -> None:
    store = open_store(new_address("postgresql") + "&connections=2")
    done: list[bool] = []
    threads = [
        threading.Thread(target=lambda n=n: done.append(store.save(turn(1, str(n)), [], expected=None)))  # type: ignore[misc]
        for n in range(8)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(PATIENCE)
    assert done == [True] * 8
    held, free = threading.Event(), threading.Event()

    def hold(call_id: str) -> None:
        with store.lease(call_id):
            held.set()
            free.wait(PATIENCE)

    holders = [threading.Thread(target=hold, args=(call_id,)) for call_id in ("a", "b")]
    for holder in holders:
        holder.start()
        held.wait(PATIENCE)
        held.clear()
    with store.waiting(0.05), pytest.raises(StoreError, match="all 2 connections are in use"):
        store.load("call")
    free.set()
    for holder in holders:
        holder.join(PATIENCE)
    store.close()


def test_a_server_that_was_stopped_killed_or_hung_is_used_again_without_a_restart_of_ours(
    own_postgresql_server: PostgresqlServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    server = own_postgresql_server
    store = open_store(server.url())
    assert isinstance(store, PostgresqlStore)
    number = 0
    for how in (signal.SIGINT, signal.SIGQUIT):
        number += 1
        assert take(store, number)
        server.stop(how)
        for _ in range(3):
            with pytest.raises(StoreError, match=GONE), store.lease("call", key="x"):
                pass
        with pytest.raises(StoreError, match=GONE):
            store.ping()
        server.start()
        wait_until(lambda: _pings(store))
        saved = store.load("call")
        assert saved is not None
        assert saved.turn == number, "every turn that was reported is there"
    monkeypatch.setattr(_breaker, "STUCK_SECONDS", 0.3)
    server.freeze()
    with store.waiting(0.6), pytest.raises(StoreError, match="not answered within"):
        store.load("call")
    assert store._exchanges.pool.breaker.is_open(time.monotonic())
    server.thaw()
    wait_until(lambda: _pings(store))
    assert take(store, number + 1)
    store.close()


def _pings(store: PostgresqlStore) -> bool:
    try:
        store.ping()
    except StoreError:
        return False
    return True


WRITE = """
import sys
from ivr.engine.ports import Changes, JournalRow, Saved
from ivr.errors import StoreError
from ivr.stores import open_store
store, n = open_store(sys.argv[1]), 0
print("ready", flush=True)
while True:
    n += 1
    call = Saved("call", n, f"key {n}", b"c" * 3000, b"r")
    assert store.commit(Changes(call, n - 1 or None, 1.0, [JournalRow("call", n, 0.0, "turn", "{}")]))
    print(n, flush=True)
"""


def test_a_server_that_is_killed_while_turns_are_written_loses_none_that_was_reported(
    own_postgresql_server: PostgresqlServer,
) -> None:
    for cycle in range(3):
        url = own_postgresql_server.url()
        command = [sys.executable, "-c", WRITE, url]
        writer = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
        assert writer.stdout is not None
        lines = [writer.stdout.readline() for _ in range(30 + 40 * cycle)]
        own_postgresql_server.kill()
        reported, words = writer.communicate(timeout=PATIENCE)
        assert "ServerGone" in words
        own_postgresql_server.start()
        store = open_store(url)
        saved = store.load("call")
        assert saved is not None
        last = max(int(line) for line in [*lines[1:], *reported.split()])
        assert saved.turn >= last
        assert [row.turn for row in store.journal("call")] == list(range(1, saved.turn + 1))
        store.close()


def test_a_client_that_is_killed_in_the_middle_of_a_lease_frees_it_at_once(
    store: PostgresqlStore, postgresql_server: PostgresqlServer
) -> None:
    code = (
        "import sys\nfrom ivr.stores import open_store\nstore = open_store(sys.argv[1])\n"
        "with store.lease('call'):\n    print('held', flush=True)\n    sys.stdin.read()"
    )
    url = postgresql_server.url(store._address.schema)
    command = [sys.executable, "-c", code, url]
    holder = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    assert holder.stdout is not None
    assert holder.stdout.readline() == "held\n"
    with pytest.raises(StoreError, match="another machine or process has held"), store.lease("call", within=0.05):
        pass
    holder.kill()
    holder.wait()
    with store.lease("call"):
        pass
    holder.communicate()


def test_past_calls_and_the_journal_refuse_changes_by_others(
    store: PostgresqlStore, postgresql_server: PostgresqlServer
) -> None:
    store.save(turn(1, ended=True), [JournalRow("call", 1, 1.0, "turn", "{}")], expected=None)
    with psycopg.connect(f"postgresql://ivr@{postgresql_server.place}/postgres", autocommit=True) as other:
        other.execute(f"SET search_path = {store._address.schema}")
        for statement in ("UPDATE past SET turn = 7", "DELETE FROM journal", "TRUNCATE journal", "DELETE FROM past"):
            with pytest.raises(psycopg.errors.RaiseException, match="append-only"):
                other.execute(statement)
    assert store.prune(2.0) == 1
    assert store.load("call") is None


def test_operators_decide_what_a_commit_waits_for(new_address: Callable[[str], str]) -> None:
    for options, setting in (("", b"on"), ("&synchronous_commit=off", b"off")):
        store = open_store(new_address("postgresql") + options)
        assert isinstance(store, PostgresqlStore)
        connection = store._exchanges.hold()
        assert connection.run("SHOW synchronous_commit", time.monotonic() + PATIENCE) == [(setting,)]
        store._exchanges.drop()
        store.close()
