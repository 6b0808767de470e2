"""Show the progress of a run on stderr: a bar on a terminal, else a line from time to time."""

from __future__ import annotations

import contextlib
import sys
from collections.abc import Callable, Iterator

from .plan import Plan
from .process import LoadProgress
from .report import milliseconds

_EVERY_SECONDS = 5.0


@contextlib.contextmanager
def progress_bar(plan: Plan) -> Iterator[Callable[[LoadProgress], None]]:
    """Yield a function that shows progress while the context lasts."""
    if sys.stderr.isatty():
        with _bar(plan) as show:
            yield show
    else:
        yield _Lines(plan)


class _Lines:
    def __init__(self, plan: Plan) -> None:
        self._next = _EVERY_SECONDS
        self._plan = plan

    def __call__(self, progress: LoadProgress) -> None:
        if progress.at >= self._next:
            self._next = progress.at - progress.at % _EVERY_SECONDS + _EVERY_SECONDS
            print(f"{progress.at:.0f} of {self._plan.seconds:.0f} s: {_words(progress)}", file=sys.stderr, flush=True)


def _words(progress: LoadProgress) -> str:
    return (
        f"{progress.live} calls at once, {progress.turns} turns, {progress.errors} failed, "
        f"p99 {milliseconds(progress.p99)}"
    )


@contextlib.contextmanager
def _bar(plan: Plan) -> Iterator[Callable[[LoadProgress], None]]:
    from rich.console import Console
    from rich.progress import BarColumn, TextColumn, TimeRemainingColumn
    from rich.progress import Progress as Bar

    columns = (BarColumn(), TimeRemainingColumn(), TextColumn("{task.description}"))
    with Bar(*columns, console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task("calls begin", total=plan.seconds)
        yield lambda progress: bar.update(task, completed=progress.at, description=_words(progress))
