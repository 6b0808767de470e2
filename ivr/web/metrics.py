"""What Prometheus may scrape. With PROMETHEUS_MULTIPROC_DIR set, any worker answers for all of them."""

from __future__ import annotations

import os
from collections.abc import Iterator
from typing import Protocol

from prometheus_client import CollectorRegistry, Counter, Histogram, generate_latest
from prometheus_client.metrics_core import GaugeMetricFamily, Metric
from prometheus_client.multiprocess import MultiProcessCollector
from prometheus_client.registry import Collector

BUCKETS = (0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.25, 0.5, 1, 2, 5, 15)
"""Seconds; above 2 a caller wonders, at 15 the carrier gives up."""


class Counting(Protocol):
    """Whoever knows how many calls are going on."""

    def live(self) -> int:
        """Count the calls that have not ended."""


class Metrics:
    """The counters of one application."""

    def __init__(self, counting: Counting) -> None:
        self._own = CollectorRegistry()
        self._calls = _Calls(counting)
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
        return generate_latest(shown) + generate_latest(self._calls)


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
