"""Differences in line.yaml, lookups.yaml and readings.yaml: each value that was added, removed or changed."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from ivr.flow.loader import NO_FLOWS
from ivr.flow.model import Release
from ivr.yamlfile.source import Mapping as Block
from ivr.yamlfile.source import Node, Scalar, Sequence, read_text

from .model import Difference


def file_differences(old: Release, new: Release) -> Iterator[Difference]:
    """Yield the differences of the files that are no flows, value by value."""
    for name in NO_FLOWS:
        before, after = _values(old.files.get(name, "")), _values(new.files.get(name, ""))
        for path in dict.fromkeys([*before, *after]):
            was, now = before.get(path, ""), after.get(path, "")
            if was == now:
                continue
            kind = "value" if was and now else "value_added" if now else "value_removed"
            yield Difference(kind, name, "", {"path": path, "before": was, "after": now})


def _values(text: str) -> Mapping[str, str]:
    node, _ = read_text(text, "") if text.strip() else (None, [])
    return dict(_leaves(node, ""))


def _leaves(node: Node | None, path: str) -> Iterator[tuple[str, str]]:
    match node:
        case Block():
            for key, value in node.entries:
                yield from _leaves(value, f"{path}.{key.text}" if path else key.text)
        case Sequence():
            if all(isinstance(item, Scalar) for item in node.items):
                yield path, ", ".join(item.text for item in node.items if isinstance(item, Scalar))
            else:
                for number, item in enumerate(node.items, 1):
                    yield from _leaves(item, f"{path}[{number}]")
        case Scalar():
            yield path, node.text
