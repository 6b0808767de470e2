"""Replace what a caller typed as a secret by keys of the same meaning, so that a turn can be recorded and run again."""

from __future__ import annotations

import random
import re
from dataclasses import replace

from ivr.secret import SHOWN

from .entry_parser import FINISH, parse_entry
from .entry_types import EntryType
from .inputs import Digits, Input, Speech

KEYS_AHEAD = 2
"""The most keys behind a step's own that are recorded; more may be a PIN that was typed ahead."""
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
        return keys  # a wish for a person, a star, a slip of one key
    if typed.rest and typed.meaning == "value":
        return None
    own = keys.partition(FINISH)[0]
    kept = SHOWN.get(entry.secret, 0)
    chance = random.Random(len(keys))  # noqa: S311
    for _ in range(_DRAWS):
        candidate = _drawn(own, entry.stand_in, kept, chance) + keys[len(own) :]
        if parse_entry(entry, candidate).meaning == typed.meaning:
            return candidate
    return None


def _drawn(own: str, pattern: str, kept: int, chance: random.Random) -> str:
    """Draw digits for the digits of an entry, except those of the pattern and the last `kept`."""
    drawn = []
    for place, key in enumerate(own):
        fixed = pattern[place] if place < len(pattern) else "."
        if not key.isdigit() or place >= len(own) - kept:
            drawn.append(key)
        else:
            drawn.append(chance.choice("0123456789") if fixed == "." else fixed)
    return "".join(drawn)


def without_ahead(keys: Digits, most: int) -> Digits | None:
    """Return the keys, unless so many come behind the `most` of the step that they may hold a secret."""
    return keys if len(keys.keys) <= most + KEYS_AHEAD else None


def without_numbers(action: Input) -> Input:
    """Return the input; in words every number of four or more digits is replaced by zeros."""
    if not isinstance(action, Speech):
        return action
    words = _SPOKEN_NUMBER.sub(lambda number: number[0].translate(_ZEROS), action.text)
    return replace(action, text=words)
