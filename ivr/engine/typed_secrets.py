"""Drop what callers typed in secret, as soon as no step needs it, and at the end of a call."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from msgspec.structs import replace

from ivr.secret import Secret

from .call import Call, Values


def without_unneeded(values: Values, needed: frozenset[str]) -> Values:
    """Return the variables of a frame without the secrets that are not `needed`."""
    over = [name for name, value in values.items() if name not in needed and _holds_secret(value)]
    return {name: value for name, value in values.items() if name not in over} if over else values


def of_ended(call: Call, *, keeps_values: bool) -> Call:
    """Return an ended call without secrets; its other variables go, too, unless a late recording may need them."""

    def left(values: Values) -> Values:
        return without_unneeded(values, frozenset())

    frames = (
        replace(frame, values=left(frame.values) if keeps_values else {}, scratch=left(frame.scratch))
        for frame in call.frames
    )
    return replace(call, frames=tuple(frames))


def _holds_secret(value: Any) -> bool:
    if isinstance(value, Mapping):
        return any(map(_holds_secret, value.values()))
    if isinstance(value, list | tuple):
        return any(map(_holds_secret, value))
    return isinstance(value, Secret)
