from __future__ import annotations

import json

import pytest

from ivr.engine.ports import Changes, JournalRow
from ivr.errors import NoRecording
from ivr.services.recordings import RECORDINGS, CallRecordings
from ivr.services.staff_words import NoSuchCase, StaffError
from ivr.stores.sqlite import SqliteStore

RE1, RE2, RE3 = ("RE" + digit * 32 for digit in "123")


class Carrier:
    def download(self, recording: str, seconds: float) -> bytes:
        return f"sound of {recording}".encode()


@pytest.fixture
def recordings(store: SqliteStore) -> CallRecordings:
    rows = [
        JournalRow("CA1", 1, 10.0, "message", json.dumps({"url": f"https://carrier/{RE1}", "seconds": 9.0})),
        JournalRow("CA1", 2, 30.0, "late_recording", json.dumps({"url": f"https://carrier/{RE2}", "seconds": 4.0})),
    ]
    store.commit(Changes(rows=rows))
    store.change(RECORDINGS, RE3, lambda _: {"leg": "l", "call": "CA1", "seconds": 60.0, "at": 20})
    store.change(RECORDINGS, "RE9", lambda _: {"leg": "m", "call": "CA2", "seconds": 60.0, "at": 20})
    return CallRecordings(store, Carrier())


def test_messages_late_ones_and_talks_of_a_call_are_listed(recordings: CallRecordings) -> None:
    assert [(kept.recording, kept.kind, kept.seconds) for kept in recordings.of_call("CA1")] == [
        (RE1, "message", 9.0), (RE3, "talk", 60.0), (RE2, "late_message", 4.0)
    ]  # fmt: skip
    assert recordings.of_call("CA9") == []


def test_who_listens_is_noted_in_the_journal_of_the_call(recordings: CallRecordings, store: SqliteStore) -> None:
    assert recordings.fetch("CA1", RE1, by="8001", now=99.0) == f"sound of https://carrier/{RE1}".encode()
    assert recordings.fetch("CA1", RE3, by="8002", now=100.0) == f"sound of {RE3}".encode()
    listened = [(row.at, json.loads(row.data)) for row in store.journal("CA1") if row.kind == "listened"]
    assert listened == [(99.0, {"by": "8001", "recording": RE1}), (100.0, {"by": "8002", "recording": RE3})]


def test_a_recording_of_another_call_no_name_and_no_carrier_are_refused_and_nothing_is_noted(
    recordings: CallRecordings, store: SqliteStore
) -> None:
    with pytest.raises(NoSuchCase):
        recordings.fetch("CA1", "RE9", by="8001", now=99.0)
    with pytest.raises(StaffError):
        recordings.fetch("CA1", RE1, by="", now=99.0)
    with pytest.raises(NoRecording):
        CallRecordings(store).fetch("CA1", RE1, by="8001", now=99.0)
    assert not [row for row in store.journal("CA1") if row.kind == "listened"]
