"""Count from the journal how often each way was taken, and how often callers were silent or not understood."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field

from ivr.engine.ports import JournalRow
from ivr.flow.line_graph import StepName


@dataclass
class StepUsage:
    """Counts of steps and ways: `visits` by step, `ways` by step and outcome, `misses` (no_input, no_match) by step."""

    visits: Counter[StepName] = field(default_factory=Counter)
    ways: Counter[tuple[StepName, str]] = field(default_factory=Counter)
    misses: Counter[StepName] = field(default_factory=Counter)
    calls: int = 0

    def add(self, rows: Iterable[JournalRow], since: float) -> None:
        """Count the rows that were written from a Unix time on."""
        for row in rows:
            if row.at < since:
                continue
            if row.kind == "started":
                self.calls += 1
            elif row.kind in ("outcome", "no_input", "no_match"):
                data = json.loads(row.data)
                step = (str(data.get("flow", "")), str(data.get("step", "")))
                if row.kind == "outcome":
                    self.visits[step] += 1
                    self.ways[step, str(data.get("outcome"))] += 1
                else:
                    self.misses[step] += 1

    def miss_share(self, step: StepName) -> float | None:
        """Return the share of a step's turns without a usable answer; None where no caller was."""
        turns = self.visits[step] + self.misses[step]
        return self.misses[step] / turns if turns else None

    def way_share(self, step: StepName, outcome: str) -> float:
        """Return the share of the calls leaving a step that took one outcome."""
        return self.ways[step, outcome] / self.visits[step] if self.visits[step] else 0.0
