"""One table of a run of benchmarks: what was measured, against what, on which kind of machine, and when."""

from __future__ import annotations

import os
import platform
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from .rounds import Rounds


@dataclass(frozen=True)
class Row:
    """One line of the table. `aim` is what the line should reach, in words."""

    what: str
    measured: str
    ratio: str = ""
    aim: str = ""


def compared(
    what: str, rounds: Rounds, name: str, to: str, *, times: float = 1e6, unit: str = "us", aim: str = ""
) -> Row:
    """Return a contender's median figure, and its ratio to another with the quartiles over the rounds."""
    middle, low, high = rounds.ratio(name, to)
    ratio = f"{middle:.2f}x {to} [{low:.2f} .. {high:.2f}]"
    return Row(f"{what}: {name}", f"{rounds.median(name) * times:,.1f} {unit}", ratio, aim)


def machine() -> str:
    """Describe the machine: processor, cores, Python, and how busy others keep it."""
    cpuinfo = Path("/proc/cpuinfo")
    lines = cpuinfo.read_text().splitlines() if cpuinfo.exists() else []
    models = [line.partition(":")[2].strip() for line in lines if line.startswith("model name")]
    model = models[0] if models else platform.machine()
    load = os.getloadavg()[0]
    return f"{model}, {os.cpu_count()} cores, Python {platform.python_version()}, load {load:.1f} at the end"


def table(rows: Sequence[Row]) -> str:
    """Write the table in Markdown."""
    head = f"{datetime.now(UTC):%Y-%m-%d}, {machine()}"
    lines = [head, "", "| what | measured | ratio [quartiles] | aim |", "| --- | ---: | --- | --- |"]
    lines += [f"| {row.what} | {row.measured} | {row.ratio} | {row.aim} |" for row in rows]
    return "\n".join(lines)
