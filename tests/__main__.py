"""`python3 -m tests`: every check in order, set up first where needed. Options go to pytest, which then runs alone."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import time
from pathlib import Path

TRACED = ("engine", "steps", "session")
"""Rooms whose own tests are held to a floor of coverage: the path of a turn. Tracing everything doubles the time."""
FLOOR = 94
IN_REAL_TIME = tuple(
    f"tests/carrier/line/test_{calls}.py"
    for calls in ("calls_over_sip", "conversations_over_sip", "hostile_sip", "many_calls", "phone_in_chromium")
)
"""Tests whose telephones keep the time of the wall: one at a time, since other tests would take their processor."""
TELEPHONES = {"baresip": "baresip-core", "sipp": "sip-tester", "chromium": "chromium"}
"""Programs that calls are tested with, and their packages; without them, these tests are skipped with a warning."""
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
        ("known vulnerabilities", [sys.executable, "-m", "tests.supply_chain"]),
        ("tests of a turn, traced", [*pytest, *coverage, *own]),
        ("calls in real time", [sys.executable, "-m", "pytest", *IN_REAL_TIME]),
        ("tests", [*pytest, *(f"--ignore={path}" for path in (*own, *IN_REAL_TIME))]),
    ]


def provide_postgresql() -> None:
    """Install a PostgreSQL server for the tests in CI, where apt can; say loudly that tests are skipped without one."""
    from tests.postgresql import MISSING, programs

    if programs() is None and os.environ.get("CI") == "true" and os.geteuid() == 0 and shutil.which("apt-get"):
        common = Path("/etc/postgresql-common/createcluster.conf")
        if not common.exists():  # the tests start servers of their own, so the package needs to start none
            common.parent.mkdir(parents=True, exist_ok=True)
            common.write_text("create_main_cluster = false\n", encoding="ascii")
        apt = ["apt-get", "-y", "-q", "-o", "Dpkg::Options::=--force-confold"]
        environment = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
        for command in (["update"], ["install", "--no-install-recommends", "postgresql"]):
            subprocess.run([*apt, *command], check=False, env=environment, stdout=subprocess.DEVNULL, timeout=300)
    if programs() is None:
        print(f"\n!! {MISSING} !!\n", flush=True)


def install_telephones() -> None:
    """Install the telephones and the browser that calls are tested with, on a machine of CI only."""
    lacking = [package for program, package in TELEPHONES.items() if not shutil.which(program)]
    if os.environ.get("CI") == "true" and os.geteuid() == 0 and lacking and shutil.which("apt-get"):
        for command in (["update"], ["install", "-y", "--no-install-recommends", *lacking]):
            subprocess.run(["apt-get", "-qq", *command], check=False, stdout=subprocess.DEVNULL)


def main() -> int:
    """Run the checks, all of them even after a failure, and sum up."""
    os.chdir(ROOT)
    install_telephones()
    provide_postgresql()
    failed = []
    for name, command in steps(sys.argv[1:]):
        started = time.monotonic()
        print(f"== {name}", flush=True)
        quiet = {"pytest", "tests.supply_chain"}.isdisjoint(
            command
        )  # tests show how far they are, an audit what it saw
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
