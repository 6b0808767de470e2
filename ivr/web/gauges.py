"""Gauges of `/metrics` that are read at scraping time: calls in progress, the queue and the desks."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import Protocol

from prometheus_client.metrics_core import GaugeMetricFamily, Metric
from prometheus_client.registry import Collector

from ivr.services.queue.service import Queue


class Counting(Protocol):
    """The part of the application that the gauges read."""

    def live(self) -> int:
        """Return the number of live calls."""

    @property
    def clock(self) -> Callable[[], float]:
        """The clock, in Unix seconds."""

    @property
    def queue(self) -> Queue:
        """The queue for agents."""


def gauges(counting: Counting) -> Sequence[Collector]:
    """Return the gauges of one application."""
    return (_Calls(counting), _Queue(counting))


class _Calls(Collector):
    """Calls in progress. Read at scraping time, since calls move between workers."""

    def __init__(self, counting: Counting) -> None:
        self._counting = counting

    def collect(self) -> Iterator[Metric]:
        """Yield the gauge, or nothing while the store cannot be read."""
        # An exception would fail the whole scrape, and turns and faults must be counted while the store is gone, too.
        try:
            live = self._counting.live()
        except Exception:
            return
        yield GaugeMetricFamily("ivr_calls_in_progress", "Calls that have not ended.", value=live)


class _Queue(Collector):
    """Desks and agents, from the store that all workers share, so that every worker reports the same."""

    def __init__(self, counting: Counting) -> None:
        self._counting = counting

    def collect(self) -> Iterator[Metric]:
        """Yield the gauges of desks and agents, or nothing while the store cannot be read."""
        # As above: the scrape goes on without these figures.
        try:
            counts = self._counting.queue.counts(self._counting.clock())
        except Exception:
            return
        waiting = GaugeMetricFamily("ivr_queue_waiting", "Callers who wait for an agent.", labels=["desk"])
        longest = GaugeMetricFamily(
            "ivr_queue_longest_wait_seconds", "How long the first of them has waited.", labels=["desk"]
        )
        at_desk = GaugeMetricFamily(
            "ivr_desk_agents",
            "Agents who may serve a desk; one of several desks counts for each.",
            labels=["desk", "state"],
        )
        for desk, row in counts["desks"].items():
            waiting.add_metric([desk], row["waiting"])
            longest.add_metric([desk], row["longest"])
            for state in ("ready", "busy"):
                at_desk.add_metric([desk, state], row[state])
        agents = GaugeMetricFamily("ivr_agents", "Agents by state, each counted once.", labels=["state"])
        for state, number in counts["agents"].items():
            agents.add_metric([state], number)
        yield from (waiting, longest, at_desk, agents)
