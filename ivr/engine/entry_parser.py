"""Parse one entry of keys: what the star clears, what leads to a person, when the entry is complete."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from .entry_types import EntryType, Value

FINISH = "#"
Meaning = Literal["value", "agent", "back", "more_time", "begun", "slip"]


@dataclass(frozen=True)
class Typed:
    """The meaning of the keys, the value if there is one, and the keys behind it (for "begun": those of the entry)."""

    meaning: Meaning
    value: Value | None = None
    rest: str = ""


def parse_entry(entry: EntryType, keys: str) -> Typed:
    """Read keys as an entry.

    A pound sign ends it, alone it asks for more time. A star alone goes back, one in front of a 0 alone asks for a
    person, any other clears what stands before it, unless the entry has a use for it; what follows it then may be only
    the beginning. A 0 alone, where it can't be an entry, asks for a person too: callers learn that 0 is one.
    """
    own, rest = _split(entry, keys)
    if not own:
        return Typed("more_time", rest=rest) if keys.startswith(FINISH) else Typed("slip")
    if own in ("*0", "0") and entry.read(own) is None:
        return Typed("agent", rest=rest)
    if own == "*":
        return Typed("back", rest=rest)
    value = entry.read(own)
    if value is None and "*" in own and entry.star_means != ".":  # 12*345 is no amount, and 345 was not meant
        return _cleared(entry, own.rpartition("*")[2], rest, cut=_is_cut(entry, keys), finished=FINISH in keys)
    return Typed("slip") if value is None else Typed("value", value, rest)


def _is_cut(entry: EntryType, keys: str) -> bool:
    """Return whether the carrier has ended an entry of no fixed length, because so many keys were pressed."""
    return not entry.fixed and len(keys) > entry.most and FINISH not in keys


def _cleared(entry: EntryType, own: str, rest: str, *, cut: bool, finished: bool) -> Typed:
    if cut and len(own) < entry.most:  # 16 digits may be the beginning of a card's 19
        return Typed("begun", rest=own)
    value = entry.read(own)
    if value is not None:
        return Typed("value", value, rest)
    used = not own and entry.star_means  # a last star was meant as part of the entry, and the entry is wrong
    return Typed("begun", rest=own) if len(own) < entry.least and not (finished or used) else Typed("slip")


def _split(entry: EntryType, keys: str) -> tuple[str, str]:
    """Split keys into this entry's own and those behind it."""
    before, finish, behind = keys.partition(FINISH)
    if entry.fixed and "*" not in before and len(before) > entry.most:
        return before[: entry.most], before[entry.most :] + finish + behind
    return before, behind
