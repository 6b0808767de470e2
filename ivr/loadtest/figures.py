"""Count during a run: histograms per step and per slice of time. Must not use the network or a clock.

Percentiles come from HdrHistogram, which is exact to three digits at any percentile and can be merged across machines.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from typing import Any

from hdrh.histogram import HdrHistogram

from .results import Audible, CallFigures, ErrorCount, Percentiles, StepFigures, TimeSlice

_LOWEST_US, _HIGHEST_US = 1, 600_000_000
_BITS = 11
"""HdrHistogram keeps three figures as the 2,048 values that eleven bits tell apart."""
_MOST_PENDING = 2048
_CURVE = (0, 10, 25, 50, 75, 90, 95, 97.5, 99, 99.5, 99.75, 99.9, 99.95, 99.99, 100)
MOST_STEPS = 300
OTHER_STEPS = "other steps"


class Times:
    """A histogram of times, recorded in seconds and reported in milliseconds."""

    def __init__(self, figures: int = 3) -> None:
        self._counted = HdrHistogram(_LOWEST_US, _HIGHEST_US, figures)
        self._sum = 0.0  # the histogram's own mean takes 30 ms to compute
        self._pending: dict[int, int] = {}

    def record(self, seconds: float) -> None:
        """Add one time; a value out of range counts as the limit.

        The histogram's own `record_value` costs twenty times as much, so times wait in a table, rounded as it does.
        """
        self._sum += seconds
        value = min(max(int(seconds * 1_000_000), _LOWEST_US), _HIGHEST_US - 1)
        spare = max(value.bit_length() - _BITS, 0)
        # Rounded as HdrHistogram rounds, so that equal values share an entry of the table.
        value = value >> spare << spare
        pending = self._pending
        pending[value] = pending.get(value, 0) + 1
        if len(pending) >= _MOST_PENDING:
            self._count()

    def _count(self) -> HdrHistogram:
        """Return the histogram with everything counted."""
        for value, count in self._pending.items():
            self._counted.record_value(value, count)
        self._pending.clear()
        return self._counted

    def add(self, other: Times) -> None:
        """Add all times of another histogram."""
        self._sum += other._sum
        self._count().add(other._count())

    def encode(self) -> tuple[bytes, float]:
        """Return the compressed form that is sent between machines."""
        return self._count().encode(), self._sum

    def absorb(self, encoded: tuple[bytes, float]) -> None:
        """Add an encoded histogram of another machine."""
        self._sum += encoded[1]
        self._counted.decode_and_add(encoded[0])

    def percentiles(self, wanted: Iterable[float]) -> list[float]:
        """Return several percentiles in milliseconds."""
        points = list(wanted)
        histogram = self._count()
        if not histogram.get_total_count():
            return [0.0] * len(points)
        values = histogram.get_percentile_to_value_dict(points)
        # A percentile is the upper end of its bucket, which can lie above the largest value that was measured.
        highest = histogram.get_max_value()
        return [round(min(values[point], highest) / 1000, 3) for point in points]

    def spread(self) -> Percentiles:
        """Return the distribution."""
        count: int = self._count().get_total_count()
        if not count:
            return Percentiles()
        p50, p90, p95, p99, p999, most = self.percentiles((50, 90, 95, 99, 99.9, 100))
        return Percentiles(count, round(self._sum / count * 1000, 3), p50, p90, p95, p99, p999, most)


class _StepTimes:
    def __init__(self, order: int) -> None:
        self.order = order
        self.errors = 0
        self.latency = Times()
        self.service = Times()


class _Slice:
    def __init__(self) -> None:
        self.live = 0
        self.calls = 0
        self.turns = 0
        self.errors = 0
        self.times = Times(figures=2)


class LoadFigures:
    """All counts of a run. `width` is the length of a time slice and `budget` the allowed audible delay, in seconds."""

    def __init__(self, *, width: float = 1.0, budget: float = 1.0) -> None:
        self.width = width
        self.budget = budget
        self.live = 0
        self.turns = 0
        self.errors = 0
        self.counts: Counter[str] = Counter()
        self.played: Counter[str] = Counter()
        self.latest = 0.0
        self._audible = Times()
        self._over = 0
        self._steps: dict[str, _StepTimes] = {}
        self._slices: dict[int, _Slice] = {}
        self._kinds: Counter[tuple[str, str]] = Counter()
        self._examples: dict[tuple[str, str], str] = {}

    def call_started(self, title: str, at: float, late: float = 0.0) -> None:
        """Count a call that was due at second `at`, and that waited `late` seconds for a free line."""
        self.counts["started"] += 1
        self.played[title] += 1
        self.live += 1
        self.counts["most_live"] = max(self.counts["most_live"], self.live)
        slice_ = self._slice(at)
        slice_.calls += 1
        slice_.live = max(slice_.live, self.live)
        if late > 0:
            self.counts["late"] += 1
            self.latest = max(self.latest, late)

    def call_ended(self, outcome: str) -> None:
        """Count the end of a call: `completed`, `failed`, `diverted` or `cut` (the run ended first)."""
        self.counts[outcome] += 1
        self.live -= 1

    def turn(self, at: float, step: str, order: int, latency: float | None, service: float) -> None:
        """Count one request; the times are seconds from when it was due and from when it was sent.

        A refused connection has no latency: refusals are fast, and would make the server look fast.
        """
        self.turns += 1
        slice_ = self._slice(at)
        slice_.turns += 1
        slice_.live = max(slice_.live, self.live)
        times = self._step(step, order)
        if latency is not None:
            times.latency.record(latency)
            times.service.record(service)
            slice_.times.record(latency)

    def error(self, at: float, step: str, order: int, kind: str, example: str = "") -> None:
        """Count one failed turn by its kind."""
        self.errors += 1
        times = self._step(step, order)
        times.errors += 1
        self._slice(at).errors += 1
        key = (kind, step)
        self._kinds[key] += 1
        self._examples.setdefault(key, example)

    def audible(self, seconds: float) -> None:
        """Count a silence that the caller hears, in seconds."""
        self._audible.record(seconds)
        self._over += seconds > self.budget

    def _step(self, name: str, order: int) -> _StepTimes:
        times = self._steps.get(name)
        if times is None:
            # Names of steps come from prompts of the server: a fault that says something new each time must not fill
            # the memory.
            if len(self._steps) >= MOST_STEPS:
                name, order = OTHER_STEPS, MOST_STEPS
            times = self._steps.setdefault(name, _StepTimes(order))
        times.order = min(times.order, order)
        return times

    def _slice(self, at: float) -> _Slice:
        number = max(int(at / self.width), 0)
        slice_ = self._slices.get(number)
        return self._slices.setdefault(number, _Slice()) if slice_ is None else slice_

    def totals(self) -> tuple[Times, Times]:
        """Return the sums over all steps: (latency, service)."""
        latency, service = Times(), Times()
        for step in self._steps.values():
            latency.add(step.latency)
            service.add(step.service)
        return latency, service

    def curve(self) -> list[tuple[float, float, float]]:
        """Return rows of (percentile, latency, service), in milliseconds, for a plot."""
        latency, service = self.totals()
        return list(zip(_CURVE, latency.percentiles(_CURVE), service.percentiles(_CURVE), strict=True))

    def steps(self) -> list[StepFigures]:
        """Return the figures of each step, in the order of a call."""
        rows = [
            StepFigures(n, s.order, s.errors, s.latency.spread(), s.service.spread()) for n, s in self._steps.items()
        ]
        return sorted(rows, key=lambda row: (row.order, -row.latency.count, row.name))

    def error_counts(self) -> list[ErrorCount]:
        """Return the errors by kind and step, the most frequent first."""
        return [
            ErrorCount(kind, step, count, self._examples[kind, step])
            for (kind, step), count in self._kinds.most_common()
        ]

    def moments(self) -> list[TimeSlice]:
        """Return the time slices of the run."""
        rows = []
        for number, row in sorted(self._slices.items()):
            p50, p99, most = row.times.percentiles((50, 99, 100))
            at = number * self.width
            rows.append(TimeSlice(at, self.width, row.live, row.calls, row.turns, row.errors, p50, p99, most))
        return rows

    def latest_p99(self) -> float:
        """Return the p99 of the last full time slice in milliseconds, for the progress bar."""
        numbers = sorted(self._slices)
        return self._slices[numbers[-2 if len(numbers) > 1 else -1]].times.percentiles((99,))[0] if numbers else 0.0

    def calls(self) -> CallFigures:
        """Return the counts of calls."""
        names = ("started", "completed", "failed", "cut", "most_live", "late", "diverted")
        return CallFigures(**{name: self.counts[name] for name in names}, latest_ms=round(self.latest * 1000, 3))

    def audible_delay(self) -> Audible:
        """Return the audible delay, compared with the budget."""
        return Audible(self.budget * 1000, self._over, self._audible.spread())

    def encode(self) -> dict[str, Any]:
        """Return everything as plain values, to be sent to another machine."""
        return {
            "live": self.live,
            "turns": self.turns,
            "errors": self.errors,
            "counts": dict(self.counts),
            "played": dict(self.played),
            "latest": self.latest,
            "audible": (self._audible.encode(), self._over),
            "steps": [(n, s.order, s.errors, s.latency.encode(), s.service.encode()) for n, s in self._steps.items()],
            "slices": [
                (n, s.live, s.calls, s.turns, s.errors, s.times.encode()) for n, s in sorted(self._slices.items())
            ],
            "kinds": [(k, s, count, self._examples[k, s]) for (k, s), count in self._kinds.items()],
        }

    def absorb(self, other: dict[str, Any]) -> None:
        """Add the encoded figures of another machine."""
        self.live += other["live"]
        self.turns += other["turns"]
        self.errors += other["errors"]
        self.counts.update(other["counts"])  # the peak adds up, too, since machines run at the same time
        self.played.update(other["played"])
        self.latest = max(self.latest, other["latest"])
        encoded, over = other["audible"]
        self._audible.absorb(encoded)
        self._over += over
        for name, order, errors, latency, service in other["steps"]:
            step = self._step(name, order)
            step.errors += errors
            step.latency.absorb(latency)
            step.service.absorb(service)
        for number, live, calls, turns, errors, times in other["slices"]:
            row = self._slice(number * self.width)
            row.live, row.calls = row.live + live, row.calls + calls
            row.turns, row.errors = row.turns + turns, row.errors + errors
            row.times.absorb(times)
        for kind, step_name, count, example in other["kinds"]:
            self._kinds[kind, step_name] += count
            self._examples.setdefault((kind, step_name), example)
