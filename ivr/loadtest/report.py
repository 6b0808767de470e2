"""The report of a load test as text for a terminal. `page` has the same figures with plots."""

from __future__ import annotations

from collections.abc import Iterator

from .labels import fitted
from .results import Percentiles, Result

WIDEST_STEP = 50
_MOST_STEPS = 30


def report_text(result: Result) -> str:
    """Return the whole report."""
    blocks = (_summary(result), _steps(result), _errors(result), _objectives(result))
    return "\n\n".join(block for block in ("\n".join(lines) for lines in blocks) if block)


def milliseconds(value: float) -> str:
    """Return a time with three significant digits: 0.84 ms, 12.3 ms, 250 ms, 3.20 s."""
    if value >= 1000:
        return f"{value / 1000:.2f} s"
    return f"{value:.0f} ms" if value >= 100 else f"{value:.1f} ms" if value >= 10 else f"{value:.2f} ms"


def share_text(value: float) -> str:
    """Return a share as a percentage."""
    return "0 %" if value == 0 else f"{value * 100:.2g} %"


def _five(spread: Percentiles) -> str:
    return "".join(f"{milliseconds(t):>10}" for t in (spread.p50, spread.p90, spread.p99, spread.max))


def _summary(result: Result) -> Iterator[str]:
    calls = result.calls
    yield f"{result.flow} at {result.url}: {result.seconds:.1f} s, ended by {_ENDED[result.ended]}"
    yield (
        f"calls    {calls.started} started ({result.calls_per_second:.1f}/s), {calls.completed} completed, "
        f"{calls.failed} failed, {calls.cut} cut at the end, {calls.most_live} at once at most"
    )
    yield (
        f"turns    {result.turns} ({result.turns_per_second:.1f}/s after the ramp), "
        f"{result.errors} failed ({share_text(result.error_share)})"
    )
    yield f"{'':9}{'p50':>10}{'p90':>10}{'p99':>10}{'max':>10}"
    yield f"latency  {_five(result.latency)}   from when a request was due"
    yield f"service  {_five(result.service)}   from when it was sent"
    audible = result.audible
    yield (
        f"audible  {_five(audible.spread)}   silence before a prompt; "
        f"{share_text(audible.over_share)} over {milliseconds(audible.budget_ms)}"
    )
    yield (
        f"client   {result.client.cpu_us_per_turn:.0f} us of CPU a turn, "
        f"{share_text(result.client.busy_share)} of one core busy"
    )
    if result.client.busy_share > 0.8:
        yield "         The client itself was at its limit; spread it over processes before you blame the server."
    if calls.late:
        yield (
            f"late     {calls.late} calls found no free line when they were due, the latest waited "
            f"{milliseconds(calls.latest_ms)}; the wait is in the latency"
        )
    if calls.diverted:
        yield (
            f"diverted {calls.diverted} calls heard what another conversation expects, as after an earlier call that "
            "locked the account; they are not failed"
        )
    yield f"played   {len(result.conversations)} conversations"
    if result.left_out:
        yield f"left out {_listed(result.left_out)}"


_ENDED = {"time": "its time", "calls": "the bound on calls", "interrupted": "you"}


def _listed(counts: dict[str, int]) -> str:
    return ", ".join(f"{count} {name}" for name, count in counts.items()) or "nothing"


def _steps(result: Result) -> Iterator[str]:
    yield f"{fitted('step', WIDEST_STEP)}{'turns':>8}{'errors':>8}{'p50':>10}{'p90':>10}{'p99':>10}{'max':>10}"
    often = sorted(result.steps, key=lambda step: (step.errors == 0, -step.latency.count))[:_MOST_STEPS]
    for step in result.steps:
        if step in often:
            yield f"{fitted(step.name, WIDEST_STEP)}{step.latency.count:>8}{step.errors:>8}{_five(step.latency)}"
    if len(result.steps) > len(often):
        yield f"{len(result.steps) - len(often)} steps that were taken less often are in --html and --json"


def _errors(result: Result) -> Iterator[str]:
    for error in result.error_counts:
        example = f": {error.example}" if error.example else ""
        yield f"{error.count:>6} x {error.kind} at {error.step}{example}"


def _objectives(result: Result) -> Iterator[str]:
    for verdict in result.objectives:
        yield f"{'met   ' if verdict.met else 'FAILED'} {verdict.objective} (measured {verdict.measured})"
