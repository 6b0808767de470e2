"""Spans and figures of turns for OpenTelemetry. Off, and then free, unless the standard OTEL_* variables switch it on.

What a caller typed or said, numbers, names and the texts of exceptions must never be an attribute.
"""

from __future__ import annotations

import os
import threading
import time
from collections.abc import Mapping
from contextlib import AbstractContextManager, nullcontext
from typing import TYPE_CHECKING, Any

from . import log

if TYPE_CHECKING:
    from opentelemetry.sdk.metrics.export import MetricReader
    from opentelemetry.sdk.trace import SpanProcessor

ENDPOINT = "OTEL_EXPORTER_OTLP_ENDPOINT"
TRACES_ENDPOINT, METRICS_ENDPOINT = "OTEL_EXPORTER_OTLP_TRACES_ENDPOINT", "OTEL_EXPORTER_OTLP_METRICS_ENDPOINT"
STOP_SECONDS = 2.0
SERVICE = "ivr"
"""The service's name, unless OTEL_SERVICE_NAME or OTEL_RESOURCE_ATTRIBUTES has another."""
BOUNDS = (0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.25, 0.5, 1, 2, 5, 15)
"""Upper bounds in seconds. Above 2 the caller notices the pause; at 15 the carrier gives up."""

_OFF: AbstractContextManager[None] = nullcontext()


class Tracing:
    """The exports of one process, which has one at most: each `traced` and `turn_taken` goes to it."""

    def __init__(self, processor: SpanProcessor | None, reader: MetricReader | None) -> None:
        from opentelemetry.sdk.metrics import MeterProvider
        from opentelemetry.sdk.resources import SERVICE_NAME, Resource
        from opentelemetry.sdk.trace import TracerProvider

        resource = Resource.create()
        if str(resource.attributes.get(SERVICE_NAME, "")).startswith("unknown_service"):
            resource = resource.merge(Resource({SERVICE_NAME: SERVICE}))
        self._spans = TracerProvider(resource=resource, shutdown_on_exit=False)
        self._figures = MeterProvider([reader] if reader else [], resource, shutdown_on_exit=False)
        if processor is not None:
            self._spans.add_span_processor(processor)
        self.has_spans = processor is not None
        self.tracer = self._spans.get_tracer("ivr")
        self.seconds = self._figures.get_meter("ivr").create_histogram(
            "ivr.turn.duration", "s", "Time to answer a webhook.", explicit_bucket_boundaries_advisory=BOUNDS
        )

    def start(self) -> None:
        """Export from now on what this process does. Call it in the process that serves: a fork ends its threads."""
        global _tracing
        _tracing = self

    def stop(self) -> None:
        """Send what is left, for STOP_SECONDS at most, and export no more."""
        global _tracing
        _tracing = None
        # In threads, because the SDK tries for longer to reach a collector that is gone, and keeps to no time-out.
        ends = [threading.Thread(target=each.shutdown, daemon=True) for each in (self._spans, self._figures)]
        for thread in ends:
            thread.start()
        until = time.monotonic() + STOP_SECONDS
        for thread in ends:
            thread.join(max(0.0, until - time.monotonic()))


_tracing: Tracing | None = None


def traced(name: str, **attributes: str) -> AbstractContextManager[Any]:
    """Return a block whose duration is a span of the turn of this thread. An exception is recorded by its type only."""
    if _tracing is None or not _tracing.has_spans:
        return _OFF
    return _Span(_tracing, name, attributes)


def turn_taken(kind: str, outcome: str, seconds: float) -> None:
    """Record the duration of a turn by the kind of its input, and its outcome, which its span gets, too."""
    if _tracing is None:
        return
    attributes = {"ivr.input": kind, "ivr.outcome": outcome}
    _tracing.seconds.record(seconds, attributes)
    if _tracing.has_spans:
        from opentelemetry.trace import get_current_span

        get_current_span().set_attributes(attributes)


class _Span:
    """A span that ends with its block. The SDK's own would record the text of an exception."""

    def __init__(self, tracing: Tracing, name: str, attributes: Mapping[str, str]) -> None:
        self._span = tracing.tracer.start_as_current_span(
            name, attributes=attributes, record_exception=False, set_status_on_exception=False
        )

    def __enter__(self) -> None:
        self._current = self._span.__enter__()

    def __exit__(self, kind: type[BaseException] | None, *_: object) -> None:
        if kind is not None:
            self._current.set_attribute("error.type", kind.__name__)
        self._span.__exit__(None, None, None)


def stop_tracing() -> None:
    """Send what is left before the process ends; do nothing if nothing is exported."""
    if _tracing is not None:
        _tracing.stop()


def tracing_of(environment: Mapping[str, str] = os.environ) -> Tracing | None:
    """Return what the standard variables ask for; None if that is nothing, or the extra `otel` is not installed.

    Spans and figures are sent by OTLP over HTTP where an endpoint is named, unless OTEL_TRACES_EXPORTER or
    OTEL_METRICS_EXPORTER is "none", or OTEL_SDK_DISABLED is "true".
    """
    traces = _is_asked_for(environment, "OTEL_TRACES_EXPORTER", TRACES_ENDPOINT)
    metrics = _is_asked_for(environment, "OTEL_METRICS_EXPORTER", METRICS_ENDPOINT)
    if not traces and not metrics:
        return None
    try:
        from opentelemetry.exporter.otlp.proto.http.metric_exporter import OTLPMetricExporter
        from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
        from opentelemetry.sdk.metrics.export import PeriodicExportingMetricReader
        from opentelemetry.sdk.trace.export import BatchSpanProcessor
    except ModuleNotFoundError:
        log.line("otel", missing='the extra "otel" is not installed: nothing is exported')
        return None
    processor = BatchSpanProcessor(OTLPSpanExporter()) if traces else None
    reader = PeriodicExportingMetricReader(OTLPMetricExporter()) if metrics else None
    return Tracing(processor, reader)


def _is_asked_for(environment: Mapping[str, str], exporter: str, endpoint: str) -> bool:
    if environment.get("OTEL_SDK_DISABLED", "").lower() == "true" or environment.get(exporter) == "none":
        return False
    return bool(environment.get(endpoint) or environment.get(ENDPOINT))
