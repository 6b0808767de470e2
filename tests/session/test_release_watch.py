"""The watch makes releases ready, begins planned ones, and takes a staged one back when its callers fare worse."""

from __future__ import annotations

import pytest

from ivr.engine.ports import Event
from ivr.flow.loader import reload
from ivr.flow.model import Release
from ivr.services.publishing.audit import AuditEntry
from ivr.services.publishing.service import LIVE, PUBLISHING, Publishing
from ivr.session.release_watch import JUDGED_EVERY, ReleaseWatch
from ivr.session.releases import ReleaseEngines
from ivr.session.step_registry import catalogue
from ivr.stores import UnitOfWork
from ivr.stores.memory import MemoryStore
from tests.engine.fixtures import SERVICES


def edited(release: Release, words: str) -> Release:
    """Return the shipped release with another greeting."""
    menu = release.files["main_menu.yaml"].replace("欢迎致电", words)
    return reload({**release.files, "main_menu.yaml": menu}, catalogue())


class Server:
    """One process: its engines and its watch, at a time of its own."""

    def __init__(self, store: MemoryStore, release: Release) -> None:
        self.now, self.store = 100.0, store
        self.engines = ReleaseEngines(release, SERVICES, store, follows=True)
        self.watch = ReleaseWatch(self.engines, store, lambda: self.now)

    def version(self, call: str) -> str:
        unit = UnitOfWork(self.store)
        version = self.engines.for_new_call(unit, call, self.now).release.version
        unit.pause()
        return version


@pytest.fixture
def server(shipped: Release) -> Server:
    store = MemoryStore()
    Publishing(store).begin_with(shipped, 10.0)
    return Server(store, shipped)


def entry(at: float, action: str, **more: float) -> AuditEntry:
    return AuditEntry(0, at, action, "8001", **more)  # type: ignore[arg-type]


def test_a_new_call_gets_what_is_published_before_the_watch_has_looked(server: Server, shipped: Release) -> None:
    new = edited(shipped, "欢迎拨打")
    taken = []
    server.engines.on_newest.append(taken.append)
    Publishing(server.store).publish(new, entry(100.0, "publish"), expected=shipped.version)
    assert server.version("CA1") == new.version
    assert server.engines.newest.release.version == shipped.version
    server.watch.round()
    assert server.engines.newest.release.version == new.version
    assert [release.version for release in taken] == [new.version]
    assert server.engines.engine_of(shipped.version).release.version == shipped.version


def test_a_planned_release_begins_at_its_time(server: Server, shipped: Release) -> None:
    new = edited(shipped, "欢迎拨打")
    publishing = Publishing(server.store)
    publishing.plan(new, entry(100.0, "plan", planned_at=200.0), expected=shipped.version)
    server.watch.round()
    assert server.version("CA1") == shipped.version
    server.now = 200.0
    assert server.version("CA1") == new.version
    server.watch.round()
    assert server.engines.newest.release.version == new.version
    assert publishing.entries(1)[0].action == "begin"


def test_a_staged_release_is_taken_back_when_silence_rises(server: Server, shipped: Release) -> None:
    new = edited(shipped, "欢迎拨打")
    publishing = Publishing(server.store)
    publishing.stage(new, entry(100.0, "stage", share=0.5), expected=shipped.version)
    server.watch.round()
    for _ in range(50):
        for version, events in ((shipped.version, []), (new.version, [Event("no_input")])):
            server.engines.tallies.turn(version, 101.0, events, first=True)
    for _ in range(JUDGED_EVERY):
        server.watch.round()
    done = publishing.entries(1)[0]
    assert (done.action, done.why.partition(";")[0]) == ("return", "no_input in 100.0% of 50 turns")
    assert {server.version(f"CA{number}") for number in range(50)} == {shipped.version}


def test_a_release_that_cannot_be_used_here_leaves_the_one_before_and_is_reported(
    server: Server, shipped: Release
) -> None:
    server.store.keep_release("later", {"a.yaml": "flow: a\nsteps: {one: {sing: la}}\n"})
    before = server.store.get(PUBLISHING, LIVE)
    server.store.change(PUBLISHING, LIVE, lambda _: {**(before or {}), "version": "later"})
    server.watch.round()
    assert server.version("CA1") == shipped.version
    assert server.engines.troubles() == [("flows", "release later cannot be used by this server")]
    server.store.change(PUBLISHING, LIVE, lambda _: {"version": 7})
    server.watch._engines.follow(server.store.text(PUBLISHING, LIVE), 0.0)
    assert server.version("CA1") == shipped.version


def test_the_thread_follows_and_stops(server: Server, shipped: Release) -> None:
    server.watch.start()
    server.watch.stop()
