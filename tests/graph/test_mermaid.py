"""Mermaid text: every box once, shapes by role, and no sign that would end a label."""

from __future__ import annotations

from ivr.graph.mermaid import to_mermaid

from .fixtures import PICTURE


def test_boxes_arrows_and_styles_refer_to_each_other() -> None:
    lines = to_mermaid(PICTURE, "en").splitlines()
    assert lines[0] == "flowchart LR"
    assert '  subgraph f0["a · 0 人工 → a/agent"]' in lines
    assert (
        '    n0(["main<br/>menu · L1<br/>说#quot;你好#quot;<br/>12 s speech · 5 s wait<br/>1,200 visits · 20% missed"])'
        in lines
    )
    assert '  n0 -->|"1 结束 50%"| n1' in lines
    assert "  n0 --> n3" in lines
    assert '  n0 -.->|"failed"| n2' in lines
    assert "  linkStyle 0 stroke-width:3.5px" in lines
    assert sum(line.startswith("  style ") for line in lines) == 2
    assert sum(line == "  end" for line in lines) == 2
