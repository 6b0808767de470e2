"""The variables of a call that expressions and texts read. Those that few flows read are computed on demand."""

from __future__ import annotations

from collections import ChainMap
from collections.abc import Callable, Mapping
from typing import Any

from ivr.flow.model import Hotline

from .business_hours import DeskValues, HoursValues, OpeningValues
from .call import Call


class CallValues(dict[str, Any]):
    """The variables of a call by name. Those in `_READERS` are computed when they are read first."""

    def __init__(self, variables: Mapping[str, Any], call: Call, line: Hotline, now: float) -> None:
        super().__init__(variables)
        for name in _READERS:
            self.pop(name, None)  # a flow cannot give these another meaning
        self._call, self._line, self._now = call, line, now

    def __missing__(self, name: str) -> Any:
        """Compute a variable when it is read first. Raises KeyError for an unknown name."""
        value = self[name] = _READERS[name](self)
        return value

    def get(self, name: str, default: Any = None) -> Any:
        """Return a variable; the default for an unknown name."""
        return self[name] if name in self or name in _READERS else default

    def of_call(self) -> dict[str, Any]:
        """Return the number that was called, the language, and the time of the line."""
        moment = self._line.calendar.local(self._now)
        return {
            "number": self._call.called,
            "language": self._call.language,
            "date": moment.date().isoformat(),
            "time": moment.strftime("%H:%M"),
            "hour": moment.hour,
            "weekday": moment.isoweekday(),
        }

    def of_identity(self) -> dict[str, Any]:
        """Return the current identity level."""
        return {"level": self._call.identity.level_at(self._now)}

    def of_queue(self) -> dict[str, Any]:
        """Return the last status of the queue."""
        transfer = self._call.transfer
        return {"position": transfer.position, "minutes": transfer.minutes, "call_back": transfer.call_back}

    def of_line(self) -> Mapping[str, Any]:
        """Return the opening hours and the values of the called number."""
        called = self._call.called
        hours = OpeningValues(
            self._line.hours_of(self._line.number(called).hours), self._line.calendar.local(self._now)
        )
        # A ChainMap, not a merged dict, so that the opening hours are computed only if the flow reads them.
        return ChainMap({"values": self._line.values_of(called)}, hours)  # type: ignore[arg-type]

    def of_numbers(self) -> Mapping[str, str]:
        """Return the telephone numbers of the line by name."""
        return self._line.telephone_numbers

    def of_desks(self) -> DeskValues:
        """Return the opening hours of the desks."""
        return DeskValues(self._line, self._line.calendar.local(self._now))

    def of_hours(self) -> HoursValues:
        """Return the opening hours by name."""
        return HoursValues(self._line, self._line.calendar.local(self._now))


_READERS: Mapping[str, Callable[[CallValues], Any]] = {
    "call": CallValues.of_call,
    "identity": CallValues.of_identity,
    "queue": CallValues.of_queue,
    "line": CallValues.of_line,
    "desks": CallValues.of_desks,
    "hours": CallValues.of_hours,
    "numbers": CallValues.of_numbers,
}
