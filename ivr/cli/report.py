"""`ivr report`: figures of calls, complaints and surveys from the store. With `--alarms`, what watches deadlines."""

from __future__ import annotations

import json
import os
import sys
import time
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

import click

from ._listening import Refused
from ._stores import kept_store, settings_for
from ._watching import alarm_rounds

if TYPE_CHECKING:
    from rich.console import Console

    from ivr.settings import Settings
    from ivr.stores import Store

USUAL_DAYS = 7
WIDTH = 110
"""Columns of a report that goes to a file; a terminal's own width is taken where there is one."""
_NONE = "-"


class Day(click.ParamType[float]):
    """A day in China, as 2026-11-23, today or yesterday; read as the Unix time at which it begins."""

    name = "day"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> float:
        """Read one day."""
        if isinstance(value, float):
            return value
        back = {"today": 0, "yesterday": 1}.get(value)
        try:
            return _midnight(back) if back is not None else _begins(datetime.strptime(value, "%Y-%m-%d"))
        except ValueError:
            self.fail(f'"{value}" is no day; write 2026-11-23, today or yesterday', param, ctx)


@click.command(short_help="Show figures of calls, complaints and surveys.")
@click.option("--since", type=Day(), help=f"First day that counts. Default: the day {USUAL_DAYS} days ago.")
@click.option("--json", "as_json", is_flag=True, help="Write one JSON object.")
@click.option("--alarms", is_flag=True, help="Send the alarms that are due to IVR_ALARM_URL instead, and count them.")
def command(since: float | None, as_json: bool, alarms: bool) -> None:
    """Show figures of calls, complaints and surveys.

    \b
    Example:
      ivr report
      ivr report --since 2026-11-01 --json > november.json
      ivr report --alarms

    Reads the store that IVR_STORE names; days are China's. A call is contained when it ended without a transfer.
    Only steps where somebody was silent or not understood are listed. CSAT is the share of 4 and 5 of 5, NPS the share
    of 9 and 10 less that of 0 to 6.

    --alarms is for a timer such as cron: each alarm is sent once; one that nobody took is tried again by the next run,
    and the exit code is then 1.
    """  # noqa: D301
    settings = settings_for("IVR_ALARM_URL")
    with kept_store(settings) as store:
        if alarms:
            _sound(store, settings, as_json)
        else:
            _show(store, _midnight(USUAL_DAYS) if since is None else since, as_json)


def _sound(store: Store, settings: Settings, as_json: bool) -> None:
    from ivr.outgoing import Sounded

    if not settings.alarm_url:
        raise Refused("set IVR_ALARM_URL to the address that takes alarms.")
    now = time.time()
    done = sum((sound(now) for sound in alarm_rounds(store, settings)), Sounded())
    if as_json:
        click.echo(json.dumps({"taken": done.taken, "failed": done.failed}))
    else:
        click.echo(f"{done.taken} alarm{'' if done.taken == 1 else 's'} taken, {done.failed} not taken.")
    if done.broken:
        click.echo(f"{done.broken} could not be read.", err=True)
    if done.failed or done.broken:
        raise click.exceptions.Exit(1)


def _show(store: Store, since: float, as_json: bool) -> None:
    from ivr.journal.figures import figures

    found = figures(store, store, since, time.time())
    if as_json:
        click.echo(json.dumps(found, ensure_ascii=False, indent=2))
    else:
        _tables(found)


# days


def _midnight(days_back: int) -> float:
    from ivr.calendar import local

    return _begins(local(time.time()) - timedelta(days=days_back))


def _begins(day: datetime) -> float:
    from ivr.calendar import CHINA

    return datetime(day.year, day.month, day.day, tzinfo=CHINA).timestamp()


# tables


def _tables(found: Mapping[str, Any]) -> None:
    console = _console()
    console.print(
        f"From {found['since'][:10]} to {found['until'][:16].replace('T', ' ')}, {found['live']} calls live now"
    )
    _calls(console, found)
    misses = [
        (step, row["asked"], row["no_input"], row["no_input_share"], row["no_match"], row["no_match_share"])
        for step, row in found["steps"].items()
    ]
    _table(console, "Steps", ("step", "asked", "silent", "share", "not understood", "share"), misses)
    ends = ("transfers", "completed", "busy", "no-answer", "failed", "canceled", "gone", "mean_talk_seconds")
    desks = [(desk, *(row[end] for end in ends)) for desk, row in found["desks"].items()]
    _table(console, "Transfers", ("desk", *(end.replace("_", " ") for end in ends)), desks)
    outcomes = sorted({outcome for row in found["lookups"].values() for outcome in row})
    lookups = [(source, *(row.get(outcome, 0) for outcome in outcomes)) for source, row in found["lookups"].items()]
    _table(console, "Back ends", ("question", *outcomes), lookups)
    _survey(console, found["survey"])


def _calls(console: Console, found: Mapping[str, Any]) -> None:
    calls, tickets, callbacks = found["calls"], found["tickets"], found["callbacks"]
    identity = ", ".join(f"{outcome} {count}" for outcome, count in found["identity"].items())
    _table(
        console,
        "Calls",
        ("", "number", "share"),
        [
            ("started", calls["started"], None),
            ("ended", calls["ended"], None),
            ("mean seconds", calls["mean_seconds"], None),
            ("contained", calls["contained"], calls["contained_share"]),
            ("transferred", calls["transferred"], None),
            ("reached a person", calls["reached_a_person"], calls["reached_share"]),
            ("verified", calls["verified"], None),
        ],
    )
    if identity:
        console.print(f"Identity: {identity}")
    kinds = [(f"of {kind}", count) for kind, count in tickets["by_kind"].items() if count]
    rows = [("taken", tickets["taken"]), *kinds, ("came back within 7 days", tickets["repeated"])]
    rows += [("open", tickets["open"]), ("first reply overdue", tickets["first_reply_overdue"])]
    rows += [("final answer overdue", tickets["final_overdue"])]
    rows += [("calls back to make", callbacks["open"]), ("calls back overdue", callbacks["overdue"])]
    _table(console, "Complaints", ("", "number"), rows if any(count for _, count in rows) else [])


def _survey(console: Console, survey: Mapping[str, Any]) -> None:
    names = ("surveys", "csat_answers", "csat", "nps_answers", "nps")
    groups = {"all": survey}
    for group in ("queue", "agent", "reason"):
        groups |= {f"{group} {name}": row for name, row in survey[f"by_{group}"].items()}
    rows = [(group, *(row[name] for name in names)) for group, row in groups.items() if row["surveys"]]
    _table(console, "Survey", ("", "surveys", "answers", "CSAT", "answers", "NPS"), rows)


def _table(console: Console, title: str, columns: Sequence[str], rows: Sequence[Sequence[Any]]) -> None:
    """Print a table; nothing for one without rows."""
    from rich import box
    from rich.table import Table
    from rich.text import Text

    if not rows:
        return
    table = Table(title=title, title_justify="left", box=box.SIMPLE_HEAD, pad_edge=False)
    for place, column in enumerate(columns):
        table.add_column(column, justify="right" if place else "left", overflow="fold")
    for row in rows:
        table.add_row(*(Text(_cell(value, column)) for value, column in zip(row, columns, strict=True)))
    console.print(table)


def _cell(value: Any, column: str) -> str:
    """Write a value: shares as per cent, NPS with its sign, nothing as a dash."""
    if value is None:
        return _NONE
    if column in ("share", "CSAT"):
        return f"{value:.1%}"
    return f"{value:+.1f}" if column == "NPS" else str(value)


def _console() -> Console:
    """Return a console that writes plain text unless a person looks on and wants colour."""
    from rich.console import Console

    person = sys.stdout.isatty()
    plain = not person or bool(os.environ.get("NO_COLOR"))
    return Console(
        file=sys.stdout, color_system=None if plain else "auto", width=None if person else WIDTH, highlight=False
    )
