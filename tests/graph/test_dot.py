"""The text for Graphviz: frames, widths, colours, and quotes that are safe."""

from __future__ import annotations

from ivr.graph.dot import BAD, CALM, WATCH, colour_of, facts_of, to_dot

from .fixtures import PICTURE


def test_use_is_width_and_trouble_is_colour() -> None:
    text = to_dot(PICTURE, "zh")
    assert 'label="a\\n0 人工 → a/agent"' in text
    assert '"a/main" -> "a/bye" [label="1 结束\\n50%", style=solid, penwidth=3.5];' in text
    assert "style=dashed" in text
    assert f'fillcolor="{BAD}"' in text
    assert f'fillcolor="{WATCH}"' in text
    assert '说\\"你好\\"' in text


def test_facts_are_told_in_both_languages() -> None:
    assert facts_of(PICTURE.boxes[0], "zh") == ["menu · L1", '说"你好"', "说12秒 · 等5秒", "1,200次 · 20%无有效回答"]
    assert facts_of(PICTURE.boxes[0], "en")[2:] == ["12 s speech · 5 s wait", "1,200 visits · 20% missed"]
    assert facts_of(PICTURE.boxes[1], "en") == ["hangup"]


def test_colours_change_at_their_bounds() -> None:
    assert [colour_of(share) for share in (None, 0.04, 0.05, 0.15)] == [CALM, CALM, WATCH, BAD]
