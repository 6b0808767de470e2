"""Gauges are read when somebody scrapes, and left out while the store cannot be read."""

from __future__ import annotations

import json
import re
from pathlib import Path

from ivr.errors import StoreError
from tests.asking import ask
from tests.web_fixtures import NOW


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


def test_the_dashboard_shows_every_metric_and_no_other(line):
    line.ivr.queue.agents.add("8001", "+8613800000001", ["general"])
    names = set(re.findall(r"^# TYPE (ivr_\w+) ", line.client.get("/metrics").text, re.MULTILINE))
    file = Path(__file__).parents[2] / "ivr" / "grafana.json"
    panels = json.loads(file.read_text("utf-8"))["panels"]
    shown = {
        name.removesuffix("_bucket")
        for panel in panels
        for target in panel["targets"]
        for name in re.findall(r"\bivr_\w+", target["expr"])
    }
    assert shown == {name for name in names if not name.endswith("_created")}
    assert len({panel["id"] for panel in panels}) == len(panels)
