"""Alarms about guessing, newest first, for operators and whoever watches. They name numbers in masked form only."""

from __future__ import annotations

import secrets
from collections.abc import Sequence

from ivr.calendar import local
from ivr.engine.ports import Document, Documents
from ivr.jobs.outbox import UNSENT, KeyedMessage

ALARMS = "identity.alarms"
TOLD = ("security",)
"""The role that such alarms are for."""
_KEPT = 500
_END_OF_TIME = 10**11


class Alarms:
    """The list of alarms in the shared store."""

    def __init__(self, documents: Documents) -> None:
        self._documents = documents

    def raise_alarm(self, kind: str, text: str, at: int) -> None:
        """Write one alarm; the oldest beyond what is kept go."""
        # Keys count down, so that the newest come first.
        key = f"{_END_OF_TIME - at:012d}-{secrets.token_hex(4)}"
        self._documents.change(ALARMS, key, lambda _: {"at": at, "kind": kind, "text": text, **UNSENT})
        for old in self._documents.keys(ALARMS, limit=_KEPT + 50)[_KEPT:]:
            self._documents.change(ALARMS, old, lambda _: None)

    def newest(self, limit: int = 20) -> Sequence[Document]:
        """Return the newest alarms."""
        found = (self._documents.get(ALARMS, key) for key in self._documents.keys(ALARMS, limit=limit))
        return [alarm for alarm in found if alarm]


def letter(key: str, alarm: Document) -> KeyedMessage:
    """Return an alarm as it is posted to whoever watches."""
    raised = local(alarm["at"]).isoformat()
    told = {"about": "identity", "id": key, "alarm": alarm["kind"], "to": TOLD, "text": alarm["text"], "raised": raised}
    return KeyedMessage(f"{key}:{alarm['kind']}", told)
