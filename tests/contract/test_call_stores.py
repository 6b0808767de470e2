"""The promises of `CallStore`, held by every store."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace

import pytest

from ivr.engine.ports import CallStore, Changes, DocumentChange, JournalRow, KeptReply, Saved
from ivr.errors import StoreError
from ivr.stores import Store, open_store
from ivr.stores.memory import MemoryStore

from .stores import KINDS, SHARED, run_together

CALL = "CA" + "1" * 32


@pytest.fixture(params=KINDS)
def url(request: pytest.FixtureRequest, new_address: Callable[[str], str]) -> str:
    return new_address(request.param)


@pytest.fixture
def store(url: str) -> Iterator[Store]:
    opened = open_store(url)
    yield opened
    opened.close()


@pytest.fixture(params=SHARED)
def shared(request: pytest.FixtureRequest, new_address: Callable[[str], str]) -> str:
    """Give the address of a store that processes share, with its tables made."""
    address = new_address(request.param)
    open_store(address).close()
    return address


def turn(number: int, *, call_id: str = CALL, key: str = "", ended: bool = False) -> Saved:
    return Saved(call_id, number, key or f"key-{number}", f"call {number}".encode(), b"<Response/>\x00", ended)


def row(number: int, *, call_id: str = CALL, kind: str = "turn") -> JournalRow:
    return JournalRow(call_id, number, 1795312800.125 + number, kind, f'{{"n": {number}}}')


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


REPLY = "<Response>{}</Response>"


def answered(number: int, *, ended: bool = False, key: str = "", call_id: str = CALL) -> Changes:
    """Return the commit of a turn whose reply names the turn."""
    saved = Saved(
        call_id, number, key or f"key-{number}", b"call", REPLY.format(number).encode(), ended, repeated=b"not kept"
    )
    return Changes(saved, number - 1 or None, at=float(number))


def repeated(store: CallStore, key: str, call_id: str = CALL) -> bytes | None:
    saved = store.load(call_id, key)
    assert saved is not None
    return saved.repeated


@pytest.mark.parametrize("ended", [False, True])
def test_every_request_of_a_call_gets_its_reply_again_in_any_order(store: CallStore, ended: bool) -> None:
    for number in range(1, 8):
        assert store.commit(answered(number, ended=ended and number == 7))
    for number in (3, 7, 1, 6, 2, 5, 4, 3, 1):
        assert repeated(store, f"key-{number}") == REPLY.format(number).encode()
    assert repeated(store, "key-8") is None
    assert repeated(store, "") is None
    newest = store.load(CALL)
    assert newest is not None
    assert (newest.turn, newest.key, newest.ended) == (7, "key-7", ended)


def test_an_ended_turn_whose_key_is_that_of_the_turn_before_has_the_newest_reply(store: CallStore) -> None:
    store.commit(answered(1))
    store.commit(answered(2, key="key-1"))
    assert repeated(store, "key-1") == REPLY.format(2).encode()
    store.commit(answered(3, ended=True))
    assert repeated(store, "key-1") == REPLY.format(2).encode()


def test_replies_are_those_of_the_call_and_of_the_whole_key(store: CallStore) -> None:
    for name in ("one", "two"):
        for number in (1, 2):
            store.commit(answered(number, call_id=name, key=f"{name[0]}{number}"))
    assert repeated(store, "o1", "one") == REPLY.format(1).encode()
    assert repeated(store, "o1", "two") is None
    assert repeated(store, "O1", "one") is None
    assert store.load("nobody", "o1") is None


def test_replies_and_keys_come_back_byte_by_byte(store: CallStore) -> None:
    big, odd = bytes(range(256)) * 8000, "“键” 😀\x00'; --"
    store.commit(Changes(Saved("呼叫", 1, odd, b"c", big)))
    store.commit(Changes(Saved("呼叫", 2, "next", b"c", b""), 1))
    assert repeated(store, odd, "呼叫") == big
    assert repeated(store, odd.rstrip("-"), "呼叫") is None
    assert repeated(store, "next", "呼叫") == b""


def test_a_commit_that_writes_nothing_keeps_no_reply(store: CallStore) -> None:
    store.commit(answered(1))
    assert not store.commit(answered(3))
    assert not store.commit(replace(answered(2), documents=[DocumentChange("c", "k", "{}", "{}")]))
    store.commit(replace(answered(2, key="key-1"), expected=1))
    assert repeated(store, "key-1") == REPLY.format(2).encode()


def test_a_save_keeps_the_reply_from_its_last_row_on(store: CallStore) -> None:
    store.save(turn(1), [row(1)], expected=None)
    store.save(turn(2, ended=True), [row(2), row(3)], expected=1)
    assert repeated(store, "key-1") == turn(1).reply
    assert store.forget_replies(row(3).at) == 0
    assert store.forget_replies(row(4).at) == 1


def test_old_replies_of_ended_calls_are_forgotten_the_oldest_first_and_no_others(store: CallStore) -> None:
    for number in range(1, 5):
        for name in ("live", "ended", "late"):
            store.commit(answered(number, call_id=name, ended=name == "ended" and number == 4))
    assert store.forget_replies(2.0) == 0, "a reply is kept from the turn on that replaced it"
    assert store.forget_replies(4.0, limit=1) == 1
    assert (repeated(store, "key-1", "ended"), repeated(store, "key-2", "ended")) == (None, b"<Response>2</Response>")
    assert store.forget_replies(4.0) == 1
    assert store.forget_replies(4.0) == 0
    assert repeated(store, "key-3", "ended") == REPLY.format(3).encode()
    assert store.forget_replies(99.0) == 1
    assert repeated(store, "key-4", "ended") == REPLY.format(4).encode(), "the newest stays with its call"
    store.commit(answered(5, call_id="late", ended=True))
    assert store.forget_replies(99.0, limit=3) == 3
    assert store.forget_replies(99.0, limit=3) == 1
    assert all(repeated(store, f"key-{number}", "live") for number in range(1, 5))


def test_a_call_that_is_pruned_takes_its_replies_with_it(store: CallStore) -> None:
    store.save(turn(1), [row(1)], expected=None)
    store.save(turn(2, ended=True), [], expected=1)
    assert store.prune(row(9).at) == 1
    assert store.save(turn(1, key="new"), [], expected=None)
    assert repeated(store, "key-1") is None
    assert store.forget_replies(row(99).at) == 0


def documents(*changes: tuple[str, str | None, str | None]) -> Sequence[DocumentChange]:
    return [DocumentChange("c", *change) for change in changes]


def whole(number: int) -> Changes:
    """Return a commit of every part; it can be written after the one with the number before."""
    before = f'{{"n":{number - 1}}}' if number > 1 else None
    return replace(
        answered(number),
        rows=[row(number), row(number, kind="more")],
        documents=documents(("k", before, f'{{"n":{number}}}'), (f"only {number}", None, "{}")),
        board={"a": str(number).encode(), f"only {number}": b""},
        seen=number - 1,
    )


def state(store: Store) -> tuple[object, ...]:
    return (
        store.load(CALL),
        list(store.journal()),
        {key: store.text("c", key) for key in store.keys("c")},
        store.rows_since(0),
        store.live(),
        [repeated(store, f"key-{n}") for n in range(1, 4)] if store.load(CALL) else None,
    )


def test_all_parts_of_a_commit_are_written(store: Store) -> None:
    assert store.commit(whole(1))
    assert store.commit(whole(2))
    saved = store.load(CALL)
    assert saved is not None
    assert saved.turn == 2
    assert [r.kind for r in store.journal(CALL)] == ["turn", "more"] * 2
    assert store.text("c", "k") == '{"n":2}'
    assert list(store.keys("c")) == ["k", "only 1", "only 2"]
    assert store.rows_since(0) == (2, {"a": b"2", "only 1": b"", "only 2": b""})


CONFLICTS: dict[str, Callable[[Changes], Changes]] = {
    "a turn too high": lambda changes: replace(changes, expected=2),
    "a call that is not new": lambda changes: replace(changes, expected=None),
    "a document that is another": lambda changes: replace(changes, documents=documents(("k", '{"n":7}', "{}"))),
    "a document that must not be": lambda changes: replace(changes, documents=documents(("k", None, "{}"))),
    "a document to delete that is none": lambda changes: replace(changes, documents=documents(("no", "{}", None))),
    "a document that was only read": lambda changes: replace(changes, documents=documents(("k", "{}", "{}"))),
    "a document that must be missing": lambda changes: replace(changes, documents=documents(("k", None, None))),
    "the last of three documents": lambda changes: replace(
        changes, documents=[*changes.documents, *documents(("only 1", None, "{}"))]
    ),
    "a board too new": lambda changes: replace(changes, seen=2),
    "a board too old": lambda changes: replace(changes, seen=0),
}


@pytest.mark.parametrize("ended", [False, True])
@pytest.mark.parametrize("conflict", CONFLICTS)
def test_a_conflict_in_one_part_writes_nothing_of_any_other(store: Store, conflict: str, ended: bool) -> None:
    store.commit(whole(1))
    before = state(store)
    changes = whole(2)
    assert changes.call is not None
    changes = replace(changes, call=replace(changes.call, ended=ended))
    assert not store.commit(CONFLICTS[conflict](changes))
    assert state(store) == before
    assert store.commit(changes)


def test_what_cannot_be_written_in_one_part_takes_all_others_with_it(store: Store) -> None:
    store.commit(whole(1))
    before = state(store)
    with pytest.raises(TypeError):
        store.commit(replace(whole(2), rows=7))  # type: ignore[arg-type]
    assert state(store) == before
    assert store.commit(whole(2))


def test_documents_are_added_replaced_deleted_and_checked_without_a_call(store: Store) -> None:
    assert store.commit(Changes(documents=documents(("a", None, "{}"), ("b", None, '{"名":"张伟 😀"}'))))
    assert store.get("c", "b") == {"名": "张伟 😀"}
    assert store.commit(Changes(documents=documents(("a", "{}", None), ("b", store.text("c", "b"), "{}"))))
    assert list(store.keys("c")) == ["b"]
    assert store.commit(Changes(documents=documents(("a", None, None), ("b", "{}", "{}"))))
    assert list(store.keys("c")) == ["b"]


def test_one_document_may_be_changed_twice_in_a_commit(store: Store) -> None:
    assert store.commit(Changes(documents=documents(("a", None, "{}"), ("a", "{}", '{"n":1}'))))
    assert not store.commit(Changes(documents=documents(("a", '{"n":1}', None), ("a", '{"n":1}', "{}"))))
    assert store.text("c", "a") == '{"n":1}'


def test_the_text_of_a_document_is_what_a_commit_expects(store: Store) -> None:
    assert store.text("c", "k") is None
    store.change("c", "k", lambda _: {"名": [1, None], "at": 1795312800})
    text = store.text("c", "k")
    assert text is not None
    assert store.commit(Changes(documents=[DocumentChange("c", "k", text, "{}")]))
    assert store.text("c", "k") == "{}"


def test_empty_changes_check_and_write_nothing(store: Store) -> None:
    assert store.commit(Changes())
    assert store.commit(Changes(seen=7))
    assert store.commit(Changes(rows=[row(1)]))
    assert list(store.journal()) == [row(1)]
    assert store.rows_since(0) == (0, {})


def test_reads_in_one_block_see_one_state_while_others_write(store: Store) -> None:
    if isinstance(store, MemoryStore):
        pytest.skip("a store in memory has no transactions for reads")
    store.commit(whole(1))
    began, wrote = threading.Event(), threading.Event()

    def write() -> None:
        began.wait(20)
        store.commit(whole(2))
        wrote.set()

    thread = threading.Thread(target=write)
    thread.start()
    with store.reading():
        first = state(store)
        began.set()
        wrote.wait(0.05)
        assert state(store) == first
    thread.join(20)
    assert wrote.is_set()
    assert store.text("c", "k") == '{"n":2}'


def test_nothing_is_written_while_reading_and_writing_goes_on_afterwards(store: Store) -> None:
    writes: list[Callable[[], object]] = [
        lambda: store.commit(whole(1)),
        lambda: store.save(turn(1), [], expected=None),
        lambda: store.change("c", "k", lambda _: {}),
        lambda: store.write_rows({"a": b"1"}, seen=0),
        lambda: store.forget_replies(1.0),
        lambda: store.prune(1.0),
        lambda: store.reading().__enter__(),
    ]
    for read_before in (False, True):
        for write in writes:
            with store.reading():
                if read_before:
                    store.load(CALL)
                with pytest.raises(StoreError, match="while the store is being read"):
                    write()
    assert state(store) == (None, [], {}, (0, {}), 0, None)
    assert store.commit(whole(1))


def test_a_block_of_reads_that_fails_is_closed(store: Store) -> None:
    with pytest.raises(KeyError), store.reading():
        raise KeyError
    with pytest.raises(AssertionError), store.reading():
        assert store.load(CALL)
    assert store.load(CALL) is None
    assert store.commit(whole(1))
    assert store.text("c", "k") == '{"n":1}'


def test_an_update_of_a_document_writes_and_reads_nothing_as_one(store: Store) -> None:
    writes: list[Callable[[], object]] = [
        lambda: store.commit(Changes(rows=[row(1)])),
        lambda: store.write_rows({"a": b"1"}, seen=0),
        lambda: store.reading().__enter__(),
    ]
    for write in writes:
        with pytest.raises(StoreError, match="must not change documents itself"):
            store.change("c", "k", lambda _: write())  # type: ignore[arg-type, return-value]  # noqa: B023
    assert state(store) == (None, [], {}, (0, {}), 0, None)


def test_what_need_not_wait_is_written_when_the_time_of_a_lease_is_over(store: Store) -> None:
    with store.lease(CALL, within=0):
        assert store.commit(whole(1))
        store.change("c", "k", lambda _: None)
    assert store.load(CALL) is not None


def test_the_reply_to_a_late_request_of_an_ended_call_is_kept_and_forgotten_like_the_others(store: Store) -> None:
    store.commit(Changes(turn(1, ended=True), at=1.0))
    late = KeptReply(CALL, "late", 1, 2.0, b"<late/>")
    assert store.commit(Changes(rows=[row(1)], replies=[late]))
    assert store.commit(Changes(replies=[late]))
    saved = store.load(CALL, "late")
    assert saved is not None
    assert saved.repeated == b"<late/>"
    assert store.forget_replies(2.0) == 0
    assert store.forget_replies(3.0) == 1
    assert store.load(CALL, "late") == turn(1, ended=True)


def test_of_threads_that_change_one_document_by_commits_none_loses_a_count(store: Store) -> None:
    def work(_: int) -> None:
        for _ in range(25):
            while True:
                text = store.text("c", "k")
                after = f'{{"n":{json.loads(text)["n"] + 1 if text else 1}}}'
                if store.commit(Changes(documents=[DocumentChange("c", "k", text, after)])):
                    break

    run_threads(4, work)
    assert store.get("c", "k") == {"n": 100}


START = """
import os, sys, time
from ivr.stores import Store, open_store
from ivr.engine.ports import Changes, DocumentChange, JournalRow, Saved

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


def after_a_kill(code: str, url: str, lines: int) -> tuple[Store, Saved]:
    """Kill a process that reports each turn once it is stored, after so many lines; return the store and the call."""
    writer = process(code, url)
    for _ in range(lines):
        line(writer)
    writer.send_signal(signal.SIGKILL)
    reported = [int(text) for text in writer.communicate(timeout=10)[0].split()]
    store = open_store(url)
    saved = store.load("call")
    assert saved is not None
    assert saved.turn >= max(reported, default=0)
    return store, saved


WRITE = """
n = 0
while True:
    n += 1
    assert write("call", n)
    print(n, flush=True)
"""


@pytest.mark.parametrize("kind", SHARED)
def test_a_process_killed_while_writing_loses_no_turn_that_it_reported(
    kind: str, new_address: Callable[[str], str]
) -> None:
    for cycle in range(4):
        store, saved = after_a_kill(WRITE, new_address(kind), 20 + cycle * 30)
        assert [r.turn for r in store.journal("call")] == list(range(1, saved.turn + 1))
        assert store.save(turn(saved.turn + 1, call_id="call", ended=True), [], expected=saved.turn)
        store.close()


RACE_DOCUMENT = """
import json
sys.stdin.readline()
for n in range(100):
    while True:
        text = store.text("c", "k")
        after = json.dumps({"n": json.loads(text)["n"] + 1 if text else 1})
        rows = [JournalRow(sys.argv[1], n, 0, "counted", after)]
        if store.commit(Changes(rows=rows, documents=[DocumentChange("c", "k", text, after)])):
            break
store.close()
"""


def test_two_processes_race_on_one_document_and_every_count_is_kept_once(shared: str) -> None:
    workers = [process(RACE_DOCUMENT, shared) for _ in range(2)]
    run_together(workers)
    store = open_store(shared)
    assert store.get("c", "k") == {"n": 200}
    assert [json.loads(r.data)["n"] for r in store.journal()] == list(range(1, 201))
    store.close()


UNIT = """
text = lambda n: '{"n": %d}' % n if n else None
n = 0
while True:
    n += 1
    assert store.commit(Changes(
        Saved("call", n, f"key {n}", b"c" * 3000, b"%d" % n), n - 1 or None, 1.0,
        [JournalRow("call", n, 0, "turn", "{}")] * 3,
        [DocumentChange("c", "k", text(n - 1), text(n)), DocumentChange("c", f"{n:06}", None, "{}")],
        {"a": b"%d" % n}, n - 1,
    ))
    print(n, flush=True)
"""


@pytest.mark.parametrize("kind", SHARED)
def test_a_process_killed_in_the_middle_of_commits_leaves_whole_ones(
    kind: str, new_address: Callable[[str], str]
) -> None:
    for cycle in range(4):
        store, saved = after_a_kill(UNIT, new_address(kind), 10 + cycle * 7)
        assert [r.turn for r in store.journal("call")] == [n for n in range(1, saved.turn + 1) for _ in range(3)]
        assert store.get("c", "k") == {"n": saved.turn}
        assert len(store.keys("c", prefix="0")) == saved.turn
        assert store.rows_since(0) == (saved.turn, {"a": saved.reply})
        assert all(repeated(store, f"key {n}", "call") == b"%d" % n for n in range(1, saved.turn + 1))
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


def test_a_lease_that_nobody_frees_is_a_fault_after_a_bounded_wait(store: CallStore) -> None:
    faults: list[str] = []

    def work(_: int) -> None:
        try:
            with store.lease(CALL, within=0.05):
                pass
        except StoreError as fault:
            faults.append(str(fault))

    with store.lease(CALL):
        run_threads(1, work)
    assert faults == ["another request has held this call for over 0.05 s"]
    with store.lease(CALL):
        pass
