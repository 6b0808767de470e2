"""Find names of `line.yaml` and their places, for rules."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from ivr.diagnostics.problem import Place, Problem
from ivr.flow.model import Reference
from ivr.yamlfile.source import Mapping
from ivr.yamlfile.suggest import did_you_mean


def undefined(
    references: Iterable[Reference | None], names: Iterable[str], rule: str, what: str, key: str
) -> Iterator[Problem]:
    """Yield a problem for each reference to a name that the block `key` does not define."""
    names = list(names)
    for reference in references:
        if reference is not None and reference.name not in names:
            message = f'There is no {what} "{reference.name}".'
            listed = f'Under "{key}" there {"is" if len(names) == 1 else "are"} {", ".join(names)}.'
            cure = did_you_mean(reference.name, names) or (listed if names else f'Define it under "{key}".')
            yield Problem(reference.place, rule, message, cure)


def place_of_key(node: Mapping, block: str, name: str) -> Place:
    """Return the place where a block defines a name."""
    written = node.get(block)
    key = written.key(name) if isinstance(written, Mapping) else None
    return key.place if key else node.place


def place_of_value(node: Mapping, key: str) -> Place:
    """Return the place of a key's value."""
    value = node.get(key)
    return value.place if value is not None else node.place


def place_within(node: Mapping, *keys: str) -> Place:
    """Return the place of the innermost of these keys that is written, each in the block of the one before."""
    place, inner = node.place, node
    for key in keys:
        written, value = inner.key(key), inner.get(key)
        # The outermost key that is written is shown for a default that stands nowhere.
        if written is None:
            break
        place = written.place
        if not isinstance(value, Mapping):
            break
        inner = value
    return place
