from __future__ import annotations

import gc
import os
import shutil
import sqlite3
import stat
import subprocess
import sys
import threading
import warnings
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from ivr.engine.ports import JournalRow, Saved
from ivr.errors import SettingsError, StoreError
from ivr.stores import _deadline, _sqlite_connections, open_store, sqlite
from ivr.stores.sqlite import SqliteStore


def new_address(request: pytest.FixtureRequest, folder: Path) -> str:
    """Return the address of an empty store, for the contracts of all stores."""
    return f"sqlite:///{folder}/var/ivr.db"


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "var" / "ivr.db"


@pytest.fixture
def store(file: Path) -> Iterator[SqliteStore]:
    opened = SqliteStore(file)
    yield opened
    opened.close()


def turn(number: int, *, call_id: str = "call", ended: bool = False, size: int = 1000) -> Saved:
    return Saved(call_id, number, "key", b"c" * size, b"<Response/>", ended)


def row(number: int) -> JournalRow:
    return JournalRow("call", number, 0.5, "turn", "{}")


def connection_of(store: SqliteStore) -> sqlite3.Connection:
    return store._connections.get()


@pytest.mark.parametrize(
    "url",
    [
        "sqlite:ivr.db",
        "sqlite://ivr.db",
        "sqlite:///",
        "sqlite:///ivr.db?synchronous=OFF",
        "sqlite:///ivr.db?journal=x",
    ],
)
def test_an_address_that_makes_no_sense_is_refused(url: str) -> None:
    with pytest.raises(SettingsError, match="SQLite address"):
        open_store(url)


def test_a_relative_file_stays_the_same_when_the_working_folder_changes(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "elsewhere").mkdir()
    monkeypatch.chdir(tmp_path)
    store = open_store("sqlite:///var/my%20calls.db")
    monkeypatch.chdir(tmp_path / "elsewhere")
    results: list[bool] = []
    thread = threading.Thread(target=lambda: results.append(store.save(turn(1), [], expected=None)))
    thread.start()
    thread.join()
    store.close()
    assert results == [True]
    assert (tmp_path / "var" / "my calls.db").exists()


@pytest.mark.parametrize(("option", "level"), [("", 1), ("?synchronous=NORMAL", 1), ("?synchronous=full", 2)])
def test_how_hard_a_turn_is_written_is_chosen_in_the_address(file: Path, option: str, level: int) -> None:
    store = open_store(f"sqlite:///{file}{option}")
    assert isinstance(store, SqliteStore)
    assert connection_of(store).execute("PRAGMA synchronous").fetchone() == (level,)
    assert connection_of(store).execute("PRAGMA journal_mode").fetchone() == ("wal",)
    assert connection_of(store).execute("PRAGMA wal_autocheckpoint").fetchone() == (0,)
    store.close()


def test_only_this_user_can_read_the_files(store: SqliteStore, file: Path) -> None:
    store.save(turn(1), [], expected=None)
    modes = {path.name: stat.S_IMODE(path.stat().st_mode) for path in file.parent.iterdir()}
    assert modes == dict.fromkeys(("ivr.db", "ivr.db-lease", "ivr.db-shm", "ivr.db-wal"), 0o600)


def test_live_calls_are_found_by_their_key_alone(store: SqliteStore) -> None:
    plan = connection_of(store).execute(f"EXPLAIN QUERY PLAN {sqlite.LOAD}", ("k", "call") * 2).fetchall()
    assert [step[3] for step in plan if step[3].startswith(("SEARCH", "SCAN"))] == [
        "SEARCH live USING INDEX sqlite_autoindex_live_1 (call_id=?)",
        "SEARCH replies USING INDEX sqlite_autoindex_replies_1 (call_id=? AND key=?) LEFT-JOIN",
        "SEARCH past USING INDEX sqlite_autoindex_past_1 (call_id=?)",
        "SEARCH replies USING INDEX sqlite_autoindex_replies_1 (call_id=? AND key=?) LEFT-JOIN",
    ]
    plan = connection_of(store).execute(f"EXPLAIN QUERY PLAN {sqlite.READ_CALL}", ("call", 1, 0)).fetchall()
    assert "journal_of_call" in plan[0][3]


@pytest.mark.parametrize("ended", [False, True])
def test_a_turn_with_its_journal_is_one_commit(store: SqliteStore, ended: bool) -> None:
    store.save(turn(1), [], expected=None)
    said: list[str] = []
    connection_of(store).set_trace_callback(said.append)
    store.save(turn(2, ended=ended), [row(2), row(2)], expected=1)
    connection_of(store).set_trace_callback(None)
    assert said[0] == "BEGIN IMMEDIATE"
    assert [text for text in said if text == "COMMIT"] == ["COMMIT"] == said[-1:]


def statements(store: SqliteStore, read: Callable[[], object]) -> list[str]:
    """Return the first words of the statements that a block of reads runs."""
    texts: list[str] = []
    connection_of(store).set_trace_callback(texts.append)
    with store.reading():
        read()
    connection_of(store).set_trace_callback(None)
    return [text.split()[0] for text in texts]


def test_reads_in_one_block_are_one_transaction_and_an_empty_block_is_none(store: SqliteStore) -> None:
    def read() -> None:
        store.load("call", "key")
        store.get("c", "k")
        store.rows_since(0)

    assert statements(store, lambda: None) == []
    assert statements(store, read) == ["BEGIN", "SELECT", "SELECT", "SELECT", "COMMIT"]
    assert statements(store, lambda: store.load("call")) == ["BEGIN", "SELECT", "COMMIT"]


def test_a_call_with_any_of_its_replies_is_read_in_one_statement(store: SqliteStore) -> None:
    store.save(turn(1), [], expected=None)
    texts: list[str] = []
    connection_of(store).set_trace_callback(texts.append)
    for call_id, key in (("call", "key"), ("call", "other"), ("nobody", "")):
        store.load(call_id, key)
    connection_of(store).set_trace_callback(None)
    assert len(texts) == 3


@pytest.mark.parametrize("table", ["past", "journal", "releases"])
@pytest.mark.parametrize("verb", ["DELETE FROM {}", "UPDATE {} SET rowid = rowid + 10"])
def test_the_past_cannot_be_changed_even_by_hand(store: SqliteStore, file: Path, table: str, verb: str) -> None:
    store.save(turn(1, ended=True), [row(1)], expected=None)
    store.keep_release("abc", {})
    other = sqlite3.connect(file)
    with pytest.raises(sqlite3.IntegrityError, match=f"{table} is append-only"):
        other.execute(verb.format(table))
    other.close()


def test_a_row_that_cannot_be_written_takes_its_turn_with_it(store: SqliteStore) -> None:
    store.save(turn(1), [], expected=None)
    with pytest.raises(UnicodeEncodeError):
        store.save(turn(2), [JournalRow("call", 2, 0, "turn", "\ud800")], expected=1)
    with pytest.raises(StoreError):
        store.save(turn(2), [JournalRow("call", 2, 0, None, "{}")], expected=1)  # type: ignore[arg-type]
    assert store.load("call") == turn(1)
    assert store.save(turn(2), [row(2)], expected=1)


def test_a_full_disk_is_said_and_harms_nothing(store: SqliteStore, file: Path) -> None:
    store.save(turn(1), [], expected=None)
    pages = connection_of(store).execute("PRAGMA page_count").fetchone()[0]
    connection_of(store).execute(f"PRAGMA max_page_count = {pages}")
    with pytest.raises(StoreError) as caught:
        store.save(turn(2, size=50_000), [], expected=1)
    assert str(caught.value) == f"{file}: the disk is full"
    connection_of(store).execute("PRAGMA max_page_count = 100000")
    assert store.load("call") == turn(1)
    assert store.save(turn(2), [], expected=1)


QUOTA = """
import resource, sys
from ivr.errors import StoreError
from ivr.stores import open_store
from ivr.engine.ports import Saved
store = open_store(sys.argv[1])
resource.setrlimit(resource.RLIMIT_FSIZE, (200_000, 200_000))
turn = 0
try:
    while turn < 500 and store.save(Saved("call", turn + 1, "k", b"c" * 3000, b"r"), [], expected=turn or None):
        turn += 1
except StoreError as fault:
    print(turn, fault)
try:
    store.ping()
except StoreError as fault:
    print("ping", fault)
print(store.load("call").turn)
store.close()
"""


def test_a_file_that_may_not_grow_is_said_and_every_saved_turn_is_there(file: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-c", QUOTA, f"sqlite:///{file}"], capture_output=True, text=True, timeout=20
    )
    assert not done.stderr
    saved, ping, loaded = done.stdout.splitlines()
    assert saved.partition(" ")[2] == f"{file}: the disk reported a fault"
    assert ping == f"ping {file}: the disk reported a fault"
    assert loaded == saved.partition(" ")[0]


def test_what_is_no_database_is_refused_and_left_alone(file: Path) -> None:
    file.parent.mkdir()
    file.write_text("flow: main_menu\n" * 100)
    with pytest.raises(StoreError, match=r"ivr\.db: it is not a SQLite database"):
        SqliteStore(file)
    assert file.read_text().startswith("flow: main_menu")


def test_a_database_of_another_program_is_refused_and_left_alone(file: Path) -> None:
    file.parent.mkdir()
    other = sqlite3.connect(file)
    other.execute("CREATE TABLE customers (name)")
    other.close()
    with pytest.raises(StoreError, match="another program"):
        SqliteStore(file)
    other = sqlite3.connect(file)
    assert other.execute("PRAGMA journal_mode").fetchone() == ("delete",)
    other.close()


def test_a_file_of_a_newer_version_is_refused(file: Path) -> None:
    SqliteStore(file).close()
    newer = sqlite3.connect(file)
    newer.execute("PRAGMA user_version = 99")
    newer.close()
    with pytest.raises(StoreError, match="newer version of ivr"):
        SqliteStore(file)


def test_a_folder_in_place_of_the_file_or_a_file_in_place_of_the_folder_is_said(tmp_path: Path) -> None:
    (tmp_path / "ivr.db").mkdir()
    with pytest.raises(StoreError, match=r"ivr\.db: it cannot be opened"):
        SqliteStore(tmp_path / "ivr.db")
    (tmp_path / "var").write_text("")
    with pytest.raises(StoreError, match=r"var/ivr\.db: "):
        SqliteStore(tmp_path / "var" / "ivr.db")


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write anywhere")
def test_a_read_only_file_is_said(file: Path) -> None:
    SqliteStore(file).close()
    file.chmod(0o400)
    with pytest.raises(StoreError, match="read-only"):
        SqliteStore(file).ping()


def test_a_lock_that_another_program_keeps_is_said(
    file: Path, monkeypatch: pytest.MonkeyPatch, store: SqliteStore
) -> None:
    monkeypatch.setattr(_deadline, "BUSY_SECONDS", 0.02)
    other = sqlite3.connect(file, isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    with pytest.raises(StoreError, match="locked for too long"):
        store.save(turn(1), [], expected=None)
    with pytest.raises(StoreError, match="locked for too long"):
        store.ping()
    other.execute("ROLLBACK")
    other.close()
    assert store.save(turn(1), [], expected=None)


def test_each_of_the_threads_that_queue_behind_a_writer_has_a_bounded_wait_of_its_own(
    file: Path, monkeypatch: pytest.MonkeyPatch, store: SqliteStore
) -> None:
    monkeypatch.setattr(_deadline, "BUSY_SECONDS", 0.02)
    faults: list[str] = []

    def work(number: int) -> None:
        try:
            store.save(turn(1, call_id=f"{number}"), [], expected=None)
        except StoreError as fault:
            faults.append(str(fault))

    threads = [threading.Thread(target=work, args=(number,)) for number in range(8)]
    with store._writing:  # longer than any of them waits: until all have given up
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    assert faults == [f"{file}: other processes have kept it locked for too long"] * 8
    assert store.save(turn(1), [], expected=None)


def test_a_closed_store_says_so(file: Path) -> None:
    store = SqliteStore(file)
    store.close()
    store.close()
    with pytest.raises(StoreError, match="closed"):
        store.load("call")
    with pytest.raises(StoreError, match="closed"):
        store.save(turn(1), [], expected=None)
    with pytest.raises(StoreError, match="closed"), store.lease("call"):
        pass


def test_a_connection_is_closed_when_its_thread_ends(store: SqliteStore) -> None:
    def work() -> None:
        store.load("call")

    for _ in range(5):
        thread = threading.Thread(target=work)
        thread.start()
        thread.join()
    gc.collect()
    assert len(store._connections._open) == 1


def test_nothing_is_left_open(file: Path) -> None:
    before = len(os.listdir("/proc/self/fd"))
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        for _ in range(3):
            store = SqliteStore(file)
            store.save(turn(1, call_id=os.urandom(4).hex()), [], expected=None)
            store.close()
        del store
        gc.collect()
    assert [str(warning.message) for warning in caught] == []
    assert len(os.listdir("/proc/self/fd")) == before


def test_a_store_that_is_forgotten_ends_its_thread(file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sqlite, "CHECKPOINT_SECONDS", 0.02)
    store = SqliteStore(file)
    store.save(turn(1), [], expected=None)
    thread = store._checkpoints
    assert thread is not None
    del store
    gc.collect()
    thread.join(2)
    assert not thread.is_alive()


def test_the_log_is_copied_back_by_a_thread_of_its_own(file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sqlite, "CHECKPOINT_TURNS", 50)
    store = SqliteStore(file)
    for number in range(1, 1001):
        store.save(turn(number, size=3000), [row(number)], expected=number - 1 or None)
    deadline = threading.Event()
    for _ in range(200):
        if file.stat().st_size > 40_000:
            break
        deadline.wait(0.01)
    log = file.with_name("ivr.db-wal").stat().st_size
    store.close()
    assert file.stat().st_size > 40_000
    assert log < 1000 * 4 * 4096
    assert not file.with_name("ivr.db-wal").exists()


def test_a_log_that_has_grown_too_long_is_cut(store: SqliteStore, file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sqlite, "LONGEST_LOG", 100_000)
    for number in range(1, 60):
        store.save(turn(number, size=3000), [row(number)], expected=number - 1 or None)
    log = file.with_name("ivr.db-wal")
    assert log.stat().st_size > 100_000
    store._checkpoint()
    assert log.stat().st_size == 0
    assert store.load("call") == turn(59, size=3000)


def test_several_processes_may_make_the_same_new_store_at_once(file: Path) -> None:
    code = "import sys; from ivr.stores import open_store; sys.stdin.readline(); open_store(sys.argv[1]).close()"
    command = [sys.executable, "-c", code, f"sqlite:///{file}"]
    workers = [subprocess.Popen(command, stdin=subprocess.PIPE, stderr=subprocess.PIPE, text=True) for _ in range(4)]
    for worker in workers:
        assert worker.stdin is not None
        worker.stdin.write("go\n")
        worker.stdin.flush()
    assert [worker.communicate(timeout=20)[1] for worker in workers] == [""] * 4


def test_every_fault_that_operators_meet_has_a_sentence() -> None:
    assert all(reason and reason[0].islower() for reason in _sqlite_connections.REASONS.values())


def overwritten(file: Path) -> None:
    with file.open("r+b") as opened:
        opened.write(b"x" * 200)


def replaced(file: Path) -> None:
    shutil.copy(file, file.with_name("copy"))
    file.with_name("copy").rename(file)


@pytest.mark.parametrize(
    ("harm", "words"),
    [
        (Path.unlink, "deleted while in use"),
        (replaced, "replaced by another file"),
        (lambda file: os.truncate(file, 5000), "cut off"),
        (lambda file: os.truncate(file, 50), "overwritten"),
        (overwritten, "overwritten"),
    ],
    ids=["deleted", "replaced", "cut off", "cut off in the header", "overwritten"],
)
def test_a_file_that_is_harmed_while_in_use_is_noticed(tmp_path, harm, words):
    store = SqliteStore(tmp_path / "ivr.db")
    try:
        store.keep_release("v1", {"a.yaml": "x" * 100_000})
        store._connections.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()
        store.ping()
        harm(tmp_path / "ivr.db")
        with pytest.raises(StoreError, match=words):
            store.ping()
    finally:
        store.close()


def test_a_damaged_page_that_a_turn_meets_makes_the_store_unusable(tmp_path):
    store = SqliteStore(tmp_path / "ivr.db")
    try:
        store.ping()
        damage = sqlite3.DatabaseError()
        damage.sqlite_errorcode = sqlite3.SQLITE_CORRUPT
        assert "damaged" in str(store._connections.fault(damage))
        with pytest.raises(StoreError, match="damaged"):
            store.ping()
    finally:
        store.close()


def test_a_log_that_cannot_be_shortened_is_told_of(tmp_path, monkeypatch):
    monkeypatch.setattr(sqlite, "LONGEST_LOG", 100_000)
    store = SqliteStore(tmp_path / "ivr.db")
    reader = sqlite3.connect(tmp_path / "ivr.db", isolation_level=None)
    try:
        reader.execute("BEGIN")
        reader.execute("SELECT count(*) FROM releases").fetchone()
        assert list(store.troubles()) == []
        for number in range(10):
            store.keep_release(f"v{number}", {"a.yaml": "x" * 100_000})
            store._checkpoint()
        [trouble] = store.troubles()
        assert "keeps reading" in trouble
        reader.execute("COMMIT")
        store._unsynced = 1
        store._checkpoint()
        assert list(store.troubles()) == []
    finally:
        reader.close()
        store.close()
