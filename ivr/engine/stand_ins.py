"""Replace what a caller typed as a secret by keys of the same meaning, so that a turn can be recorded and run again."""

from __future__ import annotations

import random
import re
from dataclasses import replace

from ivr.secret import SHOWN

from .entry_parser import FINISH, parse_entry
from .entry_types import SHORTEST_NUMBER, SHORTEST_SECRET, EntryType
from .inputs import Digits, Input, Speech

_DRAWS = 400
_DIGIT_WORDS = "零〇一二三四五六七八九幺两"
_ZEROS = str.maketrans("123456789" + _DIGIT_WORDS, "0" * 9 + "零" * len(_DIGIT_WORDS))
_SPOKEN_NUMBER = re.compile(rf"[0-9{_DIGIT_WORDS}](?:[\s-]*[0-9{_DIGIT_WORDS}]){{3,}}")


def stand_in(entry: EntryType, keys: str) -> str | None:
    """Return keys that an entry reads in the same way as `keys`; only what staff may see of a secret is the same.

    Returns None when there are none, such as for keys that run on behind the entry.
    """
    typed = parse_entry(entry, keys)
    if sum(key.isdigit() for key in keys) <= 1:
        return keys  # the key for a person, a star, a slip of one key
    if typed.rest and typed.meaning == "value":
        return None
    own = keys.partition(FINISH)[0]
    part = entry.tail if entry.tail is not None and len(own) < SHORTEST_NUMBER else entry
    return _alike(part, keys, own)


def number_stand_in(entry: EntryType, keys: str) -> str | None:
    """Return keys as `stand_in` does for an entry that asks for no secret, but may get one by mistake.

    A value with a form of its own, and fewer digits than any secret has, are returned as they are. One key behind the
    entry is a choice that was pressed ahead; more may be the end of a longer number.
    """
    typed = parse_entry(entry, keys)
    behind = typed.rest if typed.meaning == "value" else ""
    if len(behind) > 1:
        return None
    if not may_hold_secret(keys) or (entry.recorded == "all" and typed.meaning == "value"):
        return keys
    return _alike(entry, keys, keys.removesuffix(behind).partition(FINISH)[0])


def may_hold_secret(keys: str) -> bool:
    """Return whether keys have as many digits as the shortest secret."""
    return sum(key.isdigit() for key in keys) >= SHORTEST_SECRET


def _alike(entry: EntryType, keys: str, own: str) -> str | None:
    """Return keys with other digits in place of `own`, their beginning, that are read in the same way."""
    meaning = parse_entry(entry, keys).meaning
    first, last = int(entry.recorded == "first"), SHOWN.get(entry.secret, 0)
    # Seeded by the length alone: the same call is recorded alike again, and the draw depends on no digit typed.
    chance = random.Random(len(keys))  # noqa: S311
    for _ in range(_DRAWS):
        candidate = _drawn(own, entry.stand_in, first, last, chance) + keys[len(own) :]
        if parse_entry(entry, candidate).meaning == meaning:
            return candidate
    return None


def _drawn(own: str, pattern: str, first: int, last: int, chance: random.Random) -> str:
    """Draw digits for the digits of an entry, except those of the pattern, the `first` and the `last`."""
    drawn = []
    for place, key in enumerate(own):
        fixed = pattern[place] if place < len(pattern) else "."
        if not key.isdigit() or place < first or place >= len(own) - last:
            drawn.append(key)
        else:
            drawn.append(chance.choice("0123456789") if fixed == "." else fixed)
    return "".join(drawn)


def without_ahead(keys: Digits, most: int) -> Digits | None:
    """Return the keys of a step that takes `most`, unless there are so many that they may hold a secret."""
    return keys if len(keys.keys) <= most or not may_hold_secret(keys.keys) else None


def without_numbers(action: Input) -> Input:
    """Return the input; in words every number of four or more digits is replaced by zeros."""
    if not isinstance(action, Speech):
        return action
    words = _SPOKEN_NUMBER.sub(lambda number: number[0].translate(_ZEROS), action.text)
    return replace(action, text=words)
