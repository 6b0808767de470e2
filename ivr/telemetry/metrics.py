"""Metrics for Prometheus. With PROMETHEUS_MULTIPROC_DIR set, any worker reports for all workers."""

from __future__ import annotations

import os
from collections.abc import Sequence

from prometheus_client import CollectorRegistry, Counter, Histogram, generate_latest
from prometheus_client.multiprocess import MultiProcessCollector
from prometheus_client.registry import Collector

from .tracing import BOUNDS, turn_taken


class Metrics:
    """The counters and gauges of one application."""

    def __init__(self, gauges: Sequence[Collector]) -> None:
        self._own, self._gauges = CollectorRegistry(), gauges
        self.turns = Counter("ivr_turns_total", "Webhook requests answered.", ["input", "outcome"], registry=self._own)
        self._turns: dict[tuple[str, str], Counter] = {}
        self.seconds = Histogram(
            "ivr_webhook_duration_seconds", "Time to answer a webhook.", buckets=BOUNDS, registry=self._own
        )
        self.refused = Counter("ivr_refused_total", "Requests that the carrier did not sign.", registry=self._own)
        self.fallbacks = Counter("ivr_fallbacks_total", "Answers that the carrier could not use.", registry=self._own)

    def turn(self, kind: str, outcome: str, seconds: float) -> None:
        """Count one turn."""
        # `labels` takes a lock and checks its arguments, at each turn; the child is the same every time.
        counter = self._turns.get((kind, outcome))
        if counter is None:
            counter = self._turns[kind, outcome] = self.turns.labels(kind, outcome)
        counter.inc()
        self.seconds.observe(seconds)
        turn_taken(kind, outcome, seconds)

    def text(self) -> bytes:
        """Return all metrics in Prometheus's text format."""
        shown = self._own
        # A new registry for each scrape, because the collector reads the files of all workers when it is asked.
        if "PROMETHEUS_MULTIPROC_DIR" in os.environ:
            shown = CollectorRegistry()
            MultiProcessCollector(shown)  # type: ignore[no-untyped-call]
        return b"".join(map(generate_latest, (shown, *self._gauges)))
