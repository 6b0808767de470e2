"""The report of a load test as one HTML page with tables and plots. Must not need scripts or a network."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from html import escape
from pathlib import Path

from . import plots
from .report import milliseconds, share_text
from .results import Percentiles, Result, TimeSlice

# Inside the page: it is mailed around, and must not need a file beside it.
_STYLE = Path(__file__).with_name("page.css").read_text(encoding="utf-8")


def html(result: Result) -> str:
    """Return the page."""
    title = f"Load test of {result.flow}"
    return "\n".join(
        (
            '<!doctype html>\n<html lang="en"><head><meta charset="utf-8">',
            '<meta name="viewport" content="width=device-width, initial-scale=1">',
            f"<title>{escape(title)}</title><style>{_STYLE}</style></head><body>",
            f"<h1>{escape(title)}</h1>",
            f"<p>{escape(result.url)}, {escape(result.started)}, {result.seconds:.1f} s</p>",
            _numbers(result),
            _objectives(result),
            *_plots(result),
            _times(result),
            _steps(result),
            _errors(result),
            _conditions(result),
            "</body></html>\n",
        )
    )


def _table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    top = "".join(f"<th>{escape(cell)}</th>" for cell in head)
    body = "".join("<tr>" + "".join(f"<td>{cell}</td>" for cell in row) + "</tr>" for row in rows)
    return f"<table><thead><tr>{top}</tr></thead><tbody>{body}</tbody></table>"


def _numbers(result: Result) -> str:
    pairs = (
        (f"{result.turns_per_second:.1f}", "turns/s"),
        (f"{result.calls_per_second:.2f}", "calls/s"),
        (str(result.calls.most_live), "calls at once"),
        (milliseconds(result.latency.p50), "p50"),
        (milliseconds(result.latency.p99), "p99"),
        (share_text(result.error_share), "of turns failed"),
        (share_text(result.audible.over_share), f"silent for over {milliseconds(result.audible.budget_ms)}"),
    )
    return '<div class="numbers">' + "".join(f"<span><b>{b}</b>{escape(name)}</span>" for b, name in pairs) + "</div>"


def _objectives(result: Result) -> str:
    if not result.objectives:
        return ""
    rows = (
        (
            escape(v.objective),
            escape(v.measured),
            '<span class="good">met</span>' if v.met else '<span class="bad">failed</span>',
        )
        for v in result.objectives
    )
    return "<h2>Objectives</h2>" + _table(("objective", "measured", ""), rows)


def _plots(result: Result) -> Iterable[str]:
    if not result.moments:
        return
    moments = result.moments
    time = plots.Axis("seconds", plots.even(max(m.at + m.seconds for m in moments), steps=6))
    yield plots.plot("Turns and errors a second", time, _counted(moments), _rates(moments))
    live = [(m.at, float(m.live)) for m in moments]
    yield plots.plot(
        "Calls at once", time, plots.Axis("", plots.even(max(y for _, y in live))), [plots.PlotLine("calls", "c", live)]
    )
    timed = [m for m in moments if m.turns]
    if timed:
        yield plots.plot("Latency over time", time, _latency(timed), _percentiles(timed))
        yield _curve(result)


def _counted(moments: Sequence[TimeSlice]) -> plots.Axis:
    return plots.Axis("", plots.even(max(max(m.turns, m.errors) / m.seconds for m in moments)))


def _rates(moments: Sequence[TimeSlice]) -> list[plots.PlotLine]:
    return [
        plots.PlotLine("turns", "a", [(m.at, m.turns / m.seconds) for m in moments]),
        plots.PlotLine("errors", "bad", [(m.at, m.errors / m.seconds) for m in moments]),
    ]


def _latency(moments: Sequence[TimeSlice]) -> plots.Axis:
    return plots.Axis("", plots.decades(min(m.p50 for m in moments), max(m.max for m in moments)), plots.logarithm)


def _percentiles(moments: Sequence[TimeSlice]) -> list[plots.PlotLine]:
    return [
        plots.PlotLine("p50", "a", [(m.at, m.p50) for m in moments]),
        plots.PlotLine("p99", "b", [(m.at, m.p99) for m in moments]),
        plots.PlotLine("max", "bad", [(m.at, m.max) for m in moments]),
    ]


def _curve(result: Result) -> str:
    ticks = [(p, f"{p:g} %") for p in (0, 50, 90, 99, 99.9, 99.99)]
    values = [value for _, due, sent in result.curve for value in (due, sent)]
    times = plots.Axis("", plots.decades(min(values), max(values)), plots.logarithm)
    lines = [
        plots.PlotLine("since due", "b", [(p, due) for p, due, _ in result.curve]),
        plots.PlotLine("since sent", "a", [(p, sent) for p, _, sent in result.curve]),
    ]
    return plots.plot("Latency by percentile", plots.Axis("of all turns", ticks, plots.nines), times, lines)


def _five(spread: Percentiles) -> tuple[str, ...]:
    return tuple(milliseconds(t) for t in (spread.p50, spread.p90, spread.p99, spread.p999, spread.max))


def _times(result: Result) -> str:
    named = (
        ("latency, from when a request was due", result.latency),
        ("service, from when it was sent", result.service),
        ("audible delay, silence before a prompt", result.audible.spread),
    )
    rows = ((name, str(spread.count), *_five(spread)) for name, spread in named)
    return "<h2>Times</h2>" + _table(("", "count", "p50", "p90", "p99", "p99.9", "max"), rows)


def _steps(result: Result) -> str:
    rows = ((escape(s.name), str(s.latency.count), str(s.errors), *_five(s.latency)) for s in result.steps)
    return "<h2>Steps</h2>" + _table(("step", "turns", "errors", "p50", "p90", "p99", "p99.9", "max"), rows)


def _errors(result: Result) -> str:
    if not result.error_counts:
        return "<h2>Errors</h2><p>None.</p>"
    rows = ((escape(e.kind), str(e.count), escape(e.step), escape(e.example)) for e in result.error_counts)
    return "<h2>Errors</h2>" + _table(("kind", "count", "step", "example"), rows)


def _conditions(result: Result) -> str:
    calls = result.calls
    facts: dict[str, object] = {
        "calls": f"{calls.started} started, {calls.completed} completed, {calls.failed} failed, {calls.cut} cut",
        "late calls": f"{calls.late}, the latest by {milliseconds(calls.latest_ms)}",
        "client": f"{result.client.cpu_us_per_turn:.0f} us of CPU a turn,"
        f" {share_text(result.client.busy_share)} of one core",
        **result.parameters,
        **{f"{name} version": version for name, version in result.versions.items()},
        **{f"played: {name}": count for name, count in result.conversations.items()},
        **{f"left out: {name}": count for name, count in result.left_out.items()},
    }
    rows = ((escape(name), escape(str(value))) for name, value in facts.items() if value is not None)
    return "<h2>Conditions</h2>" + _table(("", ""), rows)
