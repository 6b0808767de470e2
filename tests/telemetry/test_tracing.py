"""Spans and figures of real turns, in memory and at a receiver of OTLP over HTTP; nothing of them when it is off."""

from __future__ import annotations

import sys
import threading
import time
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest

pytest.importorskip("opentelemetry.sdk", reason="the extra otel is not installed")

from opentelemetry.proto.collector.metrics.v1.metrics_service_pb2 import ExportMetricsServiceRequest
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest
from opentelemetry.sdk.metrics.export import InMemoryMetricReader
from opentelemetry.sdk.trace.export import SimpleSpanProcessor
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter

from ivr.telemetry import tracing
from ivr.telemetry.tracing import Tracing, stop_tracing, traced, tracing_of, turn_taken
from tests.attacks.hotline import VICTIM, Hotline


@pytest.fixture
def hotline(shipped: Any) -> Hotline:
    return Hotline(shipped)


@pytest.fixture(autouse=True)
def off_afterwards() -> Iterator[None]:
    yield
    stop_tracing()


def call_with_secrets(hotline: Hotline) -> None:
    hotline.call().press("1", VICTIM.card[-4:], "582915", VICTIM.pin).hang_up()


SECRETS = (VICTIM.pin, "582915", VICTIM.number.removeprefix("+"), VICTIM.card, VICTIM.card[-4:], VICTIM.name)


def test_a_turn_is_a_span_with_its_parts_and_no_secret_is_in_any(hotline: Hotline) -> None:
    spans, reader = InMemorySpanExporter(), InMemoryMetricReader()
    Tracing(SimpleSpanProcessor(spans), reader).start()
    call_with_secrets(hotline)
    done = spans.get_finished_spans()
    turns = {each.context.span_id: each for each in done if each.name == "turn"}
    parts = {each.name for each in done if each.parent is not None and each.parent.span_id in turns}
    assert len(turns) == 5
    assert parts == {"parse", "read", "engine", "write"}
    asked = {each.attributes["ivr.question"] for each in done if each.name == "question"}
    assert {"bank.caller", "bank.verify", "bank.balance"} <= asked
    inside = {each.context.span_id for each in done if each.name == "engine"}
    assert all(each.parent.span_id in inside for each in done if each.name == "question")
    assert {turn.attributes["ivr.outcome"] for turn in turns.values()} == {"answered"}
    assert all(0 <= each.end_time - each.start_time < 60e9 for each in done)
    words = "".join(each.to_json() for each in done)
    figures = reader.get_metrics_data().to_json()
    assert '"ivr.turn.duration"' in figures
    assert '"count": 5' in figures or '"count": 4' in figures
    for secret in SECRETS:
        assert f'"{secret}' not in words + figures
        assert f"{secret}'" not in words + figures


def test_an_exception_leaves_its_type_and_no_word(hotline: Hotline) -> None:
    spans = InMemorySpanExporter()
    Tracing(SimpleSpanProcessor(spans), None).start()
    with pytest.raises(ValueError, match="135790"), traced("turn"), traced("engine"):
        raise ValueError("135790")
    engine, turn = spans.get_finished_spans()
    assert engine.attributes["error.type"] == turn.attributes["error.type"] == "ValueError"
    assert "135790" not in engine.to_json() + turn.to_json()


class Collector(BaseHTTPRequestHandler):
    """Receives OTLP over HTTP, as a collector does."""

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        self.server.received.append((self.path, self.headers.get("Content-Encoding", ""), body))  # type: ignore[attr-defined]
        self.send_response(200)
        self.send_header("Content-Length", "0")
        self.end_headers()

    def log_message(self, *_: Any) -> None: ...


@pytest.fixture
def collector() -> Iterator[ThreadingHTTPServer]:
    server = ThreadingHTTPServer(("127.0.0.1", 0), Collector)
    server.received = []  # type: ignore[attr-defined]
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    yield server
    server.shutdown()
    server.server_close()
    thread.join()


def test_a_collector_receives_spans_and_figures_with_the_standard_variables(
    collector: ThreadingHTTPServer, hotline: Hotline, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("OTEL_EXPORTER_OTLP_ENDPOINT", f"http://127.0.0.1:{collector.server_port}")
    exporting = tracing_of()
    assert exporting is not None
    exporting.start()
    call_with_secrets(hotline)
    exporting.stop()
    bodies = {path: body for path, _, body in collector.received}  # type: ignore[attr-defined]
    assert set(bodies) == {"/v1/traces", "/v1/metrics"}
    traces = ExportTraceServiceRequest.FromString(bodies["/v1/traces"])
    (resource,) = traces.resource_spans
    named = {each.key: each.value.string_value for each in resource.resource.attributes}
    assert named["service.name"] == "ivr"
    names = [each.name for scope in resource.scope_spans for each in scope.spans]
    assert names.count("turn") == 5
    assert {"parse", "read", "engine", "question", "write"} <= set(names)
    metrics = ExportMetricsServiceRequest.FromString(bodies["/v1/metrics"])
    (instrument,) = metrics.resource_metrics[0].scope_metrics[0].metrics
    assert (instrument.name, sum(point.count for point in instrument.histogram.data_points)) == ("ivr.turn.duration", 5)
    for secret in SECRETS:
        assert secret.encode() not in bodies["/v1/traces"].replace(b"ivr.turn", b"") + bodies["/v1/metrics"], secret


@pytest.mark.parametrize(
    ("environment", "spans", "figures"),
    [
        ({}, False, False),
        ({"OTEL_SERVICE_NAME": "hotline"}, False, False),
        ({"OTEL_EXPORTER_OTLP_ENDPOINT": "http://127.0.0.1:9", "OTEL_SDK_DISABLED": "true"}, False, False),
        ({"OTEL_EXPORTER_OTLP_ENDPOINT": "http://127.0.0.1:9", "OTEL_TRACES_EXPORTER": "none"}, False, True),
        ({"OTEL_EXPORTER_OTLP_TRACES_ENDPOINT": "http://127.0.0.1:9/v1/traces"}, True, False),
    ],
)
def test_it_is_off_unless_the_standard_variables_ask_for_it(
    environment: dict[str, str], spans: bool, figures: bool
) -> None:
    made = tracing_of(environment)
    assert (made is not None) is (spans or figures)
    if made is not None:
        assert made.has_spans is spans
        made.stop()


def test_a_server_takes_calls_without_the_extra_and_says_so(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    for name in [name for name in sys.modules if name.startswith("opentelemetry")]:
        monkeypatch.setitem(sys.modules, name, None)
    caplog.set_level("INFO", "ivr")
    monkeypatch.setattr(tracing.log.LOG, "propagate", True)
    assert tracing_of({"OTEL_EXPORTER_OTLP_ENDPOINT": "http://127.0.0.1:9"}) is None
    assert "otel" in caplog.text


def test_off_it_costs_less_than_a_hundredth_of_a_turn_of_a_fifth_of_a_millisecond() -> None:
    def spent(rounds: int) -> float:
        began = time.thread_time()
        for _ in range(rounds):
            for name in ("turn", "parse", "read", "engine", "write"):
                with traced(name):
                    pass
            turn_taken("Digits", "answered", 0.001)
        return (time.thread_time() - began) / rounds

    assert min(spent(2000) for _ in range(5)) < 0.01 * 0.8e-3


def test_no_module_of_the_sdk_is_imported_when_it_is_off(tmp_path: Path) -> None:
    import subprocess

    code = "import sys, ivr.app; print([name for name in sys.modules if name.startswith('opentelemetry')])"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
