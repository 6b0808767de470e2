"""The answers of `ivr serve` to honest callers while it is attacked, with one and two workers."""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
from pathlib import Path

from tests.attacks.callers import Callers
from tests.attacks.flood import allow_many_files

from . import client, ours, walks
from .report import Row

ROOT = Path(__file__).resolve().parent.parent.parent
SECONDS = os.environ.get("BENCH_DOOR_SECONDS", "120")
HALF_SENT, IDLE, LOUD, AT_ONCE = "500", "4000", "30", 8


def run(rounds: int, calls: int) -> list[Row]:
    """Attack each of four servers for SECONDS; the options of other benchmarks have no effect."""
    # Thousands of idle connections need as many file descriptors; the usual limit is 1,024.
    allow_many_files()
    rows = []
    for workers in ("1", "2"):
        for unsigned in (False, True):
            figures = _attacked(workers, unsigned=unsigned)
            name = f"door, {workers} worker(s), {'unsigned' if unsigned else 'forged'}"
            print(f"{name}\n  {figures.calls.line('turns')}\n  {figures.health.line('/health/live')}", flush=True)
            rows += [Row(f"{name}: turns", figures.calls.line("").strip(": "), aim="p95 below 1 s, none failed")]
            rows += [Row(f"{name}: /health/live", figures.health.line("").strip(": "), aim="max below 1 s")]
    return rows


def _attacked(workers: str, *, unsigned: bool) -> Callers:
    port = client.free_port()
    url = f"http://127.0.0.1:{port}"
    with tempfile.TemporaryDirectory(prefix="ivr-door-") as folder:
        command = [sys.executable, "-m", "ivr.cli", "serve", "--bind", f"127.0.0.1:{port}", "--workers", workers]
        environment = ours.environment(folder, IVR_PUBLIC_URL=url)
        with Path(folder, "log").open("w") as log:
            server = subprocess.Popen(command, cwd=ROOT, env=environment, stdout=log, stderr=log)
        attack = [sys.executable, "-m", "tests.attacks.flood", url, "--half-sent", HALF_SENT, "--idle", IDLE]
        attack += ["--loud", LOUD, "--seconds", SECONDS, *(["--unsigned"] if unsigned else [])]
        try:
            client.wait_for(port)
            attacker = subprocess.Popen(attack, cwd=ROOT, stdout=subprocess.PIPE, text=True)
            assert attacker.stdout is not None
            # The attack says when its connections stand; callers before that would meet a quiet server.
            attacker.stdout.readline()
            callers = Callers(url, walks.TOKEN)
            with callers.calling(AT_ONCE):
                print(attacker.stdout.readline().strip(), flush=True)
            attacker.wait(60)
        finally:
            server.terminate()
            server.wait(60)
    return callers
