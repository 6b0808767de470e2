"""Our side of a measurement: the whole application on a SQLite store in a folder of its own."""

from __future__ import annotations

import contextlib
import os
import tempfile
import time
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from flask import Flask

from ivr.app import Ivr, build
from ivr.engine.ports import Lookup
from ivr.settings import Hidden, Settings
from ivr.telemetry import log
from ivr.web import web_app

from .walks import BASE, TOKEN, Posted

FLOWS = Path(__file__).resolve().parent.parent.parent / "flows"
Clock = Callable[[], float]
Wsgi = Callable[[dict[str, Any], Callable[..., Any]], Iterable[bytes]]


@dataclass
class TimedLookup:
    """A back end whose time is summed up, so that it can be taken off."""

    asked: Lookup
    clock: Clock
    spent: float = field(default=0.0)

    def __call__(self, source: str, question: Mapping[str, Any], *, deadline: float, key: str) -> Mapping[str, Any]:
        """Ask, and note how long it took."""
        started = self.clock()
        try:
            return self.asked(source, question, deadline=deadline, key=key)
        finally:
            self.spent += self.clock() - started


@contextlib.contextmanager
def running(flows: Path = FLOWS, *, lookup: Lookup | None = None) -> Iterator[tuple[Ivr, Flask]]:
    """Build the application as `ivr serve` does; its log lines are written, to nowhere."""
    with tempfile.TemporaryDirectory(prefix="ivr-bench-") as folder, Path(os.devnull).open("w") as nowhere:
        settings = Settings(auth_token=Hidden(TOKEN), public_url=BASE, store=f"sqlite:///{folder}/ivr.db", flows=flows)
        with contextlib.redirect_stderr(nowhere):
            log.to_stderr()
        ivr = build(settings, lookup=lookup)
        try:
            yield ivr, web_app(ivr)
        finally:
            ivr.store.close()


def answer(app: Wsgi, posted: Posted) -> bytes:
    """Answer one request in this process, headers and all, and check that it was accepted."""
    status: list[str] = []
    reply = app(posted.environ(), lambda line, headers, fault=None: status.append(line))
    body = b"".join(reply)
    close = getattr(reply, "close", None)
    if close:
        close()
    if status[0][:3] != "200":
        raise RuntimeError(f"{posted.path} was answered with {status[0]}")
    return body


def cost(app: Wsgi, calls: Iterable[list[Posted]], clock: Clock = time.process_time) -> float:
    """Return the seconds of processor that a turn of these calls takes."""
    prepared = [posted for call in calls for posted in call]
    started = clock()
    for posted in prepared:
        answer(app, posted)
    return (clock() - started) / len(prepared)
