"""Names are found where they stand, in flows and conversations."""

from __future__ import annotations

from ivr.flow.uses import uses_in_conversation

TALK = "conversation: c\nflow: front\nturns:\n  - at: main\n    expect: {step: main, queued: vip}\n"


def test_a_conversation_names_flows_steps_and_desks():
    assert [(use.kind, use.place.line, use.place.column) for use in uses_in_conversation("main", TALK, "c.yaml")] == [
        ("step", 4, 9),
        ("step", 5, 20),
    ]
    assert [use.kind for use in uses_in_conversation("front", TALK, "c.yaml")] == ["flow"]
    assert [use.kind for use in uses_in_conversation("vip", TALK, "c.yaml")] == ["desk"]
