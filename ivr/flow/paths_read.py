"""Find the values that the texts and conditions of a flow read."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from ivr.diagnostics.problem import Place

from .expressions import Expression
from .parts_within import within
from .text import Template

Path = tuple[str, ...]
"""The dotted path of a value, such as `("account", "balance")`."""


def paths_read(part: Any) -> Iterator[tuple[Path, Place, bool]]:
    """Yield every value that the texts and conditions of a part read, its place, and whether it is spoken."""
    readers = list(within(part, (Template, Expression)))
    in_slots = set[int]()
    for template in (reader for reader in readers if isinstance(reader, Template)):
        for slot in template.slots():
            place = slot.place or template.place
            yield slot.path, place, True
            # An item such as sites[number].name is an Expression inside a slot, and would be yielded twice: once as
            # spoken, and once more as a condition.
            in_slots.add(id(slot.item))
            inner = slot.item.paths() if slot.item else ()
            # The index is read, and not spoken: a number that is unset there leaves no hole in the sentence.
            yield from ((path, place, False) for path in inner if path != slot.path)
    for expression in (reader for reader in readers if isinstance(reader, Expression)):
        if id(expression) not in in_slots:
            yield from ((path, expression.place, False) for path in expression.paths())
