"""Find the items of a list whose dashes were left out, by the keys that begin again."""

from __future__ import annotations

from collections.abc import Sequence


def items_without_dashes(keys: Sequence[str]) -> list[tuple[int, int]]:
    """Return the start and end of each item; nothing where the keys are those of one block.

    Items are there when the first key comes again, with another key of the first item behind it, and no item has a key
    twice: `label, goto, label, goto`. A lone key that is written twice is more likely a slip.
    """
    starts = [place for place, key in enumerate(keys) if key == keys[0]]
    if len(starts) < 2:
        return []
    bounds = list(zip(starts, [*starts[1:], len(keys)], strict=True))
    items = [keys[start:end] for start, end in bounds]
    if any(len(set(item)) < len(item) for item in items):
        return []
    again = set(items[0][1:]) & {key for item in items[1:] for key in item[1:]}
    return bounds if again else []
