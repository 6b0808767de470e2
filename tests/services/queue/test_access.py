"""Which agents may ever take callers of a desk, and when a way is open."""

from __future__ import annotations

from typing import Any

import pytest

from ivr.services.queue.access import admits, may_serve
from ivr.services.queue.state import Agent


@pytest.mark.parametrize(
    ("desks", "desk", "serves"),
    [
        (("general",), "general", True),
        (("general",), "vip", True),
        (("general",), "of an older release", True),
        (("vip",), "general", True),
        (("gone",), "general", False),
        (("gone", "general"), "vip", True),
    ],
)
def test_agents_serve_their_desks_those_that_overflow_to_them_and_any_from_a_reserve(
    lines: Any, desks: tuple[str, ...], desk: str, serves: bool
) -> None:
    assert may_serve(lines(), Agent(id="w", number="+861085550101", desks=desks), desk) is serves


def test_a_way_opens_after_its_times_and_at_once_for_callers_who_are_first() -> None:
    assert admits(20, 10, 20, 10, is_first=False)
    assert not admits(19, 10, 20, 10, is_first=False)
    assert not admits(20, 9, 20, 10, is_first=False)
    assert admits(0, 0, 20, 10, is_first=True)
