"""`ivr load`: test a server with many calls at once, with figures and objectives. The load runs in a child process."""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

import click

from ivr.errors import IvrError

from ._duration_param import Duration
from ._refused import Refused, need_extras
from ._stores import TOKEN

if TYPE_CHECKING:
    from ivr.loadtest.objective import Objective
    from ivr.loadtest.plan import Plan
    from ivr.loadtest.results import Result


@click.command(short_help="Make many calls at once to a server, and measure.")
@click.argument("flow")
@click.option(
    "--url", metavar="URL", help="Server to call. Default: IVR_PUBLIC_URL if it is this machine, or port 8080."
)
@click.option(
    "--users",
    type=click.IntRange(1, 100_000),
    help="Maximum number of calls at once. Default: 100, or 60 times --rate.",
)
@click.option(
    "--rate", metavar="CALLS/S", type=click.FloatRange(min=0, min_open=True), help="Random arrivals per second."
)
@click.option("--duration", "seconds", default="60s", show_default=True, type=Duration(), help="Length of the run.")
@click.option(
    "--ramp", type=Duration(), help="Time in which the load rises. Default: a tenth of the run, at most 10 s."
)
@click.option("--think", default="1s", show_default=True, type=Duration(), help="Median time before a caller acts.")
@click.option(
    "--speed", default=10.0, show_default=True, type=click.FloatRange(0.1), help="Factor by which prompts are faster."
)
@click.option(
    "--budget", default="1s", show_default=True, type=Duration(), help="Longest allowed silence before a prompt."
)
@click.option("--timeout", default="15s", show_default=True, type=Duration(), help="Longest wait for an answer.")
@click.option(
    "--max-calls", default=1_000_000, show_default=True, type=click.IntRange(1), help="End after this number of calls."
)
@click.option("--seed", default=1, show_default=True, help="The same seed draws the same calls and pauses.")
@click.option(
    "--conversations",
    default="tests/conversations",
    show_default=True,
    metavar="PATH",
    help="The conversations to play.",
)
@click.option("--objective", "wanted", multiple=True, metavar="TEXT", help='Such as "p99<250ms"; may be repeated.')
@click.option("--json", "json_file", type=click.Path(dir_okay=False), help="Write all figures; - is stdout.")
@click.option("--html", "html_file", type=click.Path(dir_okay=False), help="Write one page with plots.")
def command(wanted: tuple[str, ...], json_file: str | None, html_file: str | None, **options: Any) -> None:
    """Play the conversations of FLOW against a server, many at once, and measure latency.

    \b
    Example:
      ivr load main_menu --users 200 --duration 30s
      ivr load main_menu --rate 50 --users 2000 --objective "p99<250ms" --objective "errors<=0.1%"
      ivr load main_menu --url https://ivr.example.com --duration 10m --html report.html

    Without --rate, every user starts its next call shortly after its last one was planned to end, so that about --users
    calls are live all the time. With --rate, calls arrive at random, whether or not the server keeps up, and --users is
    the maximum number of live calls. Either way a call's requests are due at times that do not depend on the answers,
    and latency counts from the time when a request was due.

    Callers take about --think to act, and listen to prompts at --speed; --speed 1 --think 3s is a patient caller.
    Silences and talks with a desk pass at --speed, too. Recordings are not fetched.

    Set TWILIO_AUTH_TOKEN to the server's token. Ctrl-C ends the run early and reports.

    Exit codes: 0 all objectives met, 1 an objective missed, 2 the test could not run. To use several machines, run
    Locust itself; see ivr/loadtest/locustfile.py.
    """  # noqa: D301
    objectives = _read_objectives(wanted)
    need_extras("load")
    for file in (json_file, html_file):
        if file and file != "-" and not Path(file).absolute().parent.is_dir():
            raise Refused(f"{file}: there is no such folder")
    result = _measured(_planned(options), objectives)
    _written(result, json_file, html_file)
    missed = [verdict for verdict in result.objectives if not verdict.met]
    sys.exit(1 if missed else 0)


def _read_objectives(wanted: tuple[str, ...]) -> list[Objective]:
    from ivr.loadtest import objective

    try:
        return [objective.read_objective(text) for text in wanted]
    except ValueError as error:
        raise Refused(str(error)) from None


def _planned(options: dict[str, Any]) -> Plan:
    from ivr.loadtest import target
    from ivr.loadtest.plan import MOST_SECONDS, Plan, lines_for
    from ivr.net.reachability import is_loopback

    try:
        options["url"] = target.choose(options["url"])
    except IvrError as error:
        raise Refused(str(error)) from None
    if not 0 < options["seconds"] <= MOST_SECONDS or options["timeout"] <= 0:
        raise Refused("--duration must be more than 0 and at most a day, and --timeout more than 0")
    if not is_loopback(urlsplit(options["url"]).hostname or ""):
        click.echo(f"Calls go to {options['url']}, which is not this machine.", err=True)
    options["users"] = options["users"] or lines_for(options["rate"])
    options["most_calls"] = options.pop("max_calls")
    return Plan(**options, public_url=os.environ.get("IVR_PUBLIC_URL", ""))


def _measured(plan: Plan, objectives: list[Objective]) -> Result:
    from dataclasses import replace

    from ivr.loadtest import process, scripts, target
    from ivr.loadtest.progress import progress_bar

    try:
        first = scripts.load_scripts(plan.conversations, plan.flow).fit[0]
        # One call first: a wrong token would make ten thousand errors of one cause.
        target.probe(first.line(plan.url, os.environ.get(TOKEN, ""), plan.public_url), plan.timeout)
        with progress_bar(plan) as show:
            result = process.run(plan, show)
    except IvrError as error:
        raise Refused(str(error)) from None
    return replace(result, objectives=[objective.judge(result) for objective in objectives])


def _written(result: Result, json_file: str | None, html_file: str | None) -> None:
    import msgspec

    from ivr.loadtest import page, report

    # With `--json -` stdout is for the figures.
    click.echo(report.report_text(result), err=json_file == "-")
    if json_file:
        with click.open_file(json_file, "wb") as out:
            out.write(msgspec.json.format(msgspec.json.encode(result)) + b"\n")
    if html_file:
        Path(html_file).write_text(page.html(result), encoding="utf-8")
        click.echo(f"The page with plots is {html_file}.", err=True)
    for verdict in result.objectives:
        if not verdict.met:
            click.echo(f"Objective missed: {verdict.objective} (measured {verdict.measured}).", err=True)
