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


def assert_takes(kind: FieldKind[object], text: str, value: object) -> None:
    """See that a kind reads a text as this value, without a problem."""
    taken, reading = read(kind, text)
    assert taken == value
    assert not reading.problems


def assert_refuses(kind: FieldKind[object], text: str, rule: str) -> None:
    """See that a kind refuses a text by one problem, which names the key and a cure."""
    taken, reading = read(kind, text)
    assert taken is None
    (problem,) = reading.problems
    assert problem.rule == rule
    assert problem.cure
    assert '"value"' in problem.message or rule == "bad-name"


def assert_reads_its_sample(kind: FieldKind[object]) -> None:
    """See that the sample of the manual can be read."""
    taken, reading = read(kind, kind.sample)
    assert taken is not None
    assert not reading.problems


def read(kind: FieldKind[object], text: str) -> tuple[object, Reading]:
    reading = Reading(key="value")
    return kind.read(node_of(text), reading), reading
