"""Objectives of the command line, such as `p99<250ms`: parse them and compare them with a result."""

from __future__ import annotations

import operator
import re
from collections.abc import Callable
from dataclasses import dataclass

from .results import ObjectiveVerdict, Percentiles, Result

FORMS = """p50 p90 p95 p99 p99.9 max mean      latency of a turn        p99<250ms   mean<=0.1s
audible.p50 ... audible.max         silence before a prompt  audible.p99<1s
audible.over                        answers over the budget  audible.over<1%
errors                              failed turns             errors<=0.1%   errors<=3
turns/s  calls/s  turns  calls      rates and counts         turns/s>100    calls>=50
The comparisons are < <= > >=."""

_SPREAD = {"p50": "p50", "p90": "p90", "p95": "p95", "p99": "p99", "p99.9": "p999", "max": "max", "mean": "mean"}
_COMPARE: dict[str, Callable[[float, float], bool]] = {
    "<": operator.lt,
    "<=": operator.le,
    ">": operator.gt,
    ">=": operator.ge,
}
_SHAPE = re.compile(r"\s*([a-z0-9./]+)\s*(<=|>=|<|>)\s*(\d+(?:\.\d+)?)\s*(ms|s|%|)\s*", re.ASCII)
_RATES: dict[str, Callable[[Result], float]] = {
    "turns/s": lambda result: result.turns_per_second,
    "calls/s": lambda result: result.calls_per_second,
    "turns": lambda result: float(result.turns),
    "calls": lambda result: float(result.calls.started),
}


@dataclass(frozen=True)
class Objective:
    """An objective of a run; `limit` is in the unit as written."""

    text: str
    metric: str
    compare: str
    limit: float
    unit: str

    def judge(self, result: Result) -> ObjectiveVerdict:
        """Compare with a result. An objective without a measurement is not met."""
        value = self._measured(result)
        # Of a run without a turn every latency is 0, which would meet any objective.
        met = result.turns > 0 and _COMPARE[self.compare](value, self.limit)
        return ObjectiveVerdict(self.text, f"{value:.4g}{self.unit}" if result.turns else "nothing was measured", met)

    def _measured(self, result: Result) -> float:
        if self.metric in _RATES:
            return _RATES[self.metric](result)
        if self.metric == "errors":
            return result.error_share * 100 if self.unit == "%" else float(result.errors)
        if self.metric == "audible.over":
            return result.audible.over_share * 100 if self.unit == "%" else float(result.audible.over)
        name = self.metric.removeprefix("audible.")
        spread: Percentiles = result.audible.spread if name != self.metric else result.latency
        milliseconds: float = getattr(spread, _SPREAD[name])
        return milliseconds / 1000 if self.unit == "s" else milliseconds


def read_objective(text: str) -> Objective:
    """Parse one objective. Raises ValueError, which lists the valid forms."""
    shape = _SHAPE.fullmatch(text)
    if shape is None or shape[4] not in _units(shape[1]):
        raise ValueError(f'"{text}" is not an objective. The forms are:\n{FORMS}')
    return Objective(text.strip(), shape[1], shape[2], float(shape[3]), shape[4])


def _units(metric: str) -> tuple[str, ...]:
    if metric in _RATES:
        return ("",)
    if metric in ("errors", "audible.over"):
        return ("", "%")
    return ("ms", "s") if metric.removeprefix("audible.") in _SPREAD else ()
