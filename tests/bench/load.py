"""The load client: turns a second of processor against Locust's FastHttpUser, and percentiles against known delays.

Both make the same signed requests of one call to a server that costs nothing, run by Locust; ours also parses the
answers, judges the words and keeps the times from when each request was due.
"""

from __future__ import annotations

import json
import math
import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from ivr.conversations.reader import read_conversations

from . import ours, walks
from .recorded import RecordedServer, Recording, record
from .report import Row, compared
from .rounds import Measure, Rounds

TALK = """conversation: a customer hears the balance and the transactions
flow: main_menu
turns:
  - {hear: [欢迎致电, 查询余额，请按1], press: "1"}
  - {hear: 最后四位数字, press: "0128"}
  - {hear: 查询密码, press: "135790"}
  - {hear: 一万二千三百四十五元六角七分, press: "2"}
  - {hear: 餐饮消费, press: "9"}
  - hear: 感谢您的来电，再见
"""
OURS, FAST = "ivr load", "FastHttpUser"
USERS, SECONDS = 20, 12
DELAYS_MS = (200, 300, 450, 700, 1000, 1500)
"""Added to the turns of the call, one each, so that every percentile is known."""


def run(rounds: int, calls: int) -> list[Row]:
    """Measure both; `calls` is not used, for a round is bounded by time."""
    del calls
    with tempfile.TemporaryDirectory(prefix="ivr-bench-") as folder:
        talk = Path(folder) / "talk.yaml"
        talk.write_text(TALK, encoding="utf-8")
        (conversation,) = read_conversations([talk])
        recording = record(conversation)
        return [*_cost(recording, talk, min(rounds, 5)), *_percentiles(recording, talk)]


def _cost(recording: Recording, talk: Path, rounds: int) -> Iterator[Row]:
    with RecordedServer(recording.answers) as server:
        calls = talk.with_name("requests.json")
        calls.write_text(json.dumps(recording.requests), encoding="utf-8")
        contenders: dict[str, Measure] = {
            # So fast that prompts take no time: the client then computes all the time, as Locust's user does.
            OURS: lambda: _ours(server.url, talk, "--speed", "1000000", "--think", "0s")["client"]["cpu_us_per_turn"],
            FAST: lambda: _fast(server.url, calls),
        }
        measured = Rounds.run(contenders, rounds)
    measured.show("Processor time of the client for one turn", "us", FAST)
    yield compared("load client", measured, OURS, FAST, times=1, aim="at most 0.33x")


def _ours(url: str, talk: Path, *options: str) -> dict[str, Any]:
    command = [sys.executable, "-m", "ivr.cli", "load", "main_menu", "--url", url, "--conversations", str(talk)]
    command += ["--users", str(USERS), "--duration", f"{SECONDS}s", "--json", "-", *options]
    done = subprocess.run(command, cwd=ours.ROOT, env=_environment(), capture_output=True, text=True, check=True)
    result: dict[str, Any] = json.loads(done.stdout)
    # A failed turn is cheaper than one that is judged to its end, so a figure with failures is none.
    if result["errors"]:
        raise RuntimeError(f"turns failed: {result['error_counts']}")
    return result


def _fast(url: str, calls: Path) -> float:
    command = [sys.executable, "-m", "locust", "-f", "tests/bench/fast_http_user.py", "--headless", "--only-summary"]
    command += ["-u", str(USERS), "-r", str(USERS), "-t", f"{SECONDS}s", "--host", url]
    done = subprocess.run(
        command, cwd=ours.ROOT, env=_environment(BENCH_REQUESTS=str(calls)), capture_output=True, text=True, check=True
    )
    (line,) = [line for line in done.stdout.splitlines() if line.startswith("us a turn ")]
    return float(line.removeprefix("us a turn "))


def _environment(**more: str) -> Mapping[str, str]:
    return {**os.environ, "TWILIO_AUTH_TOKEN": walks.TOKEN, "IVR_PUBLIC_URL": "", **more}


def _percentiles(recording: Recording, talk: Path) -> Iterator[Row]:
    """Delay each turn by another time. Calls arrive at a rate, so that none waits for a line and adds that wait."""
    turns = [path for path, _ in recording.requests if "status" not in path]
    delays = {path: delay / 1000 for path, delay in zip(turns, DELAYS_MS, strict=True)}
    with RecordedServer(recording.answers, delays) as server:
        # Prompts take a tenth of their time: whole calls must end within the thirty seconds.
        pace = ("--rate", "8", "--users", "400", "--speed", "10", "--think", "300ms", "--duration", "30s")
        latency = _ours(server.url, talk, *pace)
    steps = sorted(step["latency"]["p50"] for step in latency["steps"])
    worst = max(abs(median / delay - 1) for median, delay in zip(steps, DELAYS_MS, strict=True))
    shown = ", ".join(f"{median:.1f}" for median in steps)
    yield Row(
        f"median of turns that are delayed by {', '.join(map(str, DELAYS_MS))} ms",
        f"{shown} ms",
        f"at most {math.ceil(worst * 1000) / 10} % off",
        "within 3 %",
    )
