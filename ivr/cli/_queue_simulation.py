"""`ivr queue simulate`: how long callers would wait with the rules of line.yaml, before they are live."""

from __future__ import annotations

import json
import math
import sys
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import asdict, replace
from typing import TYPE_CHECKING, Any

import click

from ._duration_param import Duration, NamedValue, clock_text
from ._open_queue import kept_queue, line_of_flows
from ._options import JSON_OPTION
from ._refused import Refused

if TYPE_CHECKING:
    from rich.table import Table

    from ivr.flow.model import Hotline
    from ivr.services.queue.simulation.figures import SimulationFigures, WaitFigures
    from ivr.services.queue.simulation.scenario import CallerClass, Scenario

_MIX = (("normal", 70.0), ("elderly", 15.0), ("vip", 15.0))
"""The mix without --mix: the share of each priority, at the desk of its first segment."""
_TALK, _PATIENCE = 240.0, 180.0
"""Mean seconds of talk and of patience, of all callers without a value of their own."""


class _Patience(Duration):
    name = "patience"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> float:
        """Read a duration, or never."""
        return math.inf if value == "never" else super().convert(value, param, ctx)


class _Hours(click.ParamType[tuple[float, float]]):
    name = "hours"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> tuple[float, float]:
        """Read 09:00-18:00 as seconds after midnight."""
        if isinstance(value, tuple):
            return value
        try:
            opens, closes = (_seconds_of(clock) for clock in str(value).split("-"))
        except ValueError:
            opens = closes = 0.0
        if not 0 <= opens < closes <= 86_400:
            self.fail(f'"{value}" are no hours of a day; write 09:00-18:00', param, ctx)
        return opens, closes


@click.command("simulate", short_help="Simulate days of waiting callers.")
@click.option(
    "--calls",
    multiple=True,
    default=("60",),
    show_default=True,
    metavar="[HOUR=]N",
    type=NamedValue(click.FloatRange(0, 1_000_000)),
    help="Calls for agents an hour; with an hour, such as 9=140, those from nine to ten.",
)
@click.option(
    "--mix",
    multiple=True,
    metavar="CLASS=SHARE",
    type=NamedValue(click.FloatRange(0, min_open=True), needs_name=True),
    help="The classes of callers: segments of line.yaml, or priorities. Default: normal=70, elderly=15, vip=15.",
)
@click.option(
    "--agents",
    "staff",
    multiple=True,
    metavar="DESK[+DESK]=N",
    type=NamedValue(click.IntRange(0, 10_000), needs_name=True),
    help="The agents of a desk, or of several desks each. Default: the agents of ivr agents.",
)
@click.option(
    "--talk",
    multiple=True,
    metavar="[CLASS=]TIME",
    type=NamedValue(Duration()),
    help="Mean length of a talk. Default: 4m.",
)
@click.option(
    "--wrap-up", multiple=True, metavar="[DESK=]TIME", type=NamedValue(Duration()), help="Default: that of line.yaml."
)
@click.option(
    "--patience",
    multiple=True,
    metavar="[CLASS=]TIME",
    type=NamedValue(_Patience()),
    help="Mean time after which waiting callers hang up, or never. Default: 3m.",
)
@click.option(
    "--call-backs",
    default=0.0,
    show_default=True,
    metavar="PERCENT",
    type=click.FloatRange(0, 100),
    help="How many of the callers to whom a call back is offered take it.",
)
@click.option("--hours", default="00:00-24:00", show_default=True, type=_Hours(), help="When callers come.")
@click.option(
    "--head-start",
    "ahead",
    multiple=True,
    metavar="PRIORITY=TIME",
    type=NamedValue(Duration(), needs_name=True),
    help="Try a head start that is not in line.yaml.",
)
@click.option("--days", default=20, show_default=True, type=click.IntRange(1, 100_000), help="Days to play.")
@click.option("--seed", default=1, show_default=True, type=click.IntRange(0), help="Another seed draws other callers.")
@click.option("--within", default="20s", show_default=True, type=Duration(), help="The time of the service level.")
@JSON_OPTION
def simulate_days(**options: Any) -> None:
    """Play days of random callers by the rules of line.yaml: how long each class waits, and who gives up.

    \b
    Example:
      ivr queue simulate --calls 100 --agents general=10
      ivr queue simulate --calls 90 --calls 10=140 --mix retail=70 --mix vip=20 --mix elderly=10 \\
          --agents general=9 --agents vip=2 --talk vip=6m --hours 09:00-18:00 --head-start vip=60s

    The order of service is that of the queue itself. The last column is the mean wait if no class had a head start,
    with the same callers: what VIP callers gain and what everyone else pays for it. Talks and patience vary at random
    (exponential, as in Erlang's models). Agents stay until the last caller is served. A call back is offered once, as a
    caller begins to wait. Not part of it: languages, sites, and the ringing of agents' telephones.
    """  # noqa: D301
    from ivr.reporting.service_level import SHORT_WAIT
    from ivr.services.queue.simulation.figures import simulate, without_head_starts
    from ivr.services.queue.simulation.scenario import ScenarioError

    within = options["within"]
    try:
        scenario = _scenario(options)
        played = simulate(scenario, within=within, short=SHORT_WAIT)
        # With the same seed, so that the difference is that of the rules and not of the callers.
        equal = simulate(without_head_starts(scenario), within=within, short=SHORT_WAIT)
    except ScenarioError as fault:
        raise Refused(f"{fault}.") from None
    if options["as_json"]:
        click.echo(json.dumps(_as_json(scenario, played, equal, within), ensure_ascii=False, indent=2))
    else:
        _print(scenario, played, equal, within)


def _scenario(options: Mapping[str, Any]) -> Scenario:
    from ivr.services.queue.simulation.scenario import Scenario, ScenarioError, check_desk

    with _line_and_agents(options["staff"]) as (line, agents):
        head_starts = dict(options["ahead"])
        if unknown := set(head_starts) - set(line.waiting.head_starts):
            names = ", ".join(line.waiting.head_starts)
            raise ScenarioError(f'there is no head start for "{min(unknown)}", but for {names}')
        starts = {**line.waiting.head_starts, **head_starts}
        line = replace(line, waiting=replace(line.waiting, head_starts=starts))
        wrap_up: dict[str, float] = dict(options["wrap_up"])
        everywhere = wrap_up.get("")
        for desk in filter(None, wrap_up):
            check_desk(line, desk)
        return Scenario(
            line=line,
            classes=tuple(_classes(line, options)),
            agents=tuple(agents),
            calls_an_hour=_calls_an_hour(options["calls"]),
            wrap_up={
                name: wrap_up.get(name, desk.wrap_up if everywhere is None else everywhere)
                for name, desk in line.desks.items()
            },
            opens=options["hours"][0],
            closes=options["hours"][1],
            call_backs=options["call_backs"] / 100,
            days=options["days"],
            seed=options["seed"],
        )


@contextmanager
def _line_and_agents(staff: Iterable[tuple[str, int]]) -> Iterator[tuple[Hotline, list[tuple[str, ...]]]]:
    staff = list(staff)
    if staff:
        yield line_of_flows(), [tuple(desks.split("+")) for desks, count in staff for _ in range(count)]
        return
    with kept_queue(reads=True) as queue:
        agents = [agent.desks for agent in queue.agents.agents()]
        if not agents:
            raise Refused("there are no agents; name some, such as --agents general=10, or use ivr agents add.")
        yield queue.line, agents


def _classes(line: Hotline, options: Mapping[str, Any]) -> Iterator[CallerClass]:
    from ivr.services.queue.simulation.scenario import ScenarioError, class_of

    mix = dict(options["mix"] or _default_mix(line))
    talk, patience = {"": _TALK, **dict(options["talk"])}, {"": _PATIENCE, **dict(options["patience"])}
    if unknown := ({*talk, *patience} - {"", *mix}):
        raise ScenarioError(f'no callers are of the class "{min(unknown)}"; the mix has {", ".join(mix)}')
    for name, share in mix.items():
        yield class_of(line, name, share, talk.get(name, talk[""]), patience.get(name, patience[""]))


def _default_mix(line: Hotline) -> Iterator[tuple[str, float]]:
    for priority, share in _MIX:
        segments = (name for name, segment in line.segments.items() if segment.priority == priority)
        yield (priority if priority == "normal" else next(segments, priority)), share


def _calls_an_hour(calls: Sequence[tuple[str, float]]) -> tuple[float, ...]:
    by_hour = dict(calls)
    hours = [str(hour) for hour in range(24)]
    if unknown := set(by_hour) - {"", *hours}:
        raise Refused(f'"{min(unknown)}" is no hour; write --calls 9=140 for nine to ten o\'clock.')
    return tuple(by_hour.get(hour, by_hour.get("", 0.0)) for hour in hours)


def _seconds_of(clock: str) -> float:
    hours, _, minutes = clock.strip().partition(":")
    return int(hours) * 3600.0 + int(minutes or 0) * 60.0


def _as_json(
    scenario: Scenario, played: SimulationFigures, equal: SimulationFigures, within: float
) -> Mapping[str, Any]:
    line = scenario.line
    return {
        "days": scenario.days,
        "seed": scenario.seed,
        "agents": len(scenario.agents),
        "within": within,
        "head_starts": dict(line.waiting.head_starts),
        "bound": line.waiting.bound,
        "occupancy": played.occupancy,
        "all": asdict(played.everyone),
        "classes": [
            {**asdict(figures), "desk": kind.desk, "priority": kind.priority}
            for kind, figures in zip(scenario.classes, played.classes, strict=True)
        ],
        "without_head_starts": {
            "all": asdict(equal.everyone),
            "classes": [asdict(figures) for figures in equal.classes],
        },
    }


def _print(scenario: Scenario, played: SimulationFigures, equal: SimulationFigures, within: float) -> None:
    from rich.console import Console

    table = _table(within)
    for figures, other in zip((*played.classes, played.everyone), (*equal.classes, equal.everyone), strict=True):
        table.add_row(*_row(figures, other))
    # rich takes 80 columns where there is no terminal, and would wrap the table in a log.
    console = Console(width=None if sys.stdout.isatty() else 120)
    console.print(table)
    starts = ", ".join(f"{name} {seconds:g}s" for name, seconds in scenario.line.waiting.head_starts.items())
    console.print(
        f"Days: {scenario.days}, seed {scenario.seed}. Agents: {len(scenario.agents)}, "
        f"busy {played.occupancy:.0%} of the time.\n"
        f"Head starts: {starts}; from {scenario.line.waiting.bound:g}s on, in the order of coming.",
        highlight=False,
    )


def _table(within: float) -> Table:
    from rich.table import Table

    table = Table(title="Waits", title_justify="left", box=None, pad_edge=False)
    columns = ("calls", "mean", "p90", "longest", f"within {within:g}s", "gave up", "call backs", "without head starts")
    table.add_column("callers")
    for column in columns:
        table.add_column(column, justify="right")
    return table


def _row(figures: WaitFigures, equal: WaitFigures) -> Iterator[str]:
    yield from (figures.name, f"{figures.calls:,}")
    yield from map(_clock, (figures.mean, figures.p90, figures.longest))
    yield from map(_percent, (figures.service_level, figures.abandonment))
    yield f"{figures.called_back:,}"
    yield _clock(equal.mean)


def _clock(seconds: float | None) -> str:
    return "" if seconds is None else clock_text(round(seconds))


def _percent(share: float | None) -> str:
    return "" if share is None else f"{share:.1%}"
