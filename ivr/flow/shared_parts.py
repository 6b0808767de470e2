"""Choices and steps that line.yaml defines once, put in where flows use them.

They are put in as they are written, before anything is read, so that what is written in a flow and what it uses go
through the same checks.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace

from ivr.diagnostics.problem import Place
from ivr.yamlfile.source import Mapping as Block
from ivr.yamlfile.source import Node, Scalar, Sequence
from ivr.yamlfile.suggest import did_you_mean

from .fields import Reading

USE, WITH, PARAMETERS = "use", "with", "parameters"
_SIGN = "$"
_AIMS = {"goto": "do", "do": "goto"}
"""Keys of a choice, each with the key of the shared one that it replaces."""


@dataclass(frozen=True)
class SharedParts:
    """The choices and steps of line.yaml by name, as written. A choice may be a list of others: a group."""

    choices: Mapping[str, Node] = field(default_factory=dict)
    steps: Mapping[str, Node] = field(default_factory=dict)


UNREAD_PARTS = SharedParts()
"""Stands for the parts of a line.yaml that cannot be read: what uses them is left out without a problem of its own."""


def parts_of(line: Node | None) -> SharedParts:
    """Return the parts of line.yaml as written, with or without other faults; `UNREAD_PARTS` if it has no keys."""
    if not isinstance(line, Block):
        return UNREAD_PARTS
    blocks = (line.get(key) for key in ("choices", "steps"))
    by_name = ({key.text: node for key, node in block.entries} if isinstance(block, Block) else {} for block in blocks)
    return SharedParts(*by_name)


def written_choices(items: tuple[Node, ...], reading: Reading) -> Iterator[tuple[Node, Place]]:
    """Yield the choices of a menu, with those that it uses put in, each with its place in the menu."""
    for item in items:
        yield from ((node, item.place) for node in _choice(item, reading, ()))


def written_step(body: Node, reading: Reading) -> Node | None:
    """Return the body of a step, with the shared step that it uses put in; None for one that does not exist."""
    use = body.get(USE) if isinstance(body, Block) else None
    if use is None or not isinstance(body, Block):
        return body
    shared = _named(use, "step", reading.shared.steps if reading.shared else None, reading)
    if not isinstance(shared, Block):
        return None
    handed = body.get(WITH)
    values = {key.text: value for key, value in handed.entries} if isinstance(handed, Block) else {}
    wanted = shared.get(PARAMETERS)
    names = [item.text for item in wanted.items if isinstance(item, Scalar)] if isinstance(wanted, Sequence) else []
    before = len(reading.problems)
    for missing in (each for each in names if each not in values):
        cure = f'Add "{missing}:" under "with".'
        reading.problem(use.place, "missing-parameter", f'The shared step needs "{missing}".', cure)
    for key, _ in handed.entries if isinstance(handed, Block) else ():
        if key.text not in names:
            cure = did_you_mean(key.text, names) or f"It takes {', '.join(names) or 'none'}."
            reading.problem(key.place, "unknown-parameter", f'The shared step takes no "{key.text}".', cure)
    if len(reading.problems) > before:
        return None
    # Places stay those of where each part is written: a fault in a shared step is shown in line.yaml.
    filled = _filled(_without(shared, PARAMETERS), values)
    return _merged(filled, _without(body, USE, WITH)) if isinstance(filled, Block) else None


def _choice(item: Node, reading: Reading, inside: tuple[str, ...]) -> Iterator[Node]:
    name: Node | None = item if isinstance(item, Scalar) else item.get(USE) if isinstance(item, Block) else None
    if name is None:
        yield item
        return
    shared = _named(name, "choice", reading.shared.choices if reading.shared else None, reading)
    # A group that holds itself, by way of another, would be put in for ever.
    if isinstance(shared, Sequence) and isinstance(name, Scalar) and name.text not in inside:
        for member in shared.items:
            yield from _choice(member, reading, (*inside, name.text))
    elif isinstance(shared, Block):
        own = _without(item, USE) if isinstance(item, Block) else Block((), item.place)
        # A shared choice with `goto` that a flow gives a `do` would have two aims; the flow's own one counts.
        replaced = [_AIMS[key.text] for key, _ in own.entries if key.text in _AIMS]
        yield _merged(_without(shared, *replaced), own)


def _named(name: Node, what: str, parts: Mapping[str, Node] | None, reading: Reading) -> Node | None:
    """Return a shared part; report a name that line.yaml does not have."""
    # line.yaml was reported already. A problem at each use of its parts would bury that report.
    if reading.shared is UNREAD_PARTS:
        reading.left_out = True
        return None
    if not isinstance(name, Scalar):
        return None
    parts = parts or {}
    if name.text not in parts:
        cure = did_you_mean(name.text, parts) or f"It has {', '.join(parts) or 'none'}."
        reading.problem(name.place, "unknown-part", f'There is no shared {what} "{name.text}" in line.yaml.', cure)
        return None
    return parts[name.text]


def _merged(shared: Block, own: Block) -> Block:
    """Return the shared block with the entries of the other; blocks in both are merged."""
    entries = {key.text: (key, value) for key, value in shared.entries}
    for key, value in own.entries:
        before = entries.get(key.text)
        inner = before[1] if before else None
        both = isinstance(inner, Block) and isinstance(value, Block)
        entries[key.text] = (key, _merged(inner, value) if both else value)  # type: ignore[arg-type]  # both are
    return Block(tuple(entries.values()), own.place)


def _without(block: Block, *names: str) -> Block:
    return replace(block, entries=tuple(entry for entry in block.entries if entry[0].text not in names))


def _filled(node: Node, values: Mapping[str, Node]) -> Node:
    if isinstance(node, Scalar):
        return values.get(node.text.removeprefix(_SIGN), node) if node.text.startswith(_SIGN) else node
    if isinstance(node, Sequence):
        return replace(node, items=tuple(_filled(item, values) for item in node.items))
    return replace(node, entries=tuple((key, _filled(value, values)) for key, value in node.entries))
