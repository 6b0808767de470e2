"""`ivr report`: show figures of calls, agents, complaints and surveys from the store; with --alarms, send alarms."""

from __future__ import annotations

import json
import os
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

import click

from ._options import write_json
from ._refused import Refused
from ._stores import kept_store, settings_for

if TYPE_CHECKING:
    from rich.console import Console

    from ivr.settings import Settings
    from ivr.stores import Store

USUAL_DAYS = 7
WIDTH = 110
"""Columns of a report that goes to a file; on a terminal its own width is used."""
_NONE = "-"


class Day(click.ParamType[float]):
    """A day of the line as 2026-11-23, today or yesterday; converted to the Unix time of its midnight."""

    name = "day"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> float:
        """Read one day."""
        if isinstance(value, float):
            return value
        back = {"today": 0, "yesterday": 1}.get(value)
        try:
            return midnight(back) if back is not None else _begins(datetime.strptime(value, "%Y-%m-%d"))
        except ValueError:
            self.fail(f'"{value}" is no day; write 2026-11-23, today or yesterday', param, ctx)


@click.command(short_help="Show figures of calls, people, complaints and surveys.")
@click.option("--since", type=Day(), help=f"First day. Default: {USUAL_DAYS} days ago.")
@click.option("--until", type=Day(), help="Last day, included. Default: today.")
@click.option("--within", type=click.FloatRange(0, min_open=True), default=20, show_default=True, metavar="SECONDS",
              help="How soon an agent should answer, for the service level.")  # fmt: skip
@click.option("--json", "as_json", is_flag=True, help="Write one JSON object.")
@click.option("--csv", "as_csv", type=click.Path(dir_okay=False, allow_dash=True), metavar="FILE",
              help="Write the figures of people for a spreadsheet instead; - is stdout.")  # fmt: skip
@click.option("--alarms", is_flag=True, help="Send the due alarms to IVR_ALARM_URL instead, and count them.")
def command(
    since: float | None, until: float | None, within: float, as_json: bool, as_csv: str | None, alarms: bool
) -> None:
    """Show figures of calls, people, complaints and surveys.

    \b
    Example:
      ivr report
      ivr report --since 2026-11-01 --until 2026-11-30 --json > november.json
      ivr report --since yesterday --until yesterday --csv yesterday.csv
      ivr report --alarms

    Reads the store of IVR_STORE; days are those of the line. A call is contained if it ended without a transfer. Only
    steps with a no_input or no_match are listed. CSAT is the share of marks 4 and 5 of 5, NPS the share of 9 and 10
    minus that of 0 to 6.

    A request for an agent counts in the period in which it began. The service level is the share of finished requests
    that were answered in time, without callers who hung up within 5 seconds; abandonment is computed from the same
    requests. ASA is the mean wait until an agent took the call, AHT the mean talk plus the desk's wrap_up in line.yaml
    of IVR_FLOWS. FCR is the share of talks after which the same number did not call for the same reason within 7 days.
    Transfers to a desk's own number are listed separately, since their waits are not measured. IVR_TARGETS sets the
    targets.

    --alarms is for a timer such as cron: each alarm is sent once; one that was not accepted is sent again by the next
    run, and the exit code is then 1.
    """  # noqa: D301
    if as_csv and as_json:
        raise click.UsageError("--csv and --json cannot both be written; leave one out.")
    settings = settings_for("IVR_ALARM_URL", "IVR_TARGETS")
    first = midnight(USUAL_DAYS) if since is None else since
    with kept_store(settings, reads=not alarms) as store:
        if alarms:
            _sound(store, settings, as_json)
        else:
            report = _report(store, settings, first, _day_after(until, first), within)
            _show(report, as_json, as_csv)


def _sound(store: Store, settings: Settings, as_json: bool) -> None:
    from ivr.jobs.outbox import Delivered
    from ivr.services.alarm_rounds import alarm_rounds

    if not settings.alarm_url:
        raise Refused("set IVR_ALARM_URL to the address that receives alarms.")
    now = time.time()
    done = sum((sound(now) for sound in alarm_rounds(store, settings)), Delivered())
    if as_json:
        click.echo(json.dumps({"taken": done.taken, "failed": done.failed}))
    else:
        click.echo(f"{done.taken} alarm{'' if done.taken == 1 else 's'} taken, {done.failed} not taken.")
    if done.broken:
        click.echo(f"{done.broken} could not be read.", err=True)
    if done.failed or done.broken:
        raise click.exceptions.Exit(1)


def _report(store: Store, settings: Settings, since: float, until: float, within: float) -> dict[str, Any]:
    from ivr.reporting.figures import Period, figures
    from ivr.reporting.kpi_targets import judge_figures
    from ivr.reporting.service_level import ServiceTally
    from ivr.services.queue.callback_log import promised

    if until <= since:
        raise click.UsageError("--until is before --since, so the period is empty.")
    now = time.time()
    service = ServiceTally(since, until, within=within, wrap_up=_wrap_up())
    report = figures(store, store, Period(since, until, now), service)
    report["people"] = judge_figures(report["people"], settings.targets)
    report["people"]["call_backs"] = promised(store, since, until, now)
    return report


def _wrap_up() -> Callable[[str], float] | None:
    """Return the wrap-up times of desks, or None if line.yaml cannot be read."""
    from ivr.errors import FlowError, SettingsError
    from ivr.flow.loader import load
    from ivr.services.queue.availability import desk_of
    from ivr.session.step_registry import catalogue

    try:
        line = load(settings_for("IVR_FLOWS").flows, catalogue()).line
    except (FlowError, SettingsError):
        return None
    return lambda desk: desk_of(line, desk).wrap_up


def _show(report: Mapping[str, Any], as_json: bool, as_csv: str | None) -> None:
    if as_csv:
        _spreadsheet(report, as_csv)
    elif as_json:
        write_json(report)
    else:
        _tables(report)


def _spreadsheet(report: Mapping[str, Any], name: str) -> None:
    """Write the figures as CSV. A file begins with a byte order mark, by which spreadsheets recognise UTF-8."""
    from ._tables import write_csv

    period = report["since"][:10], report["until"][:10]
    if name == "-":
        write_csv(report["people"], *period, sys.stdout)
        return
    try:
        with open(name, "w", encoding="utf-8-sig", newline="") as file:
            write_csv(report["people"], *period, file)
    except OSError as fault:
        raise Refused(f"{name} cannot be written: {fault.strerror}.") from None
    click.echo(f"{name} is written.", err=True)


# days


def midnight(days_back: int) -> float:
    """Return the Unix time at which a day began in China, so many days ago."""
    from ivr.calendar import local

    return _begins(local(time.time()) - timedelta(days=days_back))


def _day_after(day: float | None, since: float) -> float:
    """Return the midnight after a day, by default after today. Days in China always have 24 hours."""
    return (max(midnight(0), since) if day is None else day) + 86_400


def _begins(day: datetime) -> float:
    from ivr.calendar import staff_calendar

    return datetime(day.year, day.month, day.day, tzinfo=staff_calendar().zone).timestamp()


# tables


def _tables(report: Mapping[str, Any]) -> None:
    console = _console()
    console.print(
        f"From {report['since'][:10]} to {report['until'][:16].replace('T', ' ')}, calls live now: {report['live']}"
    )
    _calls(console, report)
    misses = [
        (step, row["asked"], row["no_input"], row["no_input_share"], row["no_match"], row["no_match_share"])
        for step, row in report["steps"].items()
    ]
    _table(console, "Steps", ("step", "asked", "silent", "share", "not understood", "share"), misses)
    ends = ("transfers", "completed", "busy", "no-answer", "failed", "canceled", "gone", "mean_talk_seconds")
    desks = [(desk, *(row[end] for end in ends)) for desk, row in report["desks"].items()]
    _people(console, report["people"])
    _table(console, "Transfers to a desk's own number", ("desk", *(end.replace("_", " ") for end in ends)), desks)
    outcomes = sorted({outcome for row in report["lookups"].values() for outcome in row})
    lookups = [(source, *(row.get(outcome, 0) for outcome in outcomes)) for source, row in report["lookups"].items()]
    _table(console, "Back ends", ("question", *outcomes), lookups)
    _survey(console, report["survey"])


def _calls(console: Console, report: Mapping[str, Any]) -> None:
    calls = report["calls"]
    identity = ", ".join(f"{outcome} {count}" for outcome, count in report["identity"].items())
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
            ("cut off in the middle of something", calls["cut_off"], None),
            ("went on there in the next call", calls["went_on"], calls["went_on_share"]),
        ],
    )
    if identity:
        console.print(f"Identity: {identity}")
    _cases(console, report["tickets"], report["tasks"])


def _cases(console: Console, tickets: Mapping[str, Any], tasks: Mapping[str, Any]) -> None:
    rows = [("taken", tickets["taken"])]
    for group in ("kind", "severity", "level"):
        rows += [(f"{group} {name}", count) for name, count in tickets[f"by_{group}"].items() if count]
    rows += [("came back within 7 days", tickets["repeated"]), ("answered", tickets["answered"])]
    rows += [("closed", tickets["closed"]), ("reopened", tickets["reopened"]), ("open", tickets["open"])]
    rows += [("first reply overdue", tickets["first_reply_overdue"])]
    rows += [("final answer overdue", tickets["final_overdue"])]
    shares = [(name, count, None) for name, count in rows]
    if tickets["answered_in_time"] is not None:
        shares.append(("answered by the first promised day", None, tickets["answered_in_time"]))
    _table(console, "Complaints", ("", "number", "share"), shares if any(count for _, count in rows) else [])
    todo = [("opened", tasks["opened"]), *((f"kind {kind}", count) for kind, count in tasks["by_kind"].items())]
    todo += [(f"ended {outcome}", count) for outcome, count in tasks["by_outcome"].items()]
    todo += [("open", tasks["open"]), ("overdue", tasks["overdue"])]
    _table(console, "Tasks: calls that people make", ("", "number"), todo if any(count for _, count in todo) else [])


def _people(console: Console, people: Mapping[str, Any]) -> None:
    from ._tables import notes, tables

    for title, columns, rows in tables(people):
        _table(console, title, columns, rows)
    for note in notes(people):
        console.print(note)


def _survey(console: Console, survey: Mapping[str, Any]) -> None:
    names = ("surveys", "csat_answers", "csat", "nps_answers", "nps")
    groups = {"all": survey}
    for group in ("queue", "agent", "reason"):
        groups |= {f"{group} {name}": row for name, row in survey[f"by_{group}"].items()}
    rows = [(group, *(row[name] for name in names)) for group, row in groups.items() if row["surveys"]]
    _table(console, "Survey", ("", "surveys", "answers", "CSAT", "answers", "NPS"), rows)


def _table(console: Console, title: str, columns: Sequence[str], rows: Sequence[Sequence[Any]]) -> None:
    """Print a table, unless it has no rows."""
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
    """Write a value: shares as per cent, NPS with its sign, no value as a dash."""
    if value is None:
        return _NONE
    if isinstance(value, str):
        return value
    if column in ("share", "CSAT"):
        return f"{value:.1%}"
    return f"{value:+.1f}" if column == "NPS" else str(value)


def _console() -> Console:
    """Return a console that writes plain text unless stdout is a terminal and NO_COLOR is not set."""
    from rich.console import Console

    is_terminal = sys.stdout.isatty()
    plain = not is_terminal or bool(os.environ.get("NO_COLOR"))
    return Console(
        file=sys.stdout, color_system=None if plain else "auto", width=None if is_terminal else WIDTH, highlight=False
    )
