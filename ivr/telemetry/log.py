"""Log one line of JSON per event. Must not log what a caller typed or said, nor texts of exceptions."""

from __future__ import annotations

import json
import logging
import sys
import traceback
from pathlib import Path
from typing import Any

LOG = logging.getLogger("ivr.web")
_as_json = json.JSONEncoder(ensure_ascii=False).encode


def to_stderr() -> None:
    """Send the log of this process to stderr."""
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(logging.Formatter("%(message)s"))
    LOG.handlers[:] = [handler]
    LOG.propagate = False
    LOG.setLevel(logging.INFO)


def line(event: str, **facts: Any) -> None:
    """Log an event with its fields."""
    if LOG.isEnabledFor(logging.INFO):
        LOG.info("%s", _as_json({"event": event, **facts}))


def fault(event: str, what: BaseException, **facts: Any) -> None:
    """Log the type and place of an exception; its text could contain what a caller typed."""
    places = [
        f"{Path(frame.filename).name}:{frame.lineno} {frame.name}" for frame in traceback.extract_tb(what.__traceback__)
    ]
    fields = {"event": event, **facts, "fault": type(what).__name__, "at": places[-4:]}
    LOG.error("%s", _as_json(fields))
