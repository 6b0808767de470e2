"""A picture as Mermaid text, which many pages and editors draw without a program of ours."""

from __future__ import annotations

from .dot import colour_of, facts_of
from .picture import Arrow, Box, Picture

_ARROWS = {"choice": "-->", "failure": "-.->", "on": "-->"}


def to_mermaid(picture: Picture, language: str) -> str:
    """Return the picture as a flowchart; each flow is a subgraph, with the keys that work everywhere in it."""
    names = {box.name: f"n{number}" for number, box in enumerate(picture.boxes)}
    everywhere = dict(picture.everywhere)
    lines = ["flowchart LR"]
    for number, flow in enumerate(picture.flows):
        title = _quoted(" · ".join([flow, *everywhere.get(flow, ())]))
        lines.append(f"  subgraph f{number}[{title}]")
        lines += [f"    {names[box.name]}{_shape(box, language)}" for box in picture.boxes if box.name[0] == flow]
        lines.append("  end")
    lines += [f"  {names[arrow.source]} {_arrow(arrow)} {names[arrow.target]}" for arrow in picture.arrows]
    lines += [
        f"  linkStyle {n} stroke-width:{1 + 5 * arrow.share:.1f}px"
        for n, arrow in enumerate(picture.arrows)
        if arrow.share
    ]
    lines += [f"  style {names[box.name]} fill:{colour_of(box.misses)}" for box in picture.boxes if box.misses]
    return "\n".join([*lines, ""])


def _shape(box: Box, language: str) -> str:
    text = _quoted("<br/>".join([box.name[1], *facts_of(box, language)]))
    match box.role:
        case "start":
            return f"([{text}])"
        case "person":
            return f"[[{text}]]"
        case "end":
            return f"(({text}))"
        case "elsewhere":
            return f">{text}]"
    return f"[{text}]"


def _arrow(arrow: Arrow) -> str:
    label = arrow.label + (f" {arrow.share:.0%}" if arrow.share else "")
    return f"{_ARROWS[arrow.manner]}|{_quoted(label)}|" if label else _ARROWS[arrow.manner]


def _quoted(text: str) -> str:
    # Mermaid's entities begin with #, and <br/> is its end of a line, so that it must survive the escaping.
    return (
        '"'
        + text.replace("&", "#amp;")
        .replace('"', "#quot;")
        .replace("<br/>", "\0")
        .replace("<", "#lt;")
        .replace("\0", "<br/>")
        + '"'
    )
