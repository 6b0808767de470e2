"""The promises of `CallStore`, held by every store."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from ivr.engine.ports import CallStore, JournalRow, Saved
from ivr.errors import StoreError
from ivr.settings import store_kinds
from ivr.stores import open_store
from ivr.stores.memory import MemoryStore
from ivr.stores.sqlite import SqliteStore

from .stores import ADDRESSES

CALL = "CA" + "1" * 32

"""An address for every kind of store; one without an address here fails the first test."""


@pytest.fixture(params=sorted(ADDRESSES))
def url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    address: str = ADDRESSES[request.param]
    return address.format(folder=tmp_path)


@pytest.fixture
def store(url: str) -> Iterator[CallStore]:
    opened = open_store(url)
    yield opened
    opened.close()


@pytest.fixture
def shared(tmp_path: Path) -> str:
    """Give the address of a store that processes share, with its tables made."""
    address = ADDRESSES["sqlite"].format(folder=tmp_path)
    open_store(address).close()
    return address


def turn(number: int, *, call_id: str = CALL, key: str = "", ended: bool = False) -> Saved:
    return Saved(call_id, number, key or f"key-{number}", f"call {number}".encode(), b"<Response/>\x00", ended)


def row(number: int, *, call_id: str = CALL, kind: str = "turn") -> JournalRow:
    return JournalRow(call_id, number, 1795312800.125 + number, kind, f'{{"n": {number}}}')


def test_every_store_is_under_this_contract() -> None:
    assert set(ADDRESSES) == set(store_kinds())


def test_an_unknown_call_is_none(store: CallStore) -> None:
    assert store.load(CALL) is None
    assert store.live() == 0


def test_a_call_is_kept_as_it_was_left_turn_by_turn(store: CallStore) -> None:
    assert store.save(turn(1), [], expected=None)
    assert store.load(CALL) == turn(1)
    assert store.live() == 1
    assert store.save(turn(2), [], expected=1)
    assert store.load(CALL) == turn(2)
    assert store.live() == 1


def test_an_ended_call_is_kept_but_no_longer_live(store: CallStore) -> None:
    store.save(turn(1), [], expected=None)
    assert store.save(turn(2, ended=True), [], expected=1)
    assert store.load(CALL) == turn(2, ended=True)
    assert store.live() == 0


def test_a_call_can_begin_and_end_in_one_turn(store: CallStore) -> None:
    assert store.save(turn(1, ended=True), [], expected=None)
    assert store.load(CALL) == turn(1, ended=True)
    assert store.live() == 0


@pytest.mark.parametrize("ended", [False, True])
def test_an_ended_call_cannot_be_written_again(store: CallStore, ended: bool) -> None:
    store.save(turn(1, ended=True), [], expected=None)
    for expected in (None, 1):
        assert not store.save(turn(2, ended=ended), [row(2)], expected=expected)
    assert store.load(CALL) == turn(1, ended=True)
    assert list(store.journal()) == []


@pytest.mark.parametrize("ended", [False, True])
@pytest.mark.parametrize("expected", [None, 0, 2, 7])
def test_a_save_on_another_turn_than_expected_writes_nothing(
    store: CallStore, expected: int | None, ended: bool
) -> None:
    store.save(turn(1), [row(1)], expected=None)
    assert not store.save(turn(9, ended=ended), [row(9)], expected=expected)
    assert store.load(CALL) == turn(1)
    assert list(store.journal()) == [row(1)]
    assert store.live() == 1


@pytest.mark.parametrize("ended", [False, True])
def test_a_later_turn_of_an_unknown_call_writes_nothing(store: CallStore, ended: bool) -> None:
    assert not store.save(turn(2, ended=ended), [row(2)], expected=1)
    assert store.load(CALL) is None
    assert list(store.journal()) == []


def test_calls_do_not_touch_each_other(store: CallStore) -> None:
    for name in ("one", "two", "Two", "three "):
        assert store.save(turn(1, call_id=name), [], expected=None)
    store.save(turn(2, call_id="two", ended=True), [], expected=1)
    assert store.live() == 3
    assert store.load("Two") == turn(1, call_id="Two")
    assert store.load("three") is None


def test_the_journal_keeps_the_order_written(store: CallStore) -> None:
    store.save(turn(1), [row(1, kind="call"), row(1)], expected=None)
    store.save(turn(1, call_id="other"), [row(1, call_id="other")], expected=None)
    store.save(turn(2), [row(2)], expected=1)
    everything = [row(1, kind="call"), row(1), row(1, call_id="other"), row(2)]
    assert list(store.journal()) == everything
    assert list(store.journal(CALL)) == [everything[0], everything[1], everything[3]]
    assert list(store.journal("nobody")) == []


def test_calls_are_listed_the_newest_first_and_the_oldest_that_are_live(store: CallStore) -> None:
    for name in ("a", "b", "c", "d"):
        store.save(turn(1, call_id=name), [], expected=None)
    store.save(turn(2, call_id="b", ended=True), [], expected=1)
    store.save(turn(2, call_id="a", ended=True), [], expected=1)
    assert list(store.calls(live=True)) == ["d", "c"]
    assert list(store.calls(live=True, limit=1, oldest=True)) == ["c"]
    assert list(store.calls(live=False)) == ["a", "b"]
    assert list(store.calls(live=False, limit=1)) == ["a"]


def test_old_calls_are_forgotten_with_their_rows_and_nothing_else_is(store: CallStore) -> None:
    for number, name in enumerate(["old", "long", "new"]):
        store.save(turn(1, call_id=name), [row(number, call_id=name)], expected=None)
    store.save(turn(2, call_id="old", ended=True), [row(3, call_id="old")], expected=1)
    store.save(turn(2, call_id="long", ended=True), [row(9, call_id="long")], expected=1)
    assert store.prune(row(4).at, limit=3) == 3
    assert store.load("old") is not None
    assert store.prune(row(4).at, limit=3) == 1
    assert store.prune(row(4).at) == 0
    assert store.load("old") is None
    assert store.load("long") == turn(2, call_id="long", ended=True)
    assert store.load("new") == turn(1, call_id="new")
    assert list(store.journal()) == [row(9, call_id="long")]
    assert list(store.journal("long")) == [row(9, call_id="long")]


def test_a_journal_that_was_cut_is_read_in_pieces_as_before(store: CallStore) -> None:
    for number in range(1, 6):
        store.save(turn(1, call_id=str(number)), [row(number)], expected=None)
    store.prune(row(3).at)
    assert [r.turn for r in store.journal(limit=2)] == [3, 4]
    assert [r.turn for r in store.journal(after=2, limit=2)] == [5]
    assert list(store.journal(after=3)) == []
    store.prune(row(9).at)
    store.save(turn(1, call_id="next"), [row(7)], expected=None)
    assert list(store.journal()) == [row(7)]


def test_the_journal_is_read_in_pieces(store: CallStore) -> None:
    for number in range(1, 8):
        store.save(turn(number), [row(number)], expected=number - 1 or None)
        store.save(turn(1, call_id=f"other {number}"), [row(1, call_id=f"other {number}")], expected=None)
    assert [r.turn for r in store.journal(CALL, after=2, limit=3)] == [3, 4, 5]
    assert [r.turn for r in store.journal(CALL, after=7)] == []
    read: list[JournalRow] = []
    while piece := store.journal(after=len(read), limit=4):
        read += piece
    assert len(read) == 14
    assert [r for r in read if r.call_id == CALL] == list(store.journal(CALL))


def test_a_journal_that_was_read_does_not_change(store: CallStore) -> None:
    store.save(turn(1), [row(1)], expected=None)
    before = store.journal()
    store.save(turn(2), [row(2)], expected=1)
    assert list(before) == [row(1)]


def test_a_release_is_kept_as_it_was_first_given(store: CallStore) -> None:
    files = {"main_menu.yaml": "flow: main_menu\nsay: 您好\n", "b.yaml": ""}
    assert store.release("abc") is None
    store.keep_release("abc", files)
    store.keep_release("abc", {"main_menu.yaml": "something else"})
    store.keep_release("def", {})
    files["main_menu.yaml"] = "changed afterwards"
    assert store.release("abc") == {"main_menu.yaml": "flow: main_menu\nsay: 您好\n", "b.yaml": ""}
    assert store.release("def") == {}


def test_a_store_that_works_can_be_pinged(store: CallStore) -> None:
    store.ping()
    store.ping()


def test_bytes_and_odd_text_come_back_as_they_were(store: CallStore) -> None:
    saved = Saved("呼叫 'x'; --", 1, "k'", bytes(range(256)) * 40, b"")
    rows = [JournalRow(saved.call_id, 1, 0.1, "turn", '{"text": "“按1”\\u0000 😀"}')]
    store.save(saved, rows, expected=None)
    assert store.load(saved.call_id) == saved
    assert list(store.journal(saved.call_id)) == rows


def run_threads(count: int, work: Callable[[int], None]) -> None:
    threads = [threading.Thread(target=work, args=(number,)) for number in range(count)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)


def test_only_one_thread_at_a_time_has_a_call(store: CallStore) -> None:
    inside: list[int] = []
    together: list[int] = []

    def work(number: int) -> None:
        for _ in range(20):
            with store.lease(CALL):
                inside.append(number)
                together.append(len(inside))
                store.load(CALL)  # lets other threads run
                inside.remove(number)

    run_threads(8, work)
    assert together == [1] * 160


def test_eight_threads_write_one_call_and_no_turn_is_lost(store: CallStore) -> None:
    store.save(turn(1), [row(1)], expected=None)

    def work(_: int) -> None:
        for _ in range(25):
            with store.lease(CALL):
                saved = store.load(CALL)
                assert saved is not None
                assert store.save(turn(saved.turn + 1), [row(saved.turn + 1)], expected=saved.turn)

    run_threads(8, work)
    assert store.load(CALL) == turn(201)
    assert [r.turn for r in store.journal(CALL)] == list(range(1, 202))


def test_without_a_lease_only_one_of_eight_saves_wins(store: CallStore) -> None:
    wins: list[int] = []
    together = threading.Barrier(8)

    def work(number: int) -> None:
        for round_ in range(10):
            together.wait(10)
            expected = round_ or None
            if store.save(turn(round_ + 1, key=f"{number}"), [row(round_ + 1, kind=f"{number}")], expected=expected):
                wins.append(round_ + 1)

    run_threads(8, work)
    assert sorted(wins) == list(range(1, 11))
    assert [r.turn for r in store.journal()] == list(range(1, 11))
    saved = store.load(CALL)
    assert saved is not None
    assert store.journal()[-1].kind == saved.key


def test_eight_threads_run_whole_calls_of_their_own(store: CallStore) -> None:
    def work(number: int) -> None:
        for name in (f"{number}-{call}" for call in range(5)):
            for at in range(1, 5):
                saved = turn(at, call_id=name, ended=at == 4)
                with store.lease(name):
                    assert store.save(saved, [row(at, call_id=name)], expected=at - 1 or None)

    run_threads(8, work)
    assert store.live() == 0
    assert len(store.journal()) == 160
    assert all(store.load(f"{n}-{c}") == turn(4, call_id=f"{n}-{c}", ended=True) for n in range(8) for c in range(5))


def test_a_lease_is_freed_by_an_exception(store: CallStore) -> None:
    with pytest.raises(KeyError), store.lease(CALL):
        raise KeyError
    with store.lease(CALL):
        pass


def test_two_calls_are_held_by_two_threads_at_once(store: CallStore) -> None:
    both = threading.Barrier(2)

    def work(number: int) -> None:
        with store.lease(f"call {number}"):
            both.wait(5)

    run_threads(2, work)
    assert not both.broken


START = """
import os, sys, time
from ivr.stores import open_store
from ivr.engine.ports import Saved, JournalRow

def write(call_id, turn):
    row = JournalRow(call_id, turn, 0, "turn", "{}")
    return store.save(Saved(call_id, turn, sys.argv[1], b"c" * 3000, b"r"), [row], expected=turn - 1 or None)
"""


def process(code: str, url: str) -> subprocess.Popen[str]:
    """Start a process of its own that has the store open as `store` and prints a line when ready."""
    text = f"{START}store = open_store(sys.argv[1])\nprint('ready', flush=True)\n{code}"
    command = [sys.executable, "-c", text, url]
    started = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    assert started.stdout is not None
    assert started.stdout.readline() == "ready\n"
    return started


def line(started: subprocess.Popen[str]) -> str:
    assert started.stdout is not None
    return started.stdout.readline().strip()


COUNT = """
sys.stdin.readline()
for _ in range(100):
    with store.lease("call"):
        saved = store.load("call")
        assert write("call", saved.turn + 1 if saved else 1)
store.close()
"""


def test_two_processes_write_one_call_and_no_turn_is_lost(shared: str) -> None:
    workers = [process(COUNT, shared) for _ in range(2)]
    for worker in workers:
        assert worker.stdin is not None
        worker.stdin.write("go\n")
        worker.stdin.flush()
    for worker in workers:
        worker.communicate(timeout=30)
        assert worker.returncode == 0
    store = open_store(shared)
    assert [r.turn for r in store.journal("call")] == list(range(1, 201))
    store.close()


RACE = """
sys.stdin.readline()
print(sum(write(f"call {n}", 1) for n in range(100)), flush=True)
store.close()
"""


def test_of_two_processes_only_one_save_wins(shared: str) -> None:
    workers = [process(RACE, shared) for _ in range(2)]
    wins = [int(worker.communicate("go\n", timeout=30)[0]) for worker in workers]
    assert sum(wins) == 100


HOLD = """
with store.lease("call"):
    print("held", flush=True)
    sys.stdin.readline()
print("freed", flush=True)
sys.stdin.readline()
store.close()
"""


def test_a_lease_holds_over_processes_and_only_for_its_call(shared: str) -> None:
    holder, store = process(HOLD, shared), open_store(shared)
    assert line(holder) == "held"
    with store.lease("another call"):
        pass
    got = threading.Event()

    def wait() -> None:
        with store.lease("call"):
            got.set()

    waiting = threading.Thread(target=wait)
    waiting.start()
    assert not got.wait(0.05)
    holder.communicate("\n\n", timeout=10)
    waiting.join(5)
    assert got.is_set()
    store.close()


def test_a_killed_process_frees_its_lease(shared: str) -> None:
    holder, store = process(HOLD, shared), open_store(shared)
    assert line(holder) == "held"
    holder.send_signal(signal.SIGKILL)
    holder.communicate(timeout=10)
    with store.lease("call"):
        pass
    store.close()


WRITE = """
n = 0
while True:
    n += 1
    assert write("call", n)
    print(n, flush=True)
"""


def test_a_process_killed_while_writing_loses_no_turn_that_it_reported(tmp_path: Path) -> None:
    for cycle in range(4):
        url = f"sqlite:///{tmp_path}/ivr{cycle}.db"
        writer = process(WRITE, url)
        for _ in range(20 + cycle * 30):
            line(writer)
        writer.send_signal(signal.SIGKILL)
        reported = [int(text) for text in writer.communicate(timeout=10)[0].split()]
        store = open_store(url)
        saved = store.load("call")
        assert saved is not None
        assert saved.turn >= max(reported, default=0)
        assert [r.turn for r in store.journal("call")] == list(range(1, saved.turn + 1))
        assert store.save(turn(saved.turn + 1, call_id="call", ended=True), [], expected=saved.turn)
        store.close()


FORK = """
write("call", 1)
lease = store.lease("call")
lease.__enter__()
child = os.fork()
if not child:
    write("call", 2)
    store.close()
    print("child", flush=True)
    sys.exit(0)
os.waitpid(child, 0)
print(store.load("call").turn, flush=True)
lease.__exit__(None, None, None)
if not os.fork():
    with store.lease("call"):
        write("call", 3)
    os._exit(0)
os.wait()
write("call", 4)
store.close()
print("closed", flush=True)
"""


def test_a_store_may_be_carried_over_a_fork(shared: str) -> None:
    parent = process(FORK, shared)
    assert parent.communicate(timeout=20)[0].split("\n") == ["child", "2", "closed", ""]
    assert parent.returncode == 0
    store = open_store(shared)
    saved = store.load("call")
    store.close()
    assert saved is not None
    assert saved.turn == 4


FORK_HOLDING = """
with store.lease("call"):
    if child := os.fork():
        print(child, flush=True)
    signal.pause()
"""


def test_a_fork_does_not_keep_the_lease_of_a_killed_parent(shared: str) -> None:
    parent, store = process(FORK_HOLDING, shared), open_store(shared)
    child = int(line(parent))
    parent.send_signal(signal.SIGKILL)
    parent.wait(10)
    try:
        with store.lease("call"):
            pass
    finally:
        os.kill(child, signal.SIGKILL)
        parent.communicate(timeout=10)
        store.close()


def test_a_lease_that_nobody_frees_is_a_fault_after_a_bounded_wait(tmp_path: Path) -> None:
    for store in (MemoryStore(lease_seconds=0.05), SqliteStore(tmp_path / "ivr.db", lease_seconds=0.05)):
        faults: list[str] = []

        def work(_: int, store: CallStore = store, faults: list[str] = faults) -> None:
            try:
                with store.lease(CALL):
                    pass
            except StoreError as fault:
                faults.append(str(fault))

        with store.lease(CALL):
            run_threads(1, work)
        assert faults == ["another request has held this call for over 0.05 s"]
        with store.lease(CALL):
            pass
        store.close()
