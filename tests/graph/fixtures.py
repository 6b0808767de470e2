"""A small picture."""

from __future__ import annotations

from ivr.graph.picture import Arrow, Box, Picture

PICTURE = Picture(
    boxes=(
        Box(("a", "main"), "menu", '说"你好"', 12.4, 5.0, level=1, visits=1200, misses=0.2, role="start"),
        Box(("a", "bye"), "hangup", role="end"),
        Box(("a", "agent"), "transfer", misses=0.06, role="person"),
        Box(("b", "main"), "flow", role="elsewhere"),
        Box(("a", "info"), "say"),
    ),
    arrows=(
        Arrow(("a", "main"), ("a", "bye"), "1 结束", "choice", 0.5),
        Arrow(("a", "main"), ("b", "main"), "", "on"),
        Arrow(("a", "main"), ("a", "agent"), "failed", "failure"),
    ),
    everywhere=(("a", ("0 人工 → a/agent",)),),
    calls=7,
)
