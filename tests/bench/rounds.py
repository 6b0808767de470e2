"""Measures contenders in turns on a machine that others use too: rounds go round, ratios are taken within a round."""

from __future__ import annotations

import statistics
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

Measure = Callable[[], float]


@dataclass
class Rounds:
    """Figures by contender, one a round."""

    figures: dict[str, list[float]] = field(default_factory=dict)

    @classmethod
    def run(cls, contenders: Mapping[str, Measure], count: int) -> Rounds:
        """Measure every contender once a round, each time in another order; a first round is thrown away."""
        names = list(contenders)
        rounds = cls({name: [] for name in names})
        # A first round warms caches and lets each contender import what it imports late.
        for number in range(count + 1):
            # The order changes, or the same contender would always run behind the costliest one.
            shift = number % len(names)
            for name in names[shift:] + names[:shift]:
                figure = contenders[name]()
                if number:
                    rounds.figures[name].append(figure)
        return rounds

    def median(self, name: str) -> float:
        """Return a contender's middle figure."""
        return statistics.median(self.figures[name])

    def ratio(self, name: str, to: str) -> tuple[float, float, float]:
        """Return median, lower and upper quartile of the ratio `name` / `to`, round by round."""
        # Within a round, because other work on the machine slows its figures alike. The medians of two contenders may
        # come from different rounds.
        ratios = [mine / other for mine, other in zip(self.figures[name], self.figures[to], strict=True)]
        low, middle, high = statistics.quantiles(ratios, n=4) if len(ratios) > 1 else ratios * 3
        return middle, low, high

    def show(self, title: str, unit: str, base: str, *, times: float = 1.0, digits: int = 1) -> None:
        """Print one line a contender: its figure, its spread, and its ratio to `base`."""
        print(f"\n{title}")
        for name, figures in self.figures.items():
            low, _, high = statistics.quantiles(figures, n=4) if len(figures) > 1 else figures * 3
            middle, under, over = self.ratio(name, base)
            print(
                f"  {name:<34}{self.median(name) * times:>10,.{digits}f} {unit}"
                f"  [{low * times:,.{digits}f} .. {high * times:,.{digits}f}]"
                f"   {middle:.2f}x {base}  [{under:.2f} .. {over:.2f}]"
            )
