"""What Prometheus may scrape. With PROMETHEUS_MULTIPROC_DIR set, any worker answers for all of them."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from typing import Protocol

from prometheus_client import CollectorRegistry, Counter, Histogram, generate_latest
from prometheus_client.metrics_core import GaugeMetricFamily, Metric
from prometheus_client.multiprocess import MultiProcessCollector
from prometheus_client.registry import Collector

from ..agents.service import Queue

BUCKETS = (0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.25, 0.5, 1, 2, 5, 15)
"""Seconds; above 2 a caller wonders, at 15 the carrier gives up."""


class Counting(Protocol):
    """Whoever knows how many calls are going on."""

    def live(self) -> int:
        """Count the calls that have not ended."""

    @property
    def clock(self) -> Callable[[], float]:
        """The time, in Unix seconds."""

    @property
    def queue(self) -> Queue:
        """The queue for people."""


class Metrics:
    """The counters of one application."""

    def __init__(self, counting: Counting) -> None:
        self._own = CollectorRegistry()
        self._calls, self._queue = _Calls(counting), _Queue(counting)
        self.turns = Counter("ivr_turns_total", "Webhook requests answered.", ["input", "outcome"], registry=self._own)
        self.seconds = Histogram(
            "ivr_webhook_duration_seconds", "Time to answer a webhook.", buckets=BUCKETS, registry=self._own
        )
        self.refused = Counter("ivr_refused_total", "Requests that the carrier did not sign.", registry=self._own)
        self.fallbacks = Counter("ivr_fallbacks_total", "Answers that the carrier could not use.", registry=self._own)

    def turn(self, kind: str, outcome: str, seconds: float) -> None:
        """Count one turn."""
        self.turns.labels(kind, outcome).inc()
        self.seconds.observe(seconds)

    def text(self) -> bytes:
        """Write all figures in Prometheus's text format."""
        shown = self._own
        if "PROMETHEUS_MULTIPROC_DIR" in os.environ:
            shown = CollectorRegistry()
            MultiProcessCollector(shown)  # type: ignore[no-untyped-call]
        return b"".join(map(generate_latest, (shown, self._calls, self._queue)))


class _Calls(Collector):
    """Asks at scraping time, since calls move between workers."""

    def __init__(self, counting: Counting) -> None:
        self._counting = counting

    def collect(self) -> Iterator[Metric]:
        """Yield the gauge, or nothing while the store cannot tell."""
        try:
            live = self._counting.live()
        except Exception:
            return
        yield GaugeMetricFamily("ivr_calls_in_progress", "Calls that have not ended.", value=live)


class _Queue(Collector):
    """Asks the board that all workers share, so each of them gives the same answer."""

    def __init__(self, counting: Counting) -> None:
        self._counting = counting

    def collect(self) -> Iterator[Metric]:
        """Yield the gauges of desks and agents, or nothing while the store cannot tell."""
        try:
            found = self._counting.queue.counts(self._counting.clock())
        except Exception:
            return
        waiting = GaugeMetricFamily("ivr_queue_waiting", "Callers who wait for an agent.", labels=["desk"])
        longest = GaugeMetricFamily(
            "ivr_queue_longest_wait_seconds", "How long the one of them who came first has waited.", labels=["desk"]
        )
        at_desk = GaugeMetricFamily(
            "ivr_desk_agents",
            "Agents who may serve a desk; one of several desks counts for each.",
            labels=["desk", "state"],
        )
        for desk, row in found["desks"].items():
            waiting.add_metric([desk], row["waiting"])
            longest.add_metric([desk], row["longest"])
            for state in ("ready", "busy"):
                at_desk.add_metric([desk, state], row[state])
        agents = GaugeMetricFamily("ivr_agents", "Agents by what they do, each counted once.", labels=["state"])
        for state, number in found["agents"].items():
            agents.add_metric([state], number)
        yield from (waiting, longest, at_desk, agents)
