"""Alarms about guessing, newest first, for operators and monitoring. Numbers in them are masked."""

from __future__ import annotations

from collections.abc import Sequence

from ivr.calendar import local
from ivr.engine.ports import Document, Documents
from ivr.jobs.housekeeping import add_newest
from ivr.jobs.outbox import UNSENT, KeyedMessage

ALARMS = "identity.alarms"
TOLD = ("security",)
"""The role that receives these alarms."""
_KEPT = 500


class Alarms:
    """The list of alarms in the shared store."""

    def __init__(self, documents: Documents) -> None:
        self._documents = documents

    def raise_alarm(self, kind: str, text: str, at: int) -> None:
        """Write one alarm; delete the oldest beyond the newest 500."""
        add_newest(self._documents, ALARMS, at, {"at": at, "kind": kind, "text": text, **UNSENT}, _KEPT)

    def newest(self, limit: int = 20) -> Sequence[Document]:
        """Return the newest alarms."""
        alarms = (self._documents.get(ALARMS, key) for key in self._documents.keys(ALARMS, limit=limit))
        return [alarm for alarm in alarms if alarm]


def letter(key: str, alarm: Document) -> KeyedMessage:
    """Return the message that the alarm webhook gets for an alarm."""
    raised = local(alarm["at"]).isoformat()
    body = {"about": "identity", "id": key, "alarm": alarm["kind"], "to": TOLD, "text": alarm["text"], "raised": raised}
    return KeyedMessage(f"{key}:{alarm['kind']}", body)
