"""Plots: round ticks, scales that hold what they show, and lines that stay inside."""

from __future__ import annotations

from xml.etree import ElementTree

import pytest

from ivr.loadtest import plots


@pytest.mark.parametrize("most", [0.0, 0.3, 1, 7, 99, 100, 12345])
def test_ticks_are_round_and_reach_the_highest_value(most: float) -> None:
    ticks = [value for value, _ in plots.even(most)]
    assert ticks[0] == 0
    assert ticks[-1] >= most
    assert 3 <= len(ticks) <= 6


def test_powers_of_ten_stand_around_the_values_in_their_own_units() -> None:
    assert plots.decades(0.5, 1600) == [
        (0.1, "0.1 ms"), (1, "1 ms"), (10, "10 ms"), (100, "100 ms"), (1000, "1 s"), (10_000, "10 s"),
    ]  # fmt: skip


def test_the_nines_are_equally_far_apart() -> None:
    steps = [plots.nines(percentile) for percentile in (0, 90, 99, 99.9)]
    assert steps == pytest.approx([0, 1, 2, 3])
    assert plots.nines(100) == 4
    assert plots.logarithm(0) == plots.logarithm(0.01) == -2


def drawn(*points: tuple[float, float], name: str = "a") -> str:
    x, y = plots.Axis("seconds", plots.even(10)), plots.Axis("ms", plots.even(100))
    return plots.plot("<t>", x, y, [plots.PlotLine(name, "a", points)])


def test_what_lies_outside_the_axes_is_drawn_at_their_edge() -> None:
    (line,) = ElementTree.fromstring(drawn((0, -5), (99, 999))).iter("polyline")
    first, last = (place.split(",") for place in line.attrib["points"].split())
    assert float(first[1]) == plots.HEIGHT - plots.BOTTOM
    assert (float(last[0]), float(last[1])) == (plots.WIDTH - plots.RIGHT, plots.TOP)


def test_one_point_is_a_dot_and_none_is_nothing() -> None:
    assert len(list(ElementTree.fromstring(drawn((5, 50))).iter("circle"))) == 1
    assert "polyline" not in drawn()


def test_names_are_escaped() -> None:
    assert "<b>" not in drawn((0, 0), (1, 1), name="<b>")
    ElementTree.fromstring(drawn((0, 0), (1, 1), name="<b>"))
