"""`python -m tests.supply_chain`: what the product is made of, and which of it has known vulnerabilities.

With `--sbom FILE` it writes a software bill of materials (CycloneDX, JSON) of this environment. Without, it asks a
database of vulnerabilities about every installed package. Where the database cannot be reached it says so loudly and
fails nothing: a package that was not looked up is not called sound.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

PROGRAMS = Path(sys.executable).parent
ROOT = Path(__file__).parents[1]
SECONDS = 300


@dataclass(frozen=True)
class Audit:
    """The result of an audit: known vulnerabilities, packages that were looked up, and those that were not."""

    vulnerable: tuple[str, ...]
    audited: int
    skipped: int


def read_audit(report: Mapping[str, Any]) -> Audit:
    """Read the report of pip-audit. It also calls an audit fine that has looked up nothing."""
    packages = report["dependencies"]
    audited = [package for package in packages if "skip_reason" not in package]
    known = [
        f"{package['name']} {package['version']}: {', '.join(flaw['id'] for flaw in package['vulns'])}"
        for package in audited
        if package["vulns"]
    ]
    return Audit(tuple(known), len(audited), len(packages) - len(audited))


def audit() -> int:
    """Look every installed package up; return 1 if any has a known vulnerability."""
    command = [
        str(PROGRAMS / "pip-audit"),
        "--progress-spinner",
        "off",
        "--skip-editable",
        "--timeout",
        "3",
        "-f",
        "json",
    ]
    done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=SECONDS)
    try:
        result = read_audit(json.loads(done.stdout))
    except ValueError:
        result = Audit((), 0, 0)
    if not result.audited:
        print("\n!! NOT AUDITED: no database of vulnerabilities can be reached !!\n", flush=True)
        return 0
    print(*result.vulnerable, f"{result.audited} packages looked up, {result.skipped} not", sep="\n", flush=True)
    return 1 if result.vulnerable else 0


def write_sbom(file: Path) -> int:
    """Write the bill of materials of this environment; return the exit code of its writer."""
    command = [str(PROGRAMS / "cyclonedx-py"), "environment", "--pyproject", str(ROOT / "pyproject.toml")]
    command += ["--output-reproducible", "--output-file", str(file), sys.executable]
    return subprocess.run(command, check=False).returncode


def main() -> int:
    """Write the bill of materials, or audit."""
    parser = argparse.ArgumentParser(prog="python -m tests.supply_chain", description=__doc__)
    parser.add_argument("--sbom", type=Path, metavar="FILE", help="write a bill of materials instead")
    arguments = parser.parse_args()
    return write_sbom(arguments.sbom) if arguments.sbom else audit()


if __name__ == "__main__":
    raise SystemExit(main())
