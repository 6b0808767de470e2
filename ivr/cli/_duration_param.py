"""Durations as operators write them, and values for a name or for all."""

from __future__ import annotations

from typing import Any, Generic, TypeVar

import click

_T = TypeVar("_T")
_UNITS = {"": 1.0, "s": 1.0, "ms": 0.001, "m": 60.0, "min": 60.0, "h": 3600.0}


def clock_text(seconds: int) -> str:
    """Return whole seconds as minutes and seconds: 75 is 1:15."""
    return f"{seconds // 60}:{seconds % 60:02d}"


class Duration(click.ParamType[float]):
    """Seconds, written as 90, 90s, 1.5m, 250ms or 1h."""

    name = "duration"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> float:
        """Read one duration."""
        if isinstance(value, float):
            return value
        number = str(value).strip()
        unit = number.lstrip("0123456789.")
        try:
            return float(number.removesuffix(unit)) * _UNITS[unit.strip()]
        except (KeyError, ValueError):
            self.fail(f'"{value}" is no duration; write 30s, 5m or 250ms', param, ctx)


class NamedValue(click.ParamType[tuple[str, _T]], Generic[_T]):
    """A value for a name, NAME=VALUE, or for all, VALUE; then the name is empty."""

    name = "named value"

    def __init__(self, kind: click.ParamType[_T], *, needs_name: bool = False) -> None:
        self._kind, self._needs_name = kind, needs_name

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> tuple[str, _T]:
        """Read the name and the value."""
        if isinstance(value, tuple):
            return value
        # From the right: a name may hold "=", a value never does.
        name, _, written = str(value).rpartition("=")
        if self._needs_name and not name:
            self.fail(f'"{value}" has no name; write NAME=VALUE', param, ctx)
        return name.strip(), self._kind.convert(written.strip(), param, ctx)
