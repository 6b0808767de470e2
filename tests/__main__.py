"""`python3 -m tests`: every check in order, set up first where needed. Options go to pytest, which then runs alone."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from pathlib import Path

TRACED = ("engine", "steps", "session")
"""Rooms whose own tests are held to a floor of coverage: the path of a turn. Tracing everything doubles the time."""
FLOOR = 94
ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from ivr.bootstrap import DEV, ensure  # noqa: E402


def steps(options: list[str]) -> list[tuple[str, list[str]]]:
    """Name every check and the command that runs it, in this environment."""
    programs = Path(sys.executable).parent
    ivr = [sys.executable, "-m", "ivr.cli"]
    pytest = [sys.executable, "-m", "pytest", "-n", str(min(4, (os.cpu_count() or 1) + 1))]
    if options:
        return [("tests", [*pytest, *options])]
    own = [f"tests/{room}" for room in TRACED]
    coverage = [*(f"--cov=ivr.{room}" for room in TRACED), "--cov-report=", f"--cov-fail-under={FLOOR}"]
    return [
        ("format", [str(programs / "ruff"), "format", "--check", "--quiet", "."]),
        ("lint", [str(programs / "ruff"), "check", "--quiet", "."]),
        ("types", [str(programs / "mypy"), "--no-error-summary"]),
        ("imports", [str(programs / "lint-imports")]),
        ("flows", [*ivr, "check"]),
        ("tests of a turn, traced", [*pytest, *coverage, *own]),
        ("tests", [*pytest, *(f"--ignore={path}" for path in own)]),
    ]


def main() -> int:
    """Run the checks, all of them even after a failure, and sum up."""
    os.chdir(ROOT)
    failed = []
    for name, command in steps(sys.argv[1:]):
        started = time.monotonic()
        print(f"== {name}", flush=True)
        quiet = "pytest" not in command  # what is fine needs no words, but tests show how far they are
        done = subprocess.run(
            command, check=False, stdout=subprocess.PIPE if quiet else None, stderr=subprocess.STDOUT if quiet else None
        )
        wrong = done.returncode != 0
        if quiet and wrong:
            sys.stdout.buffer.write(done.stdout)
        failed += [name] if wrong else []
        print(f"   {'FAILED' if wrong else 'fine'} in {time.monotonic() - started:.1f} s", flush=True)
    print(f"\nFAILED: {', '.join(failed)}" if failed else "\nEverything is fine.")
    return 1 if failed else 0


if __name__ == "__main__":
    ensure("tests", DEV)
    raise SystemExit(main())
