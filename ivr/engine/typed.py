"""Understanding one entry of keys: what the star clears, what leads to a person, when it is complete."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from .entries import Entry, Value

FINISH = "#"
Meaning = Literal["value", "agent", "back", "more_time", "slip"]


@dataclass(frozen=True)
class Typed:
    """What the keys meant, the value if they made one, and the keys behind it."""

    meaning: Meaning
    value: Value | None = None
    rest: str = ""


def understand(entry: Entry, keys: str) -> Typed:
    """Read keys as an entry.

    A pound sign ends it, alone it asks for more time. A star alone goes back, one in front of a 0 alone asks for a
    person, any other clears what stands before it, unless the entry has a use for it. A 0 alone asks for a person
    too, where it can't be an entry, because callers learn that 0 is a person.
    """
    own, rest = _split(entry, keys)
    if not own:
        return Typed("more_time", rest=rest) if keys.startswith(FINISH) else Typed("slip")
    if own in ("*0", "0") and entry.read(own) is None:
        return Typed("agent", rest=rest)
    if own == "*":
        return Typed("back", rest=rest)
    value = entry.read(own)
    if value is None and "*" in own:
        value = entry.read(own.rpartition("*")[2])
    return Typed("slip") if value is None else Typed("value", value, rest)


def _split(entry: Entry, keys: str) -> tuple[str, str]:
    """Split keys into this entry's own and those behind it."""
    before, finish, behind = keys.partition(FINISH)
    if entry.fixed and "*" not in before and len(before) > entry.most:
        return before[: entry.most], before[entry.most :] + finish + behind
    return before, behind
