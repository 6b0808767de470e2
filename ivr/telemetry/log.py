"""Log one line of JSON per event. Must not log what a caller typed or said, nor texts of exceptions."""

from __future__ import annotations

import json
import logging
import sys
import traceback
from json.encoder import encode_basestring as _quoted
from pathlib import Path
from typing import TYPE_CHECKING, Any, TextIO

if TYPE_CHECKING:
    StreamHandler = logging.StreamHandler[TextIO]
else:
    StreamHandler = logging.StreamHandler

LOG = logging.getLogger("ivr.web")
_as_json = json.JSONEncoder(ensure_ascii=False).encode


class _Lines(StreamHandler):
    """Writes lines, if possible without a `LogRecord`, which costs ten times the writing."""

    def is_alone(self) -> bool:
        """Return whether a line goes to this handler as it is and nowhere else."""
        return not (LOG.propagate or LOG.filters or self.filters) and self.level <= logging.INFO

    def write(self, text: str) -> None:
        """Write one line atomically."""
        self.acquire()
        try:
            # Text and line end in one write, so that lines of several workers are not mixed on the same stderr.
            self.stream.write(text + "\n")
            self.flush()
        finally:
            self.release()


def to_stderr() -> None:
    """Send the log of this process to stderr."""
    handler = _Lines(sys.stderr)
    handler.setFormatter(logging.Formatter("%(message)s"))
    # Replaced, not added: a second call, as after a fork, must not write each line twice.
    LOG.handlers[:] = [handler]
    LOG.propagate = False
    LOG.setLevel(logging.INFO)


def line(event: str, **facts: Any) -> None:
    """Log an event with its fields."""
    if LOG.isEnabledFor(logging.INFO):
        _write(_as_json({"event": event, **facts}))


def turn_line(*, call: str, turn: int | None, kind: str, outcome: str, ms: float) -> None:
    """Log one turn; `ms` must be finite. Writes the same text as `line`, without a general JSON encoder."""
    if LOG.isEnabledFor(logging.INFO):
        number = "null" if turn is None else turn
        _write(
            f'{{"event": "turn", "call": {_quoted(call)}, "turn": {number}, "input": {_quoted(kind)},'
            f' "outcome": {_quoted(outcome)}, "ms": {ms!r}}}'
        )


def fault(event: str, what: BaseException, **facts: Any) -> None:
    """Log the type and place of an exception; its text could contain what a caller typed."""
    places = [
        f"{Path(frame.filename).name}:{frame.lineno} {frame.name}" for frame in traceback.extract_tb(what.__traceback__)
    ]
    fields = {"event": event, **facts, "fault": type(what).__name__, "at": places[-4:]}
    LOG.error("%s", _as_json(fields))


def _write(text: str) -> None:
    handlers = LOG.handlers
    if len(handlers) == 1 and isinstance(handlers[0], _Lines) and handlers[0].is_alone():
        try:
            handlers[0].write(text)
        except Exception:  # stderr is closed or cannot encode the text; logging reports that without raising
            LOG.info("%s", text)
    else:
        LOG.info("%s", text)
