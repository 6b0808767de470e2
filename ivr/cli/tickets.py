"""`ivr tickets`: complaints as staff work on them. Must not place calls or write to callers."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager
from datetime import datetime
from typing import TYPE_CHECKING, Any

import click

from ._cases import HAND_OVER_OPTION, NUMBERS_OPTION, at_store, show_case, show_list
from ._folder_line import folder_ticket_kinds
from ._options import BY_OPTION, JSON_OPTION, write_json
from ._texts import texts_by_language

if TYPE_CHECKING:
    from ivr.engine.ports import Document
    from ivr.services.tickets.handling import TicketHandling

_WHY = click.option("--why", required=True, help="The reason, for colleagues.")
_MOST_WRITTEN = 2000
_SEVERITIES = {"一般": "ordinary", "重大": "grave", "突发舆情": "public"}
_LEVELS = {"初": "first", "中": "middle", "高": "high"}


class BilingualWord(click.ParamType[str]):
    """A word of a list, in English or in Chinese."""

    def __init__(self, name: str, words: Mapping[str, str]) -> None:
        self.name, self._words = name, words

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> str:
        """Return the English word."""
        # Staff write the word of their form, which is Chinese; programs write the English one.
        word = self._words.get(value, value)
        if word not in self._words.values():
            shown = ", ".join(f"{english} ({chinese})" for chinese, english in self._words.items())
            self.fail(f"{value!r} is none of {shown}", param, ctx)
        return str(word)


@click.group(short_help="Work on complaints.")
def command() -> None:
    """List complaints and work on them. What is written for a caller is what the caller hears of the progress.

    \b
    Example:
      ivr tickets list
      ivr tickets take T26112379194
      ivr tickets note T26112379194 分行正在核实扣费记录。 --text "en-US=The branch is checking the fee." --called
      ivr tickets answer T26112379194 手续费已经退回您的账户。
      ivr tickets close T26112379194

    Severity is ordinary (一般), grave (重大) or public (突发舆情), the level first (初), middle (中) or high (高).
    Numbers are masked without --numbers. Reads and writes the store of IVR_STORE, as /api/tickets does. Exit code: 2 if
    a change is refused.
    """  # noqa: D301


@command.command("list")
@click.option("--all", "every", is_flag=True, help="Also those that are answered or closed.")
@click.option("--owner", default="", help="Only those of this owner.")
@click.option("--late", is_flag=True, help="Only those with a missed deadline.")
@NUMBERS_OPTION
@JSON_OPTION
def list_tickets(every: bool, owner: str, late: bool, numbers: bool, as_json: bool) -> None:
    """List the complaints in work, the next deadline first.

    \b
    Example:
      ivr tickets list --late
      ivr tickets list --owner 8001 --json
    """  # noqa: D301
    rows = _rows(every=every, owner=owner, late=late, numbers=numbers)
    show_list(rows, _line, as_json=as_json, empty="There are no such complaints.")


@command.command("show")
@click.argument("ticket")
@NUMBERS_OPTION
@JSON_OPTION
def show_ticket(ticket: str, numbers: bool, as_json: bool) -> None:
    """Show a complaint: its deadlines, its history, and what its caller hears.

    \b
    Example:
      ivr tickets show T26112379194
    """  # noqa: D301
    with _handling() as handling:
        row = _view(handling.find(ticket), numbers=numbers)
    show_case(row, _detail_lines, as_json=as_json)


@command.command("take")
@click.argument("ticket")
@HAND_OVER_OPTION
@BY_OPTION
def take_ticket(ticket: str, hand_over: bool, by: str) -> None:
    """Take a complaint: you own it from now on, and its state is "working"."""
    _change(lambda handling, now: handling.take(ticket, by=by, now=now, hand_over=hand_over))


@command.command("note")
@click.argument("ticket")
@click.argument("text")
@click.option("--text", "texts", multiple=True, metavar="LANG=TEXT", help="The same in another language. Repeatable.")
@click.option("--internal", is_flag=True, help="For colleagues only: the caller does not hear it.")
@click.option("--called", is_flag=True, help="The caller was called, as was promised for the first reply.")
@click.option(
    "--new-date", metavar="DAY", default="", help="Promise the outcome by the end of another day: 2026-12-05."
)
@BY_OPTION
def note_ticket(
    ticket: str, text: str, texts: Sequence[str], internal: bool, called: bool, new_date: str, by: str
) -> None:
    """Note how far a complaint is; the caller hears it, unless it is --internal.

    \b
    Example:
      ivr tickets note T26112379194 分行正在核实扣费记录。 --called
      ivr tickets note T26112379194 等待分行回复 --internal
    """  # noqa: D301
    by_language = _by_language(text, texts, internal=internal)
    day = _day(new_date)
    _change(
        lambda handling, now: handling.note(
            ticket, by_language, by=by, now=now, internal=internal, called=called, new_date=day
        )
    )


@command.command("answer")
@click.argument("ticket")
@click.argument("text")
@click.option("--text", "texts", multiple=True, metavar="LANG=TEXT", help="The same in another language. Repeatable.")
@BY_OPTION
def answer_ticket(ticket: str, text: str, texts: Sequence[str], by: str) -> None:
    """Give the answer, which the caller hears from now on.

    \b
    Example:
      ivr tickets answer T26112379194 手续费已经退回您的账户。 --text "en-US=The fee was paid back to your account."
    """  # noqa: D301
    by_language = _by_language(text, texts)
    _change(lambda handling, now: handling.answer(ticket, by_language, by=by, now=now))


@command.command("escalate")
@click.argument("ticket")
@click.option("--level", type=BilingualWord("level", _LEVELS), help="first (初), middle (中) or high (高).")
@click.option(
    "--severity",
    type=BilingualWord("severity", _SEVERITIES),
    help="ordinary (一般), grave (重大), public (突发舆情).",
)
@_WHY
@BY_OPTION
def escalate_ticket(ticket: str, level: str | None, severity: str | None, why: str, by: str) -> None:
    """Change severity and level; without either the level goes up by one.

    \b
    Example:
      ivr tickets escalate T26112379194 --why 涉及资金损失 --severity 重大
    """  # noqa: D301
    _change(
        lambda handling, now: handling.escalate(
            ticket, by=by, now=now, why=why, level=level or "", severity=severity or ""
        )
    )


@command.command("extend")
@click.argument("ticket")
@_WHY
@BY_OPTION
def extend_ticket(ticket: str, why: str, by: str) -> None:
    """Note that the deadline of the law was extended by 30 days with approval."""
    _change(lambda handling, now: handling.extend(ticket, by=by, now=now, why=why))


@command.command("close")
@click.argument("ticket")
@click.option("--note", default="", help="A note for colleagues.")
@click.option(
    "--kind",
    default="",
    help="What it was about in the end: product, service, channel, policy, or a kind of line.yaml.",
)
@BY_OPTION
def close_ticket(ticket: str, note: str, kind: str, by: str) -> None:
    """Close a complaint that was answered."""
    _change(lambda handling, now: handling.close(ticket, by=by, now=now, note=note, kind=kind))


@command.command("reopen")
@click.argument("ticket")
@_WHY
@BY_OPTION
def reopen_ticket(ticket: str, why: str, by: str) -> None:
    """Take up an answered or closed complaint again; its caller hears a new day for the outcome."""
    _change(lambda handling, now: handling.reopen(ticket, by=by, now=now, why=why))


@command.command("export")
@click.option("--csv", "as_csv", is_flag=True, help="Write CSV instead of JSON.")
@click.option("--open", "only_open", is_flag=True, help="Only those in work.")
@NUMBERS_OPTION
def export_tickets(as_csv: bool, only_open: bool, numbers: bool) -> None:
    """Write all complaints to stdout, as JSON or CSV.

    \b
    Example:
      ivr tickets export --csv > complaints.csv
    """  # noqa: D301
    from ivr.reporting.case_views import write_tickets

    rows = _rows(every=not only_open, numbers=numbers)
    if as_csv:
        write_tickets(rows, sys.stdout)
    else:
        write_json(rows)


def _rows(*, numbers: bool, **which: Any) -> list[dict[str, Any]]:
    with _handling(reads=True) as handling:
        return [_view(ticket, numbers=numbers) for ticket in handling.listed(time.time(), **which)]


def _view(ticket: Document, *, numbers: bool = False) -> dict[str, Any]:
    from ivr.reporting.case_views import ticket_view

    return ticket_view(ticket, time.time(), numbers=numbers)


def _line(row: Mapping[str, Any]) -> str:
    from ivr.reporting.case_views import KIND_WORDS, LEVEL_WORDS, SEVERITY_WORDS

    kind = KIND_WORDS.get(row["kind"], row["kind"])
    graded = f"{SEVERITY_WORDS[row['severity']]} {LEVEL_WORDS[row['level']]} {kind}"
    due = f"due {row['due'][:16]}{' LATE' if row['late'] else ''}" if row["state"] in ("open", "working") else ""
    marks = "".join(f" {name}" for name in ("repeat", "reopened") if row[name])
    return f"{row['ticket']:<13} {row['state']:<8} {graded}  {due}  {row['owner'] or '-'}{marks}".rstrip()


def _detail_lines(row: Mapping[str, Any]) -> Iterator[str]:
    yield _line(row)
    yield f"  opened {row['opened'][:16]}, caller {row['number'] or 'without a number'}, call {row['call'] or '-'}"
    replied = f", called {row['first_replied'][:16]}" if row["first_replied"] else ""
    yield f"  first reply by {row['first_reply_by'][:16]}{replied}"
    yield f"  outcome by {row['final_by'][:10]}, by law by {row['statutory_by'][:10]}"
    if row["earlier"]:
        yield f"  the same complaint within seven days: {row['earlier']}"
    if row["recorded"]:
        yield f"  the caller's own words: ivr calls {row['call']} --recordings"
    for language, text in row["told"].items():
        yield f"  the caller hears ({language}): {text}"
    for entry in row["history"]:
        words = entry.get("text") or entry.get("note") or ""
        yield f"  {entry['at'][:16]}  {entry.get('by') or '-'}: {entry.get('did', 'update')} {words}".rstrip()


def _by_language(text: str, texts: Sequence[str], *, internal: bool = False) -> dict[str, str]:
    from ivr.services.staff_words import MOST_TOLD

    return texts_by_language(
        (text, *texts), "the text", most=_MOST_WRITTEN if internal else MOST_TOLD, heard=not internal
    )


def _day(text: str) -> Any:
    if not text:
        return None
    try:
        return datetime.strptime(text, "%Y-%m-%d").date()
    except ValueError:
        raise click.BadParameter(f'"{text}" is no day; write 2026-12-05', param_hint="--new-date") from None


def _change(update: Callable[[TicketHandling, float], Document]) -> None:
    with _handling() as handling:
        row = _view(update(handling, time.time()))
    click.echo(_line(row))
    for language, text in row["told"].items():
        click.echo(f"  the caller hears ({language}): {text}")


def _handling(*, reads: bool = False) -> AbstractContextManager[TicketHandling]:
    from ivr.services.tickets.handling import TicketHandling

    return at_store(lambda store: TicketHandling(store, folder_ticket_kinds()), reads=reads)
