"""Recordings of a call for staff: what there is, and its sound from the carrier. Each one who listens is noted."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal, Protocol, runtime_checkable

from ivr.engine.journal import journal_rows
from ivr.engine.ports import Changes, JournalRow
from ivr.errors import NoRecording
from ivr.jobs.outbox import every_key
from ivr.stores import Store

from .staff_words import NoSuchCase, staff_name

RECORDINGS = "recordings"
"""The collection of recorded conversations, by the carrier's name for each."""
_KINDS: dict[str, Literal["message", "late_message"]] = {"message": "message", "late_recording": "late_message"}
DOWNLOAD_SECONDS = 30.0


@runtime_checkable
class RecordingSource(Protocol):
    """The carrier that keeps the recordings."""

    def download(self, recording: str, seconds: float) -> bytes:
        """Return a recording of any length by its name or address, as WAV. Raises NoRecording."""


@dataclass(frozen=True)
class CallRecording:
    """One recording of a call: a message of the caller, one that came after its step, or a talk with an agent."""

    recording: str
    kind: Literal["message", "late_message", "talk"]
    seconds: float
    at: float
    address: str


class CallRecordings:
    """The recordings of all calls. Without a `source` they are listed and cannot be fetched."""

    def __init__(self, store: Store, source: RecordingSource | None = None) -> None:
        self._store, self._source = store, source

    def of_call(self, call: str) -> list[CallRecording]:
        """Return the recordings of a call, in the order in which they came."""
        return sorted([*self._messages(call), *self._talks(call)], key=lambda recording: recording.at)

    def fetch(self, call: str, recording: str, *, by: str, now: float) -> bytes:
        """Return the sound of a recording, and note in the call's journal who listens.

        Raises NoSuchCase for a recording that the call does not have, NoRecording if the carrier does not give it.
        """
        name = staff_name(by)
        match = next((kept for kept in self.of_call(call) if kept.recording == recording), None)
        # Only recordings of this call: an address in a request would fetch any recording of the account.
        if match is None:
            raise NoSuchCase(f"the call {call[:40]} has no recording {recording[:40]}")
        if self._source is None:
            raise NoRecording("no carrier is configured that keeps recordings")
        sound = self._source.download(match.address, DOWNLOAD_SECONDS)
        row = JournalRow(call, 0, now, "listened", json.dumps({"by": name, "recording": recording}))
        # Before the sound is handed out: if the row cannot be written, no one listens unnoted.
        self._store.commit(Changes(rows=[row]))
        return sound

    def _messages(self, call: str) -> Iterator[CallRecording]:
        for row in journal_rows(self._store, call):
            if row.kind in _KINDS:
                data = json.loads(row.data)
                address = str(data["url"])
                yield CallRecording(address.rpartition("/")[2], _KINDS[row.kind], data["seconds"], row.at, address)

    def _talks(self, call: str) -> Iterator[CallRecording]:
        for recording in every_key(self._store, RECORDINGS):
            entry = self._store.get(RECORDINGS, recording)
            if entry and entry.get("call") == call:
                yield CallRecording(recording, "talk", entry["seconds"], entry["at"], recording)
