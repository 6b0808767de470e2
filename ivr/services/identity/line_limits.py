"""A limit of failed tries by called number and hour. Beyond it an alarm is raised and callers must prove more.

No caller is refused, because all callers of a line share this counter, and one that guesses must not shut out the
others. A carrier sends the called number and no trunk; where each trunk has its number, tries are counted by trunk.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from ivr.crypto import Seal
from ivr.engine.ports import Document, Documents
from ivr.engine.service_ports.identity import LONGEST_GIVEN
from ivr.services.hourly_count import SPAN, recent, with_one_more
from ivr.settings.identity import HOUR, Limits

from .alarms import Alarms
from .idempotency import remember, stored_answer
from .pseudonyms import number_key

LINE_TRIES = "identity.lines"
_Record = dict[str, Any]


class Lines:
    """Counters by called number in the shared store."""

    def __init__(self, documents: Documents, seal: Seal, limits: Limits, alarms: Alarms) -> None:
        self._documents, self._seal, self._limits, self._alarms = documents, seal, limits, alarms

    def charge(self, called: str, key: str, at: int) -> bool:
        """Count one try; return whether this line is over its limit."""
        if not called:
            return False
        rises: list[bool] = []

        def update(stored: Document | None) -> _Record:
            record = _opened(stored, at)
            rises.append(False)
            if stored_answer(record, key) is not None:
                return record
            # Counted by spans, not one by one: the document of a busy line would hold thousands of times.
            record["tries"] = with_one_more(record["tries"], at)
            if self._over(record) and at - record["alarm"] > HOUR:
                record["alarm"], rises[-1] = at, True
            return remember(record, key, {})

        record = self._change(called, update)
        if rises[-1]:
            text = f"{self._limits.line_tries} failed tries on the line {called[:LONGEST_GIVEN]} within an hour"
            self._alarms.raise_alarm("line", text, at)
        return record is not None and self._over(record)

    def passed(self, called: str, at: int) -> None:
        """Uncount the newest try: it was right, or the bank could not check it."""

        def update(stored: Document | None) -> _Record | None:
            if stored is None:
                return None
            record = _opened(stored, at)
            if newest := max((span for span, tries in record["tries"].items() if tries), default=""):
                record["tries"] = {**record["tries"], newest: record["tries"][newest] - 1}
            return record

        if called:
            self._change(called, update)

    def _over(self, record: Document) -> bool:
        return bool(sum(record["tries"].values()) >= self._limits.line_tries)

    def _change(self, called: str, update: Callable[[Document | None], _Record | None]) -> Document | None:
        return self._documents.change(LINE_TRIES, number_key(self._seal, f"line {called[:LONGEST_GIVEN]}"), update)


def _opened(stored: Document | None, at: int) -> _Record:
    """Return the record of a line without counts more than an hour old."""
    record: _Record = dict(stored) if stored else {"tries": {}, "alarm": 0}
    record["tries"] = recent(record["tries"], at)
    return record


def line_is_over(record: Document, at: int) -> bool:
    """Return whether all of a record is too old to count."""
    spans = [int(span) * SPAN for span in record["tries"]]
    return bool(at - max([record["alarm"], *spans]) > 2 * HOUR)
