"""The opening hours that flows read, such as `line.open` and `desks.vip.open`, computed when they are read."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Any

from ivr.calendar import Hours
from ivr.flow.model import Hotline


class OpeningValues(Mapping[str, Any]):
    """`open`, `today` and `next_opening` of opening hours at a moment. Without hours it is always open."""

    def __init__(self, hours: Hours | None, moment: datetime) -> None:
        self._hours, self._moment = hours, moment

    def __getitem__(self, name: str) -> Any:
        """Compute one value."""
        if name == "open":
            return self._open()
        if name == "today":
            return self._hours is None or self._hours.opens_on(self._moment.date())
        if name == "next_opening":
            return self._next_opening()
        raise KeyError(name)

    def __iter__(self) -> Iterator[str]:
        """Name the values."""
        return iter(("open", "today", "next_opening"))

    def __len__(self) -> int:
        """Count the values."""
        return 3

    def _open(self) -> bool:
        return self._hours is None or self._hours.open_at(self._moment)

    def _next_opening(self) -> str | None:
        opening = None if self._hours is None or self._open() else self._hours.next_opening(self._moment)
        return opening.strftime("%Y-%m-%dT%H:%M") if opening else None


class HoursValues(Mapping[str, Any]):
    """The values of each block of opening hours of the line, by its name."""

    def __init__(self, line: Hotline, moment: datetime) -> None:
        self._hours, self._moment = line.hours, moment

    def __getitem__(self, name: str) -> OpeningValues:
        """Return the values of one block."""
        return OpeningValues(self._hours[name], self._moment)

    def __iter__(self) -> Iterator[str]:
        """Name the blocks."""
        return iter(self._hours)

    def __len__(self) -> int:
        """Count the blocks."""
        return len(self._hours)


class DeskValues(Mapping[str, Any]):
    """The values of each desk, by its name."""

    def __init__(self, line: Hotline, moment: datetime) -> None:
        self._line, self._moment = line, moment

    def __getitem__(self, name: str) -> OpeningValues:
        """Return the values of one desk."""
        return OpeningValues(self._line.hours_of(self._line.desks[name].hours), self._moment)

    def __iter__(self) -> Iterator[str]:
        """Name the desks."""
        return iter(self._line.desks)

    def __len__(self) -> int:
        """Count the desks."""
        return len(self._line.desks)
