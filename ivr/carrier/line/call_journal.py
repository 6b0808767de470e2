"""The calls under way, on disk, so that the server learns of their end even if this process was killed."""

from __future__ import annotations

import json
import os
import threading
from pathlib import Path

from ivr.carrier.requests import PhoneLine

_FIELDS = ("voice_url", "status_url", "caller", "called", "account", "direction", "public_url", "parent")


class CallJournal:
    """One file with a line per call; without a path, nothing is kept. Thread-safe."""

    def __init__(self, path: Path | None) -> None:
        self._path = path
        self._lock = threading.Lock()
        self._calls: dict[str, dict[str, str]] = {}

    def left(self, token: str) -> list[tuple[str, PhoneLine]]:
        """Return the calls of an earlier process that was killed, and forget them. An unreadable file holds none."""
        if self._path is None:
            return []
        calls = []
        try:
            for text in self._path.read_text(encoding="utf-8").splitlines():
                facts = json.loads(text)
                fields = {name: str(facts[name]) for name in _FIELDS}
                calls.append((str(facts["sid"]), PhoneLine(token=token, **fields)))
        except (OSError, ValueError, KeyError, TypeError):
            pass
        # Emptied before they are reported: a report that fails again and again must not stop the line at each start.
        self._write()
        return calls

    def begun(self, sid: str, line: PhoneLine) -> None:
        """Note that a call has begun."""
        with self._lock:
            self._calls[sid] = {"sid": sid, **{name: getattr(line, name) for name in _FIELDS}}
            self._write()

    def over(self, sid: str) -> None:
        """Note that the server knows the end of a call."""
        with self._lock:
            self._calls.pop(sid, None)
            self._write()

    def _write(self) -> None:
        if self._path is None:
            return
        lines = "".join(json.dumps(facts, ensure_ascii=False) + "\n" for facts in self._calls.values())
        part = self._path.with_name(self._path.name + ".part")
        self._path.parent.mkdir(parents=True, exist_ok=True)
        with os.fdopen(os.open(part, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w", encoding="utf-8") as file:
            file.write(lines)
        # In one step, so that a process that is killed here leaves the old file or the new one.
        part.replace(self._path)
