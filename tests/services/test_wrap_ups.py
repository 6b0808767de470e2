from __future__ import annotations

import json

import pytest

from ivr.engine.ports import Saved
from ivr.services.staff_words import NoSuchCase, StaffError
from ivr.services.wrap_ups import WrapUps
from ivr.stores.sqlite import SqliteStore


def test_a_talk_is_wrapped_up_in_the_journal_of_its_call(store: SqliteStore) -> None:
    store.save(Saved("CA1", 1, "k", b"", b""), [], expected=None)
    note = "卡号6217 0000 0000 1000 128已补"
    WrapUps(store).add("CA1", "li.na", reason="lost_card", result="solved", note=note, now=9.0)
    (row,) = store.journal("CA1")
    assert (row.kind, row.at) == ("wrap_up", 9.0)
    assert json.loads(row.data) == {"agent": "li.na", "reason": "lost_card", "result": "solved", "note": "卡号…已补"}


def test_what_is_no_call_reason_or_result_is_refused(store: SqliteStore) -> None:
    store.save(Saved("CA1", 1, "k", b"", b""), [], expected=None)
    wrap_ups = WrapUps(store)
    with pytest.raises(NoSuchCase):
        wrap_ups.add("CA9", "li.na", reason="lost_card", result="solved", now=9.0)
    for reason, result in (("Lost card!", "solved"), ("lost_card", "fine")):
        with pytest.raises(StaffError):
            wrap_ups.add("CA1", "li.na", reason=reason, result=result, now=9.0)
    assert not store.journal("CA1")
