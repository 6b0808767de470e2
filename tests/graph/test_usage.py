"""Ways, visits and misses are counted from the journal, from a time on."""

from __future__ import annotations

import json

from ivr.engine.ports import JournalRow
from ivr.graph.usage import StepUsage

MAIN = ("hotline", "main")


def row(kind: str, at: float = 10.0, **data: str) -> JournalRow:
    return JournalRow("CA1", 1, at, kind, json.dumps({"flow": "hotline", "step": "main", **data}))


def test_shares_are_of_the_turns_and_of_the_calls_that_leave() -> None:
    usage = StepUsage()
    outcomes = [row("outcome", outcome="key 1"), row("outcome", outcome="key 1"), row("outcome", outcome="key 2")]
    usage.add([row("started"), *outcomes, row("no_input"), row("turn"), row("no_match", at=1.0)], since=5.0)
    assert usage.calls == 1
    assert usage.way_share(MAIN, "key 1") == 2 / 3
    assert usage.miss_share(MAIN) == 1 / 4
    assert usage.miss_share(("hotline", "other")) is None
    assert usage.way_share(("hotline", "other"), "next") == 0.0
