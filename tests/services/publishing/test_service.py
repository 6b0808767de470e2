"""Publishing over every store: one deed, one commit, one audit entry; a refused deed changes nothing."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace

import pytest

from ivr.flow.model import Release
from ivr.services.publishing.audit import AuditEntry
from ivr.services.publishing.publication import Publication
from ivr.services.publishing.service import PUBLISHING, Publishing, PublishingError, live_in
from ivr.stores import Store, open_store
from tests.contract.stores import KINDS


@pytest.fixture(params=KINDS)
def store(request: pytest.FixtureRequest, new_address: Callable[[str], str]) -> Iterator[Store]:
    opened = open_store(new_address(request.param))
    yield opened
    opened.close()


@pytest.fixture
def publishing(store: Store, shipped: Release) -> Publishing:
    publishing = Publishing(store)
    publishing.begin_with(named(shipped, "a"), 10.0)
    return publishing


def named(release: Release, version: str) -> Release:
    return replace(release, version=version)


def entry(at: float, action: str = "publish", **more: object) -> AuditEntry:
    return AuditEntry(0, at, action, "8001", why="because", **more)  # type: ignore[arg-type]


def test_the_first_start_publishes_once(publishing: Publishing, shipped: Release) -> None:
    publishing.begin_with(named(shipped, "b"), 20.0)
    assert publishing.publication(30.0) == Publication("a", 10.0)
    [first] = publishing.entries()
    assert (first.number, first.action, first.version, first.by) == (1, "publish", "a", "ivr serve")


def test_a_deed_and_its_entry_are_written_together(publishing: Publishing, store: Store, shipped: Release) -> None:
    done = publishing.publish(named(shipped, "b"), entry(20.0, changes=("one",)), expected="a")
    assert (done.number, done.before, done.version, done.why) == (2, "a", "b", "because")
    assert publishing.publication(30.0).version == "b"
    assert publishing.entries(1) == [done]
    assert store.release("b") == shipped.files


def test_who_compared_with_something_else_is_refused(publishing: Publishing, shipped: Release) -> None:
    publishing.publish(named(shipped, "b"), entry(20.0), expected="a")
    with pytest.raises(PublishingError, match="b is live by now"):
        publishing.publish(named(shipped, "c"), entry(30.0), expected="a")
    assert [done.version for done in publishing.entries()] == ["b", "a"]


def test_a_staged_release_is_taken_back_once(publishing: Publishing, shipped: Release) -> None:
    with pytest.raises(PublishingError, match="share"):
        publishing.stage(named(shipped, "b"), entry(20.0, "stage", share=1.0), expected="a")
    publishing.stage(named(shipped, "b"), entry(20.0, "stage", share=0.2), expected="a")
    assert publishing.publication(30.0).versions() == ("a", "b")
    assert publishing.return_from(19.0, "errors", 30.0) is None  # another stage
    done = publishing.return_from(20.0, "errors in 10 %", 30.0)
    assert done is not None
    assert (done.action, done.version, done.why) == ("return", "b", "errors in 10 %")
    assert publishing.return_from(20.0, "errors", 31.0) is None
    assert publishing.publication(40.0) == Publication("a", 10.0)


def test_a_planned_release_begins_once_and_can_be_withdrawn(publishing: Publishing, shipped: Release) -> None:
    with pytest.raises(PublishingError, match="future"):
        publishing.plan(named(shipped, "b"), entry(20.0, "plan", planned_at=20.0), expected="a")
    publishing.plan(named(shipped, "b"), entry(20.0, "plan", planned_at=100.0), expected="a")
    publishing.unplan(entry(30.0, "unplan"))
    with pytest.raises(PublishingError, match="no release is planned"):
        publishing.unplan(entry(30.0, "unplan"))
    publishing.plan(named(shipped, "b"), entry(40.0, "plan", planned_at=100.0), expected="a")
    assert publishing.begin_planned(99.0) is None
    assert publishing.publication(100.0).version == "b"  # before any process has noted it
    done = publishing.publish(named(shipped, "c"), entry(110.0), expected="b")
    assert done.before == "b"
    assert [each.action for each in publishing.entries(2)] == ["publish", "begin"]
    assert publishing.begin_planned(120.0) is None


def test_a_rollback_undoes_the_newest_deed(publishing: Publishing, shipped: Release) -> None:
    with pytest.raises(PublishingError, match="no release was live before"):
        publishing.rollback(entry(20.0, "rollback"))
    publishing.publish(named(shipped, "b"), entry(20.0), expected="a")
    publishing.stage(named(shipped, "c"), entry(30.0, "stage", share=0.5), expected="b")
    assert publishing.rollback(entry(40.0, "rollback")).action == "end_stage"
    assert publishing.rollback(entry(50.0, "rollback")).version == "a"
    assert publishing.publication(60.0).version == "a"
    assert publishing.rollback(entry(60.0, "rollback"), "b").version == "b"
    with pytest.raises(PublishingError, match="live already"):
        publishing.rollback(entry(60.0, "rollback"), "b")


def test_a_draft_is_stored_and_not_live(publishing: Publishing, shipped: Release) -> None:
    publishing.save_draft(named(shipped, "bcd"), entry(20.0, "draft", draft="autumn"))
    publishing.save_draft(named(shipped, "bce"), entry(30.0, "draft", draft="autumn"))
    [draft] = publishing.drafts()
    assert (draft.name, draft.version, draft.by) == ("autumn", "bce", "8001")
    assert publishing.publication(40.0).version == "a"
    assert (publishing.version_of("autumn"), publishing.version_of("bcd")) == ("bce", "bcd")
    with pytest.raises(PublishingError, match="several"):
        publishing.version_of("bc")
    with pytest.raises(PublishingError, match="no such"):
        publishing.version_of("winter")
    with pytest.raises(PublishingError, match="name of a draft"):
        publishing.save_draft(named(shipped, "b"), entry(40.0, "draft", draft="two words"))


def test_a_refusal_is_remembered_and_changes_nothing(publishing: Publishing) -> None:
    publishing.refuse(entry(20.0, "refuse", version="b", overruled=("a proof",)))
    assert publishing.publication(30.0) == Publication("a", 10.0)
    assert publishing.entries(1)[0].overruled == ("a proof",)
    with pytest.raises(PublishingError, match="no such version"):
        publishing.version_of("b")  # its files were never stored


def test_what_another_version_wrote_is_refused(store: Store) -> None:
    store.change(PUBLISHING, "live", lambda _: {"version": 7})
    with pytest.raises(PublishingError, match="another version"):
        Publishing(store).publication(0.0)
    assert live_in(None) == Publication()
