"""The result of a load test, as plain data that is sent from the load process to the report and to `--json`."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal

Ending = Literal["time", "calls", "interrupted"]


@dataclass(frozen=True)
class Percentiles:
    """A distribution of times in milliseconds."""

    count: int = 0
    mean: float = 0.0
    p50: float = 0.0
    p90: float = 0.0
    p95: float = 0.0
    p99: float = 0.0
    p999: float = 0.0
    max: float = 0.0


@dataclass(frozen=True)
class StepFigures:
    """One step of the conversations: `latency` counts from when a request was due, `service` from when it was sent."""

    name: str
    order: int
    errors: int
    latency: Percentiles
    service: Percentiles


@dataclass(frozen=True)
class ErrorCount:
    """The number of errors of one kind at one step, with the text of the first."""

    kind: str
    step: str
    count: int
    example: str = ""


@dataclass(frozen=True)
class TimeSlice:
    """A slice of the run. `at` counts seconds from the start; p50, p99 and max are milliseconds."""

    at: float
    seconds: float
    live: int
    calls: int
    turns: int
    errors: int
    p50: float
    p99: float
    max: float


@dataclass(frozen=True)
class CallFigures:
    """The counts of calls. A late call had no free line when it was due.

    A diverted call heard what another conversation expects, because an earlier call had locked the account or the like.
    """

    started: int = 0
    completed: int = 0
    failed: int = 0
    cut: int = 0
    most_live: int = 0
    late: int = 0
    latest_ms: float = 0.0
    diverted: int = 0


@dataclass(frozen=True)
class Audible:
    """The audible delay: the silence from the end of the caller's act to the first prompt, compared with a budget."""

    budget_ms: float
    over: int
    spread: Percentiles

    @property
    def over_share(self) -> float:
        """Return the share of answers over the budget, from 0 to 1."""
        return self.over / self.spread.count if self.spread.count else 0.0


@dataclass(frozen=True)
class Client:
    """The resources that the load process used, so that a slow client is not taken for a slow server."""

    cpu_seconds: float
    cpu_us_per_turn: float
    busy_share: float


@dataclass(frozen=True)
class ObjectiveVerdict:
    """An objective of the command line, what was measured, and whether it was met."""

    objective: str
    measured: str
    met: bool


@dataclass(frozen=True)
class Result:
    """The result of one load test. Rates count from the end of the ramp; percentiles cover the whole run."""

    flow: str
    url: str
    started: str
    seconds: float
    ended: Ending
    parameters: dict[str, str | int | float | None]
    versions: dict[str, str]
    calls: CallFigures
    turns: int
    errors: int
    calls_per_second: float
    turns_per_second: float
    latency: Percentiles
    service: Percentiles
    audible: Audible
    client: Client
    steps: list[StepFigures] = field(default_factory=list)
    error_counts: list[ErrorCount] = field(default_factory=list)
    moments: list[TimeSlice] = field(default_factory=list)
    curve: list[tuple[float, float, float]] = field(default_factory=list)
    conversations: dict[str, int] = field(default_factory=dict)
    left_out: dict[str, int] = field(default_factory=dict)
    objectives: list[ObjectiveVerdict] = field(default_factory=list)

    @property
    def error_share(self) -> float:
        """Return the share of failed turns, from 0 to 1."""
        return self.errors / self.turns if self.turns else 0.0
