"""Write the figures of `ivr report` as tables for a terminal and as CSV. Must not count anything."""

from __future__ import annotations

import csv
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, TextIO

from ivr.reporting.csv_cells import csv_cell

_GROUPS = ("class", "desk", "hour")
FIGURES = (
    "offered", "answered", "answered_within", "service_level", "asa", "longest_wait", "abandoned", "abandoned_short",
    "abandonment", "left", "open", "closed", "mean_talk", "aht", "fcr", "fcr_judged", "fcr_too_young", "fcr_withheld",
    "fcr_without_reason", "csat", "nps", "rung", "refused",
)  # fmt: skip
FATES = ("promised", "in_time", "late", "missed", "withdrawn", "overdue", "not_due")
SHARES = ("service_level", "abandonment", "fcr", "csat")
MISSED = "!"
"""The mark behind a figure that misses its target."""
_SHOWN = {
    "offered": "offered",
    "answered": "answered",
    "service_level": "in time",
    "asa": "ASA",
    "longest_wait": "longest",
    "abandonment": "gave up",
    "left": "left",
    "open": "open",
    "aht": "AHT",
    "fcr": "FCR",
    "csat": "CSAT",
    "nps": "NPS",
}
_OF_AGENTS = ("rung", "refused", "answered", "mean_talk", "aht", "fcr", "csat", "nps")

Table = tuple[str, Sequence[str], Sequence[Sequence[str]]]
"""A title, the columns, and rows of text."""


def tables(people: Mapping[str, Any]) -> Iterator[Table]:
    """Yield the tables of the figures of people; some may have no rows."""
    if not people["all"]["offered"] and not people["by_agent"] and not people["call_backs"]["all"]["promised"]:
        return
    yield "Targets", ("", "is", "target", "met"), [_target(*item) for item in people["targets"].items()]
    rows = [("all", people["all"])]
    rows += [(f"{group} {name}", row) for group in _GROUPS for name, row in people[f"by_{group}"].items()]
    title = (
        f"Reaching a person (in time: {people['within_seconds']:g} s; AHT: {people['aht_includes']}; {MISSED} misses)"
    )
    shown = [(name, *(_cell(row, figure) for figure in _SHOWN)) for name, row in rows]
    yield title, ("", *_SHOWN.values()), shown
    agents = [(name, *(_cell(row, column) for column in _OF_AGENTS)) for name, row in people["by_agent"].items()]
    columns = ("agent", "rung", "refused", "talks", "mean talk", "AHT", "FCR", "CSAT", "NPS")
    yield "Agents", columns, agents
    yield "Call backs promised", ("", *(fate.replace("_", " ") for fate in FATES)), _call_backs(people["call_backs"])


def notes(people: Mapping[str, Any]) -> Iterator[str]:
    """Yield sentences with details that the tables leave out."""
    every = people["all"]
    why = {"too_young": "younger than 7 days", "withheld": "without a number", "without_reason": "without a reason"}
    left_out = [f"{every[f'fcr_{name}']} {words}" for name, words in why.items() if every[f"fcr_{name}"]]
    if left_out:
        yield f"FCR is of {every['fcr_judged']} calls; left out are {', '.join(left_out)}."
    if every["left_why"]:
        yield "Left: " + ", ".join(f"{why} {count}" for why, count in every["left_why"].items()) + "."
    if every["closed"]:
        yield f"{every['closed']} asked for an agent while the desk was closed."


def write_csv(people: Mapping[str, Any], since: str, until: str, file: TextIO) -> None:
    """Write one row per class, desk, agent and hour: shares from 0 to 1, times in seconds, empty for no figure."""
    rows = csv.writer(file)
    rows.writerow(("since", "until", "group", "name", *FIGURES, *(f"call_backs_{fate}" for fate in FATES), "missed"))
    backs = people["call_backs"]
    _csv_row(rows, (since, until, "all", ""), people["all"], backs["all"])
    for group in ("class", "desk", "agent", "hour"):
        figures, promised = people[f"by_{group}"], backs[f"by_{group}"]
        for name in sorted(figures.keys() | promised.keys()):
            _csv_row(rows, (since, until, group, name), figures.get(name, {}), promised.get(name, {}))


def _csv_row(rows: Any, names: Sequence[str], row: Mapping[str, Any], promised: Mapping[str, int]) -> None:
    counted = (*(row.get(figure) for figure in FIGURES), *(promised.get(fate) for fate in FATES))
    # `csv_cell` disarms names that a spreadsheet would take for formulas.
    rows.writerow((*map(csv_cell, names), *counted, " ".join(row.get("missed", ()))))


def _target(name: str, figures: Mapping[str, Any]) -> Sequence[str]:
    bound, words = ("at_most", "at most") if "at_most" in figures else ("at_least", "at least")
    figure = name.partition(".")[0]
    met = {None: "-", True: "yes", False: "no"}[figures["met"]]
    return name.replace("_", " ").replace(".", ", "), cell_text(figures["value"], figure), (
        f"{words} {cell_text(figures[bound], figure)}"
    ), met  # fmt: skip


def _cell(row: Mapping[str, Any], figure: str) -> str:
    text = cell_text(row.get(figure), figure)
    return f"{text} {MISSED}" if figure in row.get("missed", ()) else text


def cell_text(value: Any, figure: str) -> str:
    """Write a figure: shares as per cent, NPS with its sign, no figure as a dash."""
    if value is None:
        return "-"
    if figure in SHARES:
        return f"{value:.1%}"
    if figure == "nps":
        return f"{value:+.1f}"
    return f"{value:g}" if isinstance(value, float) else str(value)


def _call_backs(promised: Mapping[str, Any]) -> list[Sequence[str]]:
    if not promised["all"]["promised"]:
        return []
    rows = [("all", promised["all"])]
    rows += [
        (f"{group} {name}", row)
        for group in ("class", "desk", "agent")
        for name, row in promised[f"by_{group}"].items()
    ]
    return [(name, *(str(row[fate]) for fate in FATES)) for name, row in rows]
