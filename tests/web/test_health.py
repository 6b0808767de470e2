"""Health and metrics."""

from __future__ import annotations

from ivr.errors import StoreError
from tests.asking import ask
from tests.web_fixtures import NOW


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


def test_metrics_answer_even_when_the_store_does_not(line):
    line.ivr.broken = {"live"}
    answer = line.client.get("/metrics")
    assert answer.status_code == 200
    assert "ivr_calls_in_progress" not in answer.text


def test_metrics_tell_who_waits_and_who_is_at_the_desks(line):
    queue = line.ivr.queue
    for name, desks in (("8001", ["general"]), ("8002", ["general", "vip"]), ("8003", ["vip"])):
        queue.agents.add(name, f"+86138000{name}0", desks)
    queue.agents.ready("8001", NOW - 100)
    queue.agents.pause("8003", NOW - 100)
    for call, age in (("a", 40), ("b", 30), ("c", 0)):
        ask(queue, "queue.enter", {"call": call, "desk": "general"}, key=call, now=NOW - age)
    ask(queue, "queue.round", {"call": "b"}, key="b2", now=NOW - 1)
    text = line.client.get("/metrics").text
    for said in (
        'ivr_queue_waiting{desk="general"} 2.0',
        'ivr_queue_waiting{desk="vip"} 0.0',
        'ivr_queue_longest_wait_seconds{desk="general"} 30.0',
        'ivr_queue_longest_wait_seconds{desk="vip"} 0.0',
        'ivr_desk_agents{desk="general",state="busy"} 1.0',
        'ivr_desk_agents{desk="vip",state="ready"} 0.0',
        'ivr_agents{state="busy"} 1.0',
        'ivr_agents{state="paused"} 1.0',
        'ivr_agents{state="off"} 1.0',
    ):
        assert said in text
    assert "+86138" not in text


def test_metrics_of_the_queue_are_left_out_while_the_board_cannot_be_read(line, monkeypatch):
    def gone(write):
        raise StoreError("gone")

    monkeypatch.setattr(line.ivr.store, "rows_since", gone)
    text = line.client.get("/metrics").text
    assert "ivr_calls_in_progress 7.0" in text
    assert "ivr_queue_waiting" not in text
