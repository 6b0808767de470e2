"""Match the keys that a caller typed with choices of several digits and with extensions. Pure."""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence

ANY_DIGIT = "x"
"""The sign in a pattern that stands for any digit."""


def matched_keys(typed: str, keys: Collection[str], patterns: Sequence[str] = ()) -> tuple[str, str] | None:
    """Return the key or extension that was typed, and the keys behind it; None for neither.

    A key that is the beginning of a longer one counts only if nothing was typed behind it: 13 is not 1 where 12 is a
    choice, since the caller has mistyped.
    """
    for length in range(min(len(typed), longest(keys, patterns)), 0, -1):
        head, rest = typed[:length], typed[length:]
        if (head in keys or is_extension(head, patterns)) and not (rest and _begins(head, keys, patterns)):
            return head, rest
    return None


def longest(keys: Collection[str], patterns: Sequence[str] = ()) -> int:
    """Return the length of the longest key or extension, at least 1."""
    return max(map(len, (*keys, *patterns)), default=1)


def is_extension(typed: str, patterns: Sequence[str]) -> bool:
    """Return whether all of what was typed is an extension."""
    return any(len(typed) == len(pattern) and _agree(typed, pattern) for pattern in patterns)


def _begins(head: str, keys: Collection[str], patterns: Sequence[str]) -> bool:
    return any(len(other) > len(head) and _agree(head, other) for other in (*keys, *patterns))


def _agree(typed: str, pattern: str) -> bool:
    return all(
        sign == wanted or (wanted == ANY_DIGIT and re.match("[0-9]", sign))
        for sign, wanted in zip(typed, pattern, strict=False)
    )
