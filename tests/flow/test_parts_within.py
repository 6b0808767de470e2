"""Parts are found by type, in the order written, to any depth."""

from dataclasses import dataclass, field

from ivr.diagnostics.problem import Place
from ivr.flow.parts_within import within


@dataclass(frozen=True)
class Leaf:
    name: str
    place: Place = field(default=Place("x.yaml", 1, 1))


@dataclass(frozen=True)
class Branch:
    leaves: tuple[object, ...]


def test_parts_come_in_the_order_written():
    tree = [Branch((Leaf("a"), {"k": Leaf("b")}, None)), "x", Branch((Branch((Leaf("c"),)),))]
    assert [leaf.name for leaf in within(tree, Leaf)] == ["a", "b", "c"]
    assert len(list(within(tree, (Leaf, Branch)))) == 6


def test_a_place_has_no_parts():
    assert list(within(Leaf("a"), int)) == []
