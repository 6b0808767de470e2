"""What overflow, overflow_after and reserved mean."""

from __future__ import annotations

import pytest

from ivr.diagnostics.problem import Place
from ivr.flow.desk_access import Access, accesses
from ivr.flow.model import Desk, Hotline, Reference

GENERAL = Reference("general", Place("line.yaml", 1, 1))
VIP = Reference("vip", Place("line.yaml", 1, 1))
LINE = Hotline(
    {},
    {
        "general": Desk("general", "+861085550100", 30, overflow=(VIP,)),
        "vip": Desk("vip", "+861085550188", 30, overflow=(GENERAL,), overflow_after=20.0, reserved=10.0),
        "corporate": Desk("corporate", "+861085550199", 30),
    },
    "general",
)


@pytest.mark.parametrize(
    ("desk", "agents", "ways"),
    [
        ("general", ["general"], [Access(0, 0)]),
        ("vip", ["general"], [Access(20, 0)]),
        ("general", ["vip"], [Access(0, 10)]),
        ("corporate", ["vip"], [Access(0, 10)]),
        ("corporate", ["general"], []),
        ("corporate", ["of an older release"], []),
        ("vip", ["corporate", "general"], [Access(20, 0)]),
        ("general", ["vip", "general"], [Access(0, 0)]),
    ],
)
def test_each_desk_of_an_agent_lets_callers_in_by_itself(desk: str, agents: list[str], ways: list[Access]) -> None:
    assert accesses(LINE, LINE.desks[desk], agents) == ways


def test_a_way_is_as_soon_as_another_if_it_is_open_whenever_the_other_is() -> None:
    assert Access(0, 10).is_as_soon_as(Access(0, 10))
    assert not Access(0, 10).is_as_soon_as(Access(20, 0))
