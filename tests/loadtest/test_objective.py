"""Objectives of the command line."""

from __future__ import annotations

import pytest

from ivr.loadtest import objective
from ivr.loadtest.results import Audible, CallFigures, Client, Percentiles, Result


def found(**changes: object) -> Result:
    facts: dict[str, object] = {
        "flow": "main_menu", "url": "http://127.0.0.1", "started": "", "seconds": 10.0, "ended": "time",
        "parameters": {}, "versions": {}, "calls": CallFigures(started=50), "turns": 1000, "errors": 2,
        "calls_per_second": 5.0, "turns_per_second": 100.0,
        "latency": Percentiles(1000, 20, 15, 40, 60, 249.9, 400, 800), "service": Percentiles(),
        "audible": Audible(1000, 3, Percentiles(500, 20, 15, 40, 60, 900, 1200, 1500)), "client": Client(1, 1000, 0.1),
    }  # fmt: skip
    return Result(**{**facts, **changes})  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("text", "met", "measured"),
    [
        ("p99<250ms", True, "249.9ms"),
        ("p99 < 0.2s", False, "0.2499s"),
        ("p99.9<=400ms", True, "400ms"),
        ("max<800ms", False, "800ms"),
        ("errors<=0.1%", False, "0.2%"),
        ("errors<=2", True, "2"),
        ("turns/s>=100", True, "100"),
        ("turns/s>100", False, "100"),
        ("calls>=50", True, "50"),
        ("audible.p99<1s", True, "0.9s"),
        ("audible.over<0.5%", False, "0.6%"),
    ],
)
def test_an_objective_is_compared_in_its_own_unit(text: str, met: bool, measured: str) -> None:
    verdict = objective.read_objective(text).judge(found())
    assert (verdict.met, verdict.measured) == (met, measured)


@pytest.mark.parametrize(
    "text", ["", "fast", "p99", "p99<", "p99<250", "p98<1ms", "p99=1ms", "errors<1ms", "turns/s>5%"]
)
def test_a_malformed_objective_lists_the_forms(text: str) -> None:
    with pytest.raises(ValueError, match=r"is not an objective(.|\n)*p99<250ms(.|\n)*turns/s>100"):
        objective.read_objective(text)


def test_a_run_without_a_turn_meets_no_objective() -> None:
    verdict = objective.read_objective("errors<=1%").judge(found(turns=0, errors=0))
    assert not verdict.met
    assert verdict.measured == "nothing was measured"
