"""Health and metrics."""

from __future__ import annotations

from dataclasses import replace

from ivr.settings import Hidden


def test_the_process_says_that_it_lives(line):
    assert line.client.get("/health/live").get_json() == {"live": True}


def test_readiness_names_what_cannot_be_used(line):
    assert line.client.get("/health/ready").status_code == 200
    line.ivr.broken = {"flows"}
    answer = line.client.get("/health/ready")
    assert answer.status_code == 503
    assert {"name": "flows", "ok": False, "detail": "there is no flow"} in answer.get_json()["checks"]
    line.ivr.broken = {"ready"}
    answer = line.client.get("/health/ready")
    assert answer.status_code == 503
    assert "135790" not in answer.text


def test_a_service_that_is_gone_is_named_and_calls_are_taken_all_the_same(line):
    assert line.client.get("/health/ready").get_json()["degraded"] == []
    line.ivr.broken = {"bank"}
    answer = line.client.get("/health/ready")
    assert answer.status_code == 200
    assert answer.get_json()["ready"] is True
    assert answer.get_json()["degraded"] == [{"name": "bank", "detail": "cannot be reached"}]
    line.ivr.broken = {"degraded"}
    answer = line.client.get("/health/ready")
    assert answer.status_code == 200
    assert answer.get_json()["degraded"] == [{"name": "services", "detail": "RuntimeError"}]
    assert "135790" not in answer.text


def test_metrics_count_turns_refusals_and_calls(line):
    line.post("/twilio/turn/1", Digits="1")
    line.post("/twilio/turn/1", sign=False)
    line.post("/twilio/fallback", ErrorCode="11200")
    text = line.client.get("/metrics").text
    assert 'ivr_turns_total{input="Digits",outcome="answered"} 1.0' in text
    assert "ivr_refused_total 1.0" in text
    assert "ivr_fallbacks_total 1.0" in text
    assert "ivr_calls_in_progress 7.0" in text
    assert "ivr_webhook_duration_seconds_count 1.0" in text


def test_metrics_are_for_the_holder_of_their_token(line):
    line.ivr.settings = replace(line.ivr.settings, metrics_token=Hidden("a-token-for-metrics-0123456789"))
    assert line.client.get("/metrics").status_code == 401
    assert line.client.get("/metrics", headers={"Authorization": "Bearer another"}).status_code == 401
    allowed = line.client.get("/metrics", headers={"Authorization": "Bearer a-token-for-metrics-0123456789"})
    assert "ivr_turns_total" in allowed.text
