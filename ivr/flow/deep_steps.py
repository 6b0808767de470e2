"""Find steps that stand two places too deep, so that YAML puts them into the step above."""

from __future__ import annotations

from collections.abc import Collection, Iterator

from ivr.yamlfile.source import Mapping as Block
from ivr.yamlfile.source import Node, Scalar

from .fields import Reading

Entry = tuple[Scalar, Node]
"""A key with its value."""


def raised_steps(
    steps: tuple[Entry, ...], kinds: Collection[str], own_keys: Collection[str], reading: Reading
) -> Iterator[Entry]:
    """Yield each step by its name, and behind it those inside it, which are reported.

    An entry is such a step if its key is no key of a step (`own_keys`), and its block has the key of a kind (`kinds`).
    """
    for name, body in steps:
        if not isinstance(body, Block) or not any(key.text in kinds for key, _ in body.entries):
            yield name, body
            continue
        inside = [entry for entry in body.entries if entry[0].text not in own_keys and _is_step(entry, kinds)]
        yield name, Block(tuple(entry for entry in body.entries if entry not in inside), body.place)
        for key, value in inside:
            further = key.place.column - name.place.column
            message = f'"{key.text}" is a step, and stands {further} spaces too deep: inside of "{name.text}".'
            cure = f"Take {further} spaces away from this line, and from those that belong to it."
            reading.problem(key.place, "indentation", message, cure)
            yield key, value


def _is_step(entry: Entry, kinds: Collection[str]) -> bool:
    name, value = entry
    return name.text[:1].isalpha() and isinstance(value, Block) and any(key.text in kinds for key, _ in value.entries)
