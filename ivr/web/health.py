"""Is the process up, can it take calls, and how does it do."""

from __future__ import annotations

from flask import Blueprint, Response, jsonify
from prometheus_client import CONTENT_TYPE_LATEST

from ivr.channels.twilio.routes import Answering
from ivr.telemetry import log
from ivr.telemetry.metrics import Metrics


def routes(ivr: Answering, metrics: Metrics) -> Blueprint:
    """Return /health/live, /health/ready and /metrics."""
    board = Blueprint("health", __name__)

    @board.get("/health/live")
    def live() -> Response:
        """Say that the process answers."""
        return jsonify(live=True)

    @board.get("/health/ready")
    def ready() -> tuple[Response, int]:
        """Say whether calls can be taken, with a reason for every part and every service that cannot be used.

        A service that is gone, such as the bank, never fails this: callers are still greeted and reach a person.
        """
        try:
            parts = ivr.ready()
        except Exception as fault:
            log.fault("ready", fault)
            parts = [("application", False, type(fault).__name__)]
        good = all(ok for _, ok, _ in parts)
        checks = [{"name": name, "ok": ok, "detail": detail} for name, ok, detail in parts]
        return jsonify(ready=good, checks=checks, degraded=_degraded(ivr)), 200 if good else 503

    @board.get("/metrics")
    def figures() -> Response:
        """Give the figures for Prometheus."""
        return Response(metrics.text(), content_type=CONTENT_TYPE_LATEST)

    return board


def _degraded(ivr: Answering) -> list[dict[str, str]]:
    try:
        return [{"name": name, "detail": detail} for name, detail in ivr.degraded()]
    except Exception as fault:
        log.fault("degraded", fault)
        return [{"name": "services", "detail": type(fault).__name__}]
