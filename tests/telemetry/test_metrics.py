"""Metrics in Prometheus's text format."""

from __future__ import annotations

from ivr.telemetry.metrics import Metrics


def test_turns_are_counted_by_input_and_outcome_and_timed() -> None:
    metrics = Metrics([])
    metrics.turn("digits", "answered", 0.004)
    metrics.turn("digits", "answered", 20.0)
    text = metrics.text().decode()
    assert 'ivr_turns_total{input="digits",outcome="answered"} 2.0' in text
    assert 'ivr_webhook_duration_seconds_bucket{le="0.005"} 1.0' in text
    assert 'ivr_webhook_duration_seconds_bucket{le="15.0"} 1.0' in text
    assert "ivr_webhook_duration_seconds_count 2.0" in text


def test_two_applications_count_for_themselves() -> None:
    first, second = Metrics([]), Metrics([])
    first.refused.inc()
    assert "ivr_refused_total 1.0" in first.text().decode()
    assert "ivr_refused_total 0.0" in second.text().decode()
