"""What editors wait for: `ivr check` on a large folder and on the shipped flows, and conversations a second."""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from . import big_flows, ours
from .rounds import Measure, Rounds

ROOT = Path(__file__).resolve().parent.parent.parent
CONVERSATIONS = ROOT / "tests" / "conversations"
STEPS, FILES = 1000, 4
"""Twelve lines a step: some 12,000 lines in four files."""


def run(rounds: int, calls: int) -> None:
    """Measure both commands; what is not there yet is said and left out."""
    del calls
    with tempfile.TemporaryDirectory(prefix="ivr-bench-") as folder:
        lines = big_flows.write(Path(folder), STEPS, flows=FILES)
        measured = Rounds.run(
            {
                "python that does nothing": _command([sys.executable, "-c", "pass"]),
                "ivr --help": _command([sys.executable, "-m", "ivr.cli", "--help"]),
                "the shipped flows": _checking(ours.FLOWS),
                f"{lines:,} lines": _checking(Path(folder)),
            },
            rounds,
        )
    measured.show("Checking flows, processor time from start to end", "ms", "the shipped flows", times=1e3)
    _conversations(rounds)


def _checking(folder: Path) -> Measure:
    if (ROOT / "ivr" / "cli" / "check.py").exists():
        return _command([sys.executable, "-m", "ivr.cli", "check", str(folder)])
    reading = "import sys, pathlib; from ivr.flow.loader import load; from ivr.session.step_registry import catalogue;"
    return _command([sys.executable, "-c", f"{reading} load(pathlib.Path(sys.argv[1]), catalogue())", str(folder)])


def _conversations(rounds: int) -> None:
    files = sorted(CONVERSATIONS.rglob("*.yaml"))
    count = sum(file.read_text(encoding="utf-8").count("conversation:") for file in files)
    if not count:
        print(f"\nthere is no conversation in {CONVERSATIONS.relative_to(ROOT)} yet")
        return
    wall: list[float] = []

    def play() -> float:
        started = time.perf_counter()
        spent = _command([sys.executable, "-m", "ivr.cli", "test"])()
        wall.append(time.perf_counter() - started)
        return spent

    measured = Rounds.run({f"ivr test, {count} conversations": play}, rounds)
    measured.show("Playing conversations, processor time", "ms", f"ivr test, {count} conversations", times=1e3)
    print(f"  {count / min(wall):.0f} conversations a second, start included")


def _command(command: list[str]) -> Measure:
    def measure() -> float:
        before = os.times()
        done = subprocess.run(command, cwd=ROOT, capture_output=True, check=False)
        after = os.times()
        if done.returncode:
            raise RuntimeError(f"{' '.join(command[1:])}: {done.stderr.decode()[-500:]}")
        # Children's times are added when a child is waited for, which `run` does, so the difference is this
        # command's.
        return after.children_user + after.children_system - before.children_user - before.children_system

    return measure
