"""Compare figures with the bank's targets. Must not change a figure."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ivr.settings.kpi_targets import TARGETS

Figures = dict[str, Any]
"""Named figures of a report, as they stand in its JSON."""

AT_MOST = ("asa", "abandonment", "aht")
"""Figures for which smaller is better."""
NO_DEFAULT = "aht.elderly"
"""Elderly callers must not be hurried: the general target for handling time does not apply to them."""


def judge_figures(people: Figures, chosen: Mapping[str, float]) -> Figures:
    """Return the figures with `targets` (value, bound, whether met), and in each group the names of `missed` targets.

    `chosen` overrides the default targets. A target named `FIGURE.CLASS` applies to that class of callers.
    """
    targets = {**TARGETS, **chosen}
    general = {name: value for name, value in targets.items() if "." not in name}
    judged = dict(people)
    judged["all"] = _judged(people["all"], general)
    for group in ("desk", "agent", "hour"):
        judged[f"by_{group}"] = {name: _judged(row, general) for name, row in people[f"by_{group}"].items()}
    judged["by_class"] = {name: _judged(row, _of_class(name, targets)) for name, row in people["by_class"].items()}
    judged["targets"] = {name: _verdict(people, name, value) for name, value in targets.items()}
    return judged


def is_met(name: str, value: float | None, target: float) -> bool | None:
    """Return whether a figure reaches its target; None if there is no figure."""
    if value is None:
        return None
    return value <= target if name.partition(".")[0] in AT_MOST else value >= target


def _of_class(name: str, targets: Mapping[str, float]) -> dict[str, float]:
    general = {figure: value for figure, value in targets.items() if "." not in figure}
    # A target that was chosen for the class itself still applies, below.
    if name == NO_DEFAULT.partition(".")[2]:
        general.pop(NO_DEFAULT.partition(".")[0], None)
    own = {figure.partition(".")[0]: value for figure, value in targets.items() if figure.partition(".")[2] == name}
    return general | own


def _judged(row: Figures, targets: Mapping[str, float]) -> Figures:
    missed = [name for name, target in targets.items() if is_met(name, row.get(name), target) is False]
    return {**row, "missed": missed}


def _verdict(people: Figures, name: str, target: float) -> Figures:
    figure, _, of_class = name.partition(".")
    row = people["by_class"].get(of_class, {}) if of_class else people["all"]
    value = row.get(figure)
    bound = "at most" if figure in AT_MOST else "at least"
    return {"value": value, bound.replace(" ", "_"): target, "met": is_met(name, value, target)}
