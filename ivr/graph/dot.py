"""A picture in the language of Graphviz."""

from __future__ import annotations

from .picture import Arrow, Box, Picture

_SHAPES = {"start": "box", "person": "box", "end": "box", "elsewhere": "cds", "": "box"}
_BORDERS = {"start": "#1f5fa8", "person": "#2e7d32", "end": "#616161", "elsewhere": "#9e9e9e", "": "#37474f"}
_STYLES = {"choice": "solid", "failure": "dashed", "on": "solid"}
CALM, WATCH, BAD = "#ffffff", "#ffe9b3", "#f7b2a8"
WATCHED_FROM, BAD_FROM = 0.05, 0.15
"""The shares of turns without a usable answer from which a box is amber and red."""
FONT = "Noto Sans CJK SC, Microsoft YaHei, PingFang SC, sans-serif"
_KINDS = {
    "zh": {"speaks": "说{0:.0f}秒", "waits": "等{0:.0f}秒", "visits": "{0:,}次", "misses": "{0:.0%}无有效回答"},
    "en": {
        "speaks": "{0:.0f} s speech",
        "waits": "{0:.0f} s wait",
        "visits": "{0:,} visits",
        "misses": "{0:.0%} missed",
    },
}


def to_dot(picture: Picture, language: str) -> str:
    """Return the picture for Graphviz; each flow is a frame, with the keys that work everywhere in it."""
    everywhere = dict(picture.everywhere)
    lines = [
        "digraph flows {",
        f'  graph [rankdir=LR, fontname="{FONT}", fontsize=14, nodesep=0.25, ranksep=0.6];',
        '  graph [style=rounded, color="#b0bec5"];',
        f'  node [shape=box, style="rounded,filled", fontname="{FONT}", fontsize=11, fillcolor="{CALM}"];',
        f'  edge [fontname="{FONT}", fontsize=10, color="#546e7a", arrowsize=0.7];',
    ]
    for number, flow in enumerate(picture.flows):
        # Graphviz frames only subgraphs whose name begins with "cluster".
        lines.append(f"  subgraph cluster_{number} {{")
        lines.append(f"    label={_quoted(chr(10).join([flow, *everywhere.get(flow, ())]))}; labeljust=l;")
        lines += [f"    {_box(box, language)}" for box in picture.boxes if box.name[0] == flow]
        lines.append("  }")
    lines += [f"  {_arrow(arrow)}" for arrow in picture.arrows]
    return "\n".join([*lines, "}", ""])


def facts_of(box: Box, language: str) -> list[str]:
    """Return the lines of a box below its name."""
    words = _KINDS[language]
    times = [
        words[name].format(value) for name, value in (("speaks", box.speaks), ("waits", box.waits)) if value >= 0.5
    ]
    use = [words["visits"].format(box.visits)] if box.visits else []
    use += [words["misses"].format(box.misses)] if box.misses else []
    head = [box.kind, f"L{box.level}"] if box.level else [box.kind]
    return [line for line in (" · ".join(head), box.words, " · ".join(times), " · ".join(use)) if line]


def colour_of(misses: float | None) -> str:
    """Return the colour of a box by its share of turns without a usable answer."""
    if misses is None or misses < WATCHED_FROM:
        return CALM
    return BAD if misses >= BAD_FROM else WATCH


def _box(box: Box, language: str) -> str:
    label = _quoted("\n".join([box.name[1], *facts_of(box, language)]))
    width = 2.5 if box.role in ("start", "person") else 1.0
    style = f'shape={_SHAPES[box.role]}, color="{_BORDERS[box.role]}", penwidth={width}'
    return f'{_name(box)} [label={label}, {style}, fillcolor="{colour_of(box.misses)}"];'


def _arrow(arrow: Arrow) -> str:
    width = 1.0 + 5.0 * arrow.share
    label = _quoted(arrow.label + (f"\n{arrow.share:.0%}" if arrow.share else ""))
    ends = f"{_quoted('/'.join(arrow.source))} -> {_quoted('/'.join(arrow.target))}"
    return f"{ends} [label={label}, style={_STYLES[arrow.manner]}, penwidth={width:.1f}];"


def _name(box: Box) -> str:
    return _quoted("/".join(box.name))


def _quoted(text: str) -> str:
    # Backslashes first, or those of the other escapes would be doubled.
    escaped = text.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n")
    return f'"{escaped}"'
