"""Health checks and metrics. Must not fail because a service such as the bank is down."""

from __future__ import annotations

from flask import Blueprint, Response, jsonify
from prometheus_client import CONTENT_TYPE_LATEST

from ivr.telemetry import log
from ivr.telemetry.metrics import Metrics

from .api import check_bearer
from .application import Application


def routes(ivr: Application, metrics: Metrics) -> Blueprint:
    """Return /health/live, /health/ready and /metrics."""
    blueprint = Blueprint("health", __name__)

    @blueprint.get("/health/live")
    def live() -> Response:
        """Return 200 while the process answers."""
        return jsonify(live=True)

    @blueprint.get("/health/ready")
    def ready() -> tuple[Response, int]:
        """Return 200 if calls can be taken, else 503, with a reason for every part and service that is unusable.

        A service that is down, such as the bank, only counts as degraded: callers are still greeted and reach an agent.
        """
        try:
            parts = ivr.ready()
        except Exception as fault:
            log.fault("ready", fault)
            parts = [("application", False, type(fault).__name__)]
        # Degraded services are not in it: a balancer that took all servers out would leave callers with nothing at all.
        good = all(ok for _, ok, _ in parts)
        checks = [{"name": name, "ok": ok, "detail": detail} for name, ok, detail in parts]
        return jsonify(ready=good, checks=checks, degraded=_degraded(ivr)), 200 if good else 503

    @blueprint.get("/metrics")
    def figures() -> Response:
        """Return the metrics for Prometheus; with IVR_METRICS_TOKEN only to a request that carries it."""
        if ivr.settings.metrics_token:
            check_bearer(ivr.settings.metrics_token)
        return Response(metrics.text(), content_type=CONTENT_TYPE_LATEST)

    return blueprint


def _degraded(ivr: Application) -> list[dict[str, str]]:
    try:
        return [{"name": name, "detail": detail} for name, detail in ivr.degraded()]
    except Exception as fault:
        log.fault("degraded", fault)
        return [{"name": "services", "detail": type(fault).__name__}]
