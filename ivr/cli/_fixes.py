"""Write the fixes of problems into their files."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from ivr.diagnostics.problem import Fix, Problem


def write_fixes(problems: Iterable[Problem]) -> int:
    """Write the files with the fixes of problems; return how many were made."""
    from ivr.diagnostics.fixing import fixed

    fixes: dict[str, list[Fix]] = {}
    for problem in problems:
        for fix in problem.fixes:
            fixes.setdefault(fix.place.file, []).append(fix)
    total = 0
    for file, wanted in fixes.items():
        text, made = fixed(Path(file).read_text("utf-8"), wanted)
        if made:
            Path(file).write_text(text, "utf-8")
            click.echo(f"{file}: {made} change{'' if made == 1 else 's'}", err=True)
        total += made
    return total
