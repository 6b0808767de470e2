"""Read one value of a file as a kind of field."""

from __future__ import annotations

from ivr.flow.fields import FieldKind, Reading
from ivr.yamlfile.source import Mapping, Node, read_text


def node_of(text: str) -> Node:
    node, problems = read_text(f"value: {text}\n", "f.yaml")
    assert isinstance(node, Mapping)
    assert not problems
    value = node.get("value")
    assert value is not None
    return value


def read(kind: FieldKind[object], text: str) -> tuple[object, Reading]:
    reading = Reading(key="value")
    return kind.read(node_of(text), reading), reading
