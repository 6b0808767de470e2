"""The promises of `Documents`, held by every store."""

from __future__ import annotations

import subprocess
import sys
import threading
from collections.abc import Callable, Iterator, Mapping
from types import MappingProxyType
from typing import Any

import pytest

from ivr.engine.ports import Document, Saved
from ivr.errors import StoreError
from ivr.secret import Secret
from ivr.stores import Store, open_store

from .stores import KINDS, SHARED, run_together

TICKET = {"number": "T-1", "steps": ["收到", {"at": 1795312800, "by": None}], "open": True, "amount": "12.50"}


@pytest.fixture(params=KINDS)
def store(request: pytest.FixtureRequest, new_address: Callable[[str], str]) -> Iterator[Store]:
    opened = open_store(new_address(request.param))
    yield opened
    opened.close()


@pytest.fixture(params=SHARED)
def url(request: pytest.FixtureRequest, new_address: Callable[[str], str]) -> str:
    return new_address(request.param)


def put(store: Store, collection: str, *keys: str) -> None:
    for key in keys:
        store.change(collection, key, lambda _: {})


def counted(document: Document | None) -> Document:
    return {"count": (document["count"] if document else 0) + 1}


def test_an_unknown_document_is_none(store: Store) -> None:
    assert store.get("tickets", "T-1") is None
    assert list(store.keys("tickets")) == []


def test_a_document_comes_back_as_it_was_written(store: Store) -> None:
    assert store.change("tickets", "T-1", lambda _: TICKET) == TICKET
    assert store.get("tickets", "T-1") == TICKET
    assert type(store.get("tickets", "T-1")) is dict


@pytest.mark.parametrize("text", ["", "“按1” 😀", "nul \x00 in it", "' \"; --", "行\n\u2028"])
def test_odd_text_comes_back_in_documents_and_keys(store: Store, text: str) -> None:
    assert store.change(text, f"k{text}", lambda _: {text: text}) == {text: text}
    assert store.get(text, f"k{text}") == {text: text}
    assert list(store.keys(text)) == [f"k{text}"]


def test_any_map_and_sequence_can_be_written(store: Store) -> None:
    document = MappingProxyType({"map": MappingProxyType({"n": 10**30}), "sequence": (1, 2)})
    assert store.change("c", "k", lambda _: document) == {"map": {"n": 10**30}, "sequence": [1, 2]}


def test_an_update_gets_what_is_stored(store: Store) -> None:
    seen: list[Document | None] = []

    def update(document: Document | None) -> Document:
        seen.append(document)
        return {"n": len(seen) - 1}

    for _ in range(3):
        store.change("c", "k", update)
    assert seen == [None, {"n": 0}, {"n": 1}]


def test_an_update_that_returns_none_deletes(store: Store) -> None:
    put(store, "c", "k", "other")
    assert store.change("c", "k", lambda _: None) is None
    assert store.get("c", "k") is None
    assert list(store.keys("c")) == ["other"]
    assert store.change("c", "never there", lambda _: None) is None


def test_an_update_that_raises_changes_nothing_and_is_heard(store: Store) -> None:
    store.change("c", "k", lambda _: {"n": 1})

    def refuse(document: Mapping[str, Any] | None) -> Document:
        if isinstance(document, dict):
            document["n"] = 2
        raise OSError("no")

    for key in ("k", "new"):
        with pytest.raises(OSError, match="no"):
            store.change("c", key, refuse)
    assert store.get("c", "k") == {"n": 1}
    assert list(store.keys("c")) == ["k"]
    assert store.change("c", "k", lambda _: {"n": 3}) == {"n": 3}


def test_what_was_handed_out_or_in_is_no_way_into_the_store(store: Store) -> None:
    mine: dict[str, Any] = {"steps": ["one"]}
    handed: list[Any] = [store.change("c", "k", lambda _: mine), mine]
    handed.append(store.get("c", "k"))
    store.change("c", "k", lambda document: handed.append(document) or document)  # type: ignore[func-returns-value]
    for document in handed:
        document["steps"].append("two")
        document["more"] = 1
    assert store.get("c", "k") == {"steps": ["one"]}


@pytest.mark.parametrize("value", [Secret("pin", "246813"), {1, 2}, b"bytes", float("nan"), object()])
def test_what_is_not_json_is_refused_without_showing_it(store: Store, value: object) -> None:
    with pytest.raises((TypeError, ValueError)) as caught:
        store.change("c", "k", lambda _: {"list": [value]})
    assert "246813" not in str(caught.value)
    assert store.get("c", "k") is None


def test_a_document_is_a_map(store: Store) -> None:
    with pytest.raises(TypeError, match="not list"):
        store.change("c", "k", lambda _: ["a"])  # type: ignore[arg-type, return-value]


def test_collections_do_not_touch_each_other(store: Store) -> None:
    store.change("tickets", "1", lambda _: {"a": 1})
    store.change("tries", "1", lambda _: {"b": 2})
    store.change("Tickets", "1", lambda _: None)
    assert store.get("tickets", "1") == {"a": 1}
    assert store.get("tries", "1") == {"b": 2}


def test_keys_are_in_order_of_code_points(store: Store) -> None:
    keys = ["\U00020000", "乙", "Z", "a", "10", "9", "甲", "\uffff", "a b", "é", "_", "a\x00", ""]
    put(store, "c", *keys)
    assert list(store.keys("c")) == sorted(keys)[1:], "the empty key is not behind the empty text"


@pytest.mark.parametrize("prefix", ["", "50%", "a_", "工单-", "工单", "\U0010ffff", "T'", "a*", "A"])
def test_a_prefix_is_taken_literally(store: Store, prefix: str) -> None:
    keys = ["50%", "50%1", "500", "a_1", "ab1", "a*", "aa", "A1", "工单", "工单-1", "工单-2", "工单1", "工", "T'1"]
    keys += ["\U0010ffff", "\U0010ffffx", prefix + "\U0010ffff"]
    put(store, "c", *keys)
    put(store, "d", f"{prefix}of another collection")
    assert list(store.keys("c", prefix=prefix)) == sorted({key for key in keys if key.startswith(prefix)})


def test_keys_are_read_in_pages(store: Store) -> None:
    wanted = sorted(f"工单-{number}" for number in range(25))
    put(store, "c", "工", "工单/", *wanted)
    read: list[str] = []
    while page := store.keys("c", after=read[-1] if read else "", prefix="工单-", limit=4):
        assert len(page) <= 4
        read += page
    assert read == wanted
    assert list(store.keys("c", after="工单-1", prefix="工单-", limit=1)) == ["工单-10"]
    assert list(store.keys("c", after="a")) == ["工", *wanted, "工单/"]
    assert list(store.keys("c", after="工单.", prefix="工单-")) == []
    assert list(store.keys("c", limit=0)) == []


def test_keys_that_were_read_do_not_change_nor_hold_up_writing(store: Store) -> None:
    put(store, "c", "a", "b", "z")
    before = store.keys("c", prefix="a")
    put(store, "c", "ab")
    assert list(before) == ["a"]
    assert list(store.keys("c", prefix="a")) == ["a", "ab"]


def test_documents_and_calls_live_side_by_side(store: Store) -> None:
    assert store.save(Saved("call", 1, "key", b"c", b"r"), [], expected=None)
    put(store, "c", "call")
    assert store.save(Saved("call", 2, "key", b"c", b"r", ended=True), [], expected=1)
    assert store.get("c", "call") == {}
    assert store.live() == 0
    assert list(store.journal()) == []


def test_an_update_may_read_but_not_change_another_document(store: Store) -> None:
    store.change("c", "k", lambda _: {"n": 1})
    assert store.change("c", "copy", lambda _: store.get("c", "k")) == {"n": 1}
    with pytest.raises(StoreError, match="must not change documents itself"):
        store.change("c", "k", lambda _: store.change("c", "other", counted))
    assert list(store.keys("c")) == ["copy", "k"]
    assert store.change("c", "k", counted_n) == {"n": 2}


def counted_n(document: Document | None) -> Document:
    assert document is not None
    return {"n": document["n"] + 1}


def test_eight_threads_count_and_none_is_lost(store: Store) -> None:
    def work() -> None:
        for _ in range(50):
            store.change("tries", "one", counted)

    threads = [threading.Thread(target=work) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    assert store.get("tries", "one") == {"count": 400}


START = """
import os, sys
from ivr.stores import open_store
store = open_store(sys.argv[1])
def counted(document):
    return {"count": (document["count"] if document else 0) + 1}
print("ready", flush=True)
sys.stdin.readline()
"""
COUNT = """
for _ in range(500):
    store.change("tries", "one", counted)
store.close()
"""
DIE = """
def die(document):
    print("dying", flush=True)
    os._exit(9)
store.change("tries", "one", counted)
store.change("tries", "one", die)
"""


def process(code: str, url: str) -> subprocess.Popen[str]:
    command = [sys.executable, "-c", START + code, url]
    started = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    assert started.stdout is not None
    assert started.stdout.readline() == "ready\n"
    return started


def test_two_processes_count_to_five_hundred_each_and_none_is_lost(url: str) -> None:
    workers = [process(COUNT, url) for _ in range(2)]
    run_together(workers)
    store = open_store(url)
    assert store.get("tries", "one") == {"count": 1000}
    store.close()


def test_a_process_that_dies_in_an_update_leaves_what_was_stored(url: str) -> None:
    dying = process(DIE, url)
    assert dying.communicate("go\n", timeout=30)[0] == "dying\n"
    assert dying.returncode == 9
    store = open_store(url)
    assert store.get("tries", "one") == {"count": 1}
    assert store.change("tries", "one", counted) == {"count": 2}
    store.close()
    again = open_store(url)
    assert again.get("tries", "one") == {"count": 2}
    again.close()
