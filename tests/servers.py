"""Servers under test: waits until one answers, and gives up in seconds, with its words, when it does not."""

from __future__ import annotations

import subprocess
import time
from pathlib import Path
from typing import Any

import pytest

from ivr.cli._children import answers_health
from tests.waiting import PATIENCE


def wait_until_ready(
    url: str, process: subprocess.Popen[Any], log: Path | None = None, *, seconds: float = PATIENCE
) -> None:
    """Return once the server at `url` can take calls; fail when it has ended or takes too long.

    `log` is the file that it writes its faults to, where they do not come through a pipe.
    """
    limit = time.monotonic() + seconds
    while not answers_health(f"{url}/health/ready"):
        if process.poll() is not None:
            pytest.fail(f"the server ended with {process.returncode}:\n{_words(process, log)}")
        if time.monotonic() > limit:
            process.kill()
            pytest.fail(f"the server did not get ready within {seconds:g} s:\n{_words(process, log)}")
        time.sleep(0.02)


def _words(process: subprocess.Popen[Any], log: Path | None) -> str:
    if log is not None:
        return log.read_text(encoding="utf-8", errors="replace")
    out, err = process.communicate()
    return "\n".join(part if isinstance(part, str) else part.decode() for part in (out, err) if part)
