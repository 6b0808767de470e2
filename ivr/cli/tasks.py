"""`ivr tasks`: calls that were promised to callers and that people make. Must not place calls."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager
from typing import TYPE_CHECKING, Any

import click

from ._cases import HAND_OVER_OPTION, NUMBERS_OPTION, at_store, show_case, show_list
from ._options import BY_OPTION, JSON_OPTION

if TYPE_CHECKING:
    from ivr.engine.ports import Document
    from ivr.services.tasks import Tasks

_OUTCOMES = ("solved", "reached", "refused", "no_answer")


@click.group(short_help="Make the calls that were promised.")
def command() -> None:
    """List the calls that were promised to callers and that no machine can place, and note how they went.

    \b
    Example:
      ivr tasks list
      ivr tasks show K26112379194 --numbers
      ivr tasks done K26112379194 --outcome solved

    The kinds are unhappy (a survey after a talk), call_back (no agent could be rung, or the caller did not pick up),
    message (listen to it first: "ivr calls CALL --recordings") and late_complaint. A task is no complaint. The same is
    under /api/tasks. Reads and writes the store of IVR_STORE. Exit code: 2 if a change is refused.
    """  # noqa: D301


@command.command("list")
@click.option("--all", "every", is_flag=True, help="Also those that are done.")
@NUMBERS_OPTION
@JSON_OPTION
def list_tasks(every: bool, numbers: bool, as_json: bool) -> None:
    """List the open tasks, the earliest promise first.

    \b
    Example:
      ivr tasks list --json
    """  # noqa: D301
    with _tasks(reads=True) as tasks:
        rows = [_view(task, numbers=numbers) for task in tasks.listed(closed=every)]
    show_list(rows, _line, as_json=as_json, empty="There is nothing to do.")


@command.command("show")
@click.argument("task")
@NUMBERS_OPTION
@JSON_OPTION
def show_task(task: str, numbers: bool, as_json: bool) -> None:
    """Show a task with everything that the call needs.

    \b
    Example:
      ivr tasks show K26112379194 --numbers
    """  # noqa: D301
    with _tasks() as tasks:
        row = _view(tasks.find(task), numbers=numbers)
    show_case(row, _detail_lines, as_json=as_json)


@command.command("take")
@click.argument("task")
@HAND_OVER_OPTION
@BY_OPTION
def take_task(task: str, hand_over: bool, by: str) -> None:
    """Take a task: you own it from now on."""
    _change(lambda tasks, now: tasks.take(task, by=by, now=now, hand_over=hand_over))


@command.command("note")
@click.argument("task")
@click.argument("text")
@BY_OPTION
def note_task(task: str, text: str, by: str) -> None:
    """Add a note for colleagues."""
    _change(lambda tasks, now: tasks.note(task, text, by=by, now=now))


@command.command("done")
@click.argument("task")
@click.option(
    "--outcome", type=click.Choice(_OUTCOMES), default="reached", show_default=True, help="How the call went."
)
@click.option("--note", "text", default="", help="A note for colleagues.")
@BY_OPTION
def done_task(task: str, outcome: str, text: str, by: str) -> None:
    """Note how the call went. After no_answer the task stays open.

    \b
    Example:
      ivr tasks done K26112379194 --outcome solved --note 已道歉并重新办理
    """  # noqa: D301
    _change(lambda tasks, now: tasks.done(task, outcome, by=by, now=now, text=text))


def _view(task: Document, *, numbers: bool = False) -> dict[str, Any]:
    from ivr.reporting.case_views import task_view

    return task_view(task, time.time(), numbers=numbers)


def _line(row: Mapping[str, Any]) -> str:
    # In capitals, since a list of fifty tasks is scanned and not read.
    late = " OVERDUE" if row["overdue"] else ""
    refers = row["reference"] or row["ticket"]
    about = ", ".join(filter(None, (row["name"], row["reason"], f"reference {refers}" if refers else "")))
    who = row["number"] or "without a number"
    return (
        f"{row['task']:<13} {row['kind']:<14} {row['state']:<6} by {row['by'][:16]}{late}"
        f"  {who}  {row['owner'] or '-'}  {about}"
    ).rstrip()


def _detail_lines(row: Mapping[str, Any]) -> Iterator[str]:
    yield _line(row)
    facts = (f"{name} {row[name] or '-'}" for name in ("call", "desk", "language"))
    yield f"  opened {row['opened'][:16]}, {', '.join(facts)}"
    for name in ("agent", "customer", "text"):
        if row[name]:
            yield f"  {name}: {row[name]}"
    if row["recorded"]:
        yield f"  the caller's own words: ivr calls {row['call']} --recordings"
    for entry in row["history"]:
        yield f"  {entry['at'][:16]}  {entry['by']}: {entry['did']} {entry.get('text', '')}".rstrip()


def _change(update: Callable[[Tasks, float], Document]) -> None:
    with _tasks() as tasks:
        click.echo(_line(_view(update(tasks, time.time()))))


def _tasks(*, reads: bool = False) -> AbstractContextManager[Tasks]:
    from ivr.services.tasks import Tasks

    return at_store(Tasks, reads=reads)
