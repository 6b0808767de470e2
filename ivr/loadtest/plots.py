"""Plots as inline SVG, so that a report needs no script, font or network."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from html import escape

WIDTH, HEIGHT = 720, 240
LEFT, RIGHT, TOP, BOTTOM = 64, 12, 28, 34
Point = tuple[float, float]


@dataclass(frozen=True)
class PlotLine:
    """One line of a plot. `style` is a class of the page's style sheet: a, b, c or bad."""

    name: str
    style: str
    points: Sequence[Point]


@dataclass(frozen=True)
class Axis:
    """The scale of an axis. `spread` maps a value to its position, such as its logarithm; `ticks` are labelled."""

    name: str
    ticks: Sequence[tuple[float, str]]
    spread: Callable[[float], float] = float


def plot(title: str, x: Axis, y: Axis, lines: Sequence[PlotLine]) -> str:
    """Return an SVG of lines over two axes, which end at their first and last ticks."""
    across = _scale(x, LEFT, WIDTH - RIGHT)
    up = _scale(y, HEIGHT - BOTTOM, TOP)
    parts = [
        f'<svg viewBox="0 0 {WIDTH} {HEIGHT}" role="img" aria-label="{escape(title)}">',
        f'<text class="title" x="{LEFT}" y="16">{escape(title)}</text>',
        *(_grid_row(up(value), words) for value, words in y.ticks),
        *(_grid_column(across(value), words) for value, words in x.ticks),
        f'<text class="unit" x="{WIDTH - RIGHT}" y="{HEIGHT - 4}">{escape(x.name)}</text>',
        *(_drawn(line, across, up) for line in lines),
        *_legend(lines),
        "</svg>",
    ]
    return "".join(parts)


def even(most: float, unit: str = "", steps: int = 4) -> list[tuple[float, str]]:
    """Return ticks from 0 to a round number at or above `most`."""
    step = _round_up(max(most, 1e-9) / steps)
    return [(step * number, f"{step * number:g}{unit}") for number in range(math.ceil(max(most, 1e-9) / step) + 1)]


def decades(lowest: float, highest: float) -> list[tuple[float, str]]:
    """Return ticks at powers of ten, in milliseconds, around two values."""
    first, last = math.floor(math.log10(max(lowest, 0.01))), math.ceil(math.log10(max(highest, 0.1)))
    return [(10.0**p, f"{10.0**p:g} ms" if p < 3 else f"{10.0 ** (p - 3):g} s") for p in range(first, last + 1)]


def logarithm(value: float) -> float:
    """Map a time to a logarithmic scale."""
    return math.log10(max(value, 0.01))


def nines(percentile: float) -> float:
    """Map a percentile to a scale on which 90, 99 and 99.9 are equally far apart."""
    # Bounded, since the 100th percentile would be infinitely far to the right.
    return -math.log10(max(1 - percentile / 100, 0.0001))


def _round_up(value: float) -> float:
    decade: float = 10.0 ** math.floor(math.log10(value))
    return next(decade * factor for factor in (1, 2, 2.5, 5, 10) if decade * factor >= value * 0.999999)


def _scale(axis: Axis, start: float, end: float) -> Callable[[float], float]:
    low, high = axis.spread(axis.ticks[0][0]), axis.spread(axis.ticks[-1][0])
    span = (high - low) or 1.0

    def place(value: float) -> float:
        part = (axis.spread(value) - low) / span
        return round(start + min(max(part, 0.0), 1.0) * (end - start), 1)

    return place


def _grid_row(y: float, words: str) -> str:
    return (
        f'<line class="grid" x1="{LEFT}" x2="{WIDTH - RIGHT}" y1="{y}" y2="{y}"/>'
        f'<text class="left" x="{LEFT - 6}" y="{y + 4}">{escape(words)}</text>'
    )


def _grid_column(x: float, words: str) -> str:
    return f'<text class="under" x="{x}" y="{HEIGHT - BOTTOM + 15}">{escape(words)}</text>'


def _drawn(line: PlotLine, across: Callable[[float], float], up: Callable[[float], float]) -> str:
    if not line.points:
        return ""
    places = " ".join(f"{across(x)},{up(y)}" for x, y in line.points)
    if len(line.points) == 1:
        x, y = places.split(",")
        return f'<circle class="{line.style}" cx="{x}" cy="{y}" r="3"/>'
    return f'<polyline class="{line.style}" points="{places}"><title>{escape(line.name)}</title></polyline>'


def _legend(lines: Sequence[PlotLine]) -> list[str]:
    width = 110
    start = WIDTH - RIGHT - width * len(lines)
    return [
        f'<line class="{line.style}" x1="{start + i * width}" x2="{start + i * width + 18}" y1="12" y2="12"/>'
        f'<text class="name" x="{start + i * width + 23}" y="16">{escape(line.name)}</text>'
        for i, line in enumerate(lines)
    ]
