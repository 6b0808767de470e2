"""Values of a turn are composed anew when what they are composed of has changed, and only then."""

from __future__ import annotations

from itertools import count

from ivr.engine.turn_cache import TurnCache


def test_a_value_is_composed_once_while_its_sources_are_the_same_objects() -> None:
    cache, composed = TurnCache(), count()
    values, call = {"name": "李"}, object()
    assert [cache.once("items", (values, call), lambda: next(composed)) for _ in range(3)] == [0, 0, 0]
    assert cache.once("items", (dict(values), call), lambda: next(composed)) == 1


def test_nothing_is_a_value_too_and_keys_are_apart() -> None:
    cache, composed = TurnCache(), count()
    cache.once("name", (), lambda: None)
    assert cache.once("name", (), lambda: next(composed)) is None
    assert cache.once("number", (), lambda: next(composed)) == 0
