"""Our side of a measurement: the whole application on a SQLite store in a folder of its own.

The only file of the benchmarks that knows how the application is put together.
"""

from __future__ import annotations

import contextlib
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

from flask import Flask

from ivr.app import build
from ivr.settings import Hidden, Settings
from ivr.telemetry import log
from ivr.web import web_app

from .client import free_port, wait_for
from .walks import BASE, TOKEN, Posted

ROOT = Path(__file__).resolve().parent.parent.parent
FLOWS = ROOT / "flows"
Clock = Callable[[], float]
KEY = TOKEN[::-1] * 2
Wsgi = Callable[[dict[str, Any], Callable[..., Any]], Iterable[bytes]]


@contextlib.contextmanager
def bank() -> Iterator[str]:
    """Run the demo bank as a process of its own, so that its time is not ours; yield its address."""
    port = free_port()
    with tempfile.TemporaryDirectory(prefix="ivr-bench-") as folder:
        command = [sys.executable, "-m", "ivr.cli", "bank", "--bind", f"127.0.0.1:{port}"]
        command += ["--database", f"{folder}/bank.db"]
        process = subprocess.Popen(command, cwd=ROOT, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        try:
            wait_for(port)
            yield f"http://127.0.0.1:{port}"
        finally:
            process.terminate()
            process.wait(30)


def environment(folder: str, **more: str) -> Mapping[str, str]:
    """Return the environment of an `ivr serve` whose store stands in `folder`, as in production but for its address."""
    return {
        **os.environ,
        "TWILIO_AUTH_TOKEN": TOKEN,
        "IVR_KEY": KEY,
        "IVR_PUBLIC_URL": BASE,
        "IVR_STORE": f"sqlite:///{folder}/ivr.db",
        "IVR_FLOWS": str(FLOWS),
        **more,
    }


@contextlib.contextmanager
def running(
    flows: Path = FLOWS, *, bank_url: str = "", store_options: str = "", store: str = ""
) -> Iterator[tuple[Path, Flask]]:
    """Build the application as `ivr serve` does; yield the store's file and the application.

    Its log lines are written, to nowhere. `store` is the address of a store that is no file.
    """
    with tempfile.TemporaryDirectory(prefix="ivr-bench-") as folder, Path(os.devnull).open("w") as nowhere:
        file = Path(folder) / "ivr.db"
        settings = Settings(
            auth_token=Hidden(TOKEN),
            public_url=BASE,
            store=store or f"sqlite:///{file}{store_options}",
            key=Hidden(KEY),
            flows=flows,
            bank_url=bank_url,
        )
        # Each turn writes a log line, which is part of its cost; only the terminal is left out.
        with contextlib.redirect_stderr(nowhere):
            log.to_stderr()
        ivr = build(settings)
        try:
            yield file, web_app(ivr)
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
    # Before the clock starts: the generator signs each request when it is drawn.
    prepared = [posted for call in calls for posted in call]
    started = clock()
    for posted in prepared:
        answer(app, posted)
    return (clock() - started) / len(prepared)
