"""Check whether the days off are known by which opening hours and deadlines are told."""

from __future__ import annotations

import time
from collections.abc import Iterator

from . import Check, Deployment, Finding


class DaysOffCheck(Check):
    """Warns of a year whose days off are unknown; from December on the next year counts, too."""

    kind = "days_off"
    order = 42

    def findings(self, deployment: Deployment) -> Iterator[Finding]:
        """Yield one finding, by the calendar of line.yaml."""
        if deployment.release is None:
            return
        calendar = deployment.release.line.calendar
        year = calendar.unknown_year(calendar.local(time.time()).date())
        if year is None:
            yield Finding("fine", "holidays", "the days off are known")
            return
        yield Finding(
            "warning",
            "holidays",
            f"the days off of {year} are unknown: hours near its holidays may be told wrongly",
            "Update the package chinesecalendar, or write the days under `hours` of line.yaml.",
        )
