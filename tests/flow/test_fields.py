"""Field kinds: what each takes and refuses, what it tells an editor, and that one declaration serves all."""

from __future__ import annotations

from dataclasses import dataclass

import pytest

from ivr.flow.fields import Block, FieldKind, ListOf, MapOf, Reading, object_schema, option, options, read_options
from ivr.flow.scalars import Name, Seconds, Whole, WordField
from ivr.yamlfile.source import Mapping

from .read_field import assert_reads_its_sample, assert_refuses, assert_takes, node_of, read

KINDS: list[tuple[FieldKind[object], str, object]] = [
    (ListOf(Name()), "[a, b]", ("a", "b")),
    (ListOf(Name(), lone=True), "a", ("a",)),
    (MapOf(Whole(1, 5)), "{a: 1}", {"a": 1}),
]
REFUSED: list[tuple[FieldKind[object], str, str]] = [
    (ListOf(Name()), "a", "wrong-type"),
    (ListOf(Name()), "[a, 1]", "bad-name"),
    (MapOf(Name()), "[a]", "wrong-type"),
]


@pytest.mark.parametrize(("kind", "text", "value"), KINDS)
def test_what_a_kind_takes(kind, text, value):
    assert_takes(kind, text, value)


@pytest.mark.parametrize(("kind", "text", "rule"), REFUSED)
def test_what_a_kind_refuses(kind, text, rule):
    assert_refuses(kind, text, rule)


@pytest.mark.parametrize("kind", {type(kind): kind for kind, _, _ in KINDS}.values())
def test_the_sample_of_a_kind_can_be_read_by_it(kind):
    assert_reads_its_sample(kind)


@dataclass(frozen=True)
class Desk:
    number: str = option(WordField(), help="The number.")
    waits: float = option(Seconds(), help="How long.", key="timeout", default=30.0, shown="30s")
    other: str = "not an option"


def test_a_declaration_serves_reading_the_manual_and_the_schema():
    number, waits = options(Desk)
    assert (number.key, number.required, number.default_words) == ("number", True, "")
    assert (waits.key, waits.attribute, waits.required, waits.default_words) == ("timeout", "waits", False, "30s")
    schema = object_schema(options(Desk))
    assert schema["required"] == ["number"]
    assert schema["properties"]["timeout"]["description"] == "How long. Default: 30s."
    assert Block(Desk, "a desk").sample == "{number: bank.balance}"


def test_a_block_is_read_into_its_class_and_a_lone_value_into_its_short_key():
    kind = Block(Desk, "a desk", short="number")
    assert read(kind, "{number: '1', timeout: 5s}")[0] == Desk("1", 5.0)
    assert read(kind, "'1'")[0] == Desk("1")
    assert read(Block(Desk, "a desk"), "'1'")[0] is None


def test_a_misspelt_key_that_must_be_given_is_told_once():
    reading = Reading()
    node = node_of("{numbr: '1'}")
    assert isinstance(node, Mapping)
    assert read_options(node, options(Desk), reading, what="a desk") is None
    (problem,) = reading.problems
    assert (problem.rule, problem.cure) == ("unknown-key", 'Did you mean "number"?')


def test_a_key_that_is_given_already_is_not_proposed():
    reading = Reading()
    node = node_of("{number: '1', numbr: '2'}")
    assert isinstance(node, Mapping)
    read_options(node, options(Desk), reading, what="a desk")
    (problem,) = reading.problems
    assert problem.cure == "Known here: number, timeout."
