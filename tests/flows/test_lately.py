"""What a customer came for lately is offered first in the next call, by its usual key; never to older callers."""

from __future__ import annotations

import pytest

HINTS = {"1": "再查余额，请按1", "2": "再听最近交易，请按2", "51": "再查信用卡账单，请按5，再按1"}
STANDARD, OLDER, STRANGER = "+8613800000001", "+8613800000003", "+8613912345678"


def greeted(ring, caller, *calls):
    """Return the first words of a call, after calls in which these keys were pressed."""
    for keys in calls:
        leg = ring(caller)
        leg.arrive("main_menu")
        for key in keys:
            leg.act(Digits=key)
    last = ring(caller)
    last.arrive("main_menu")
    return last.words


@pytest.mark.parametrize("keys", HINTS)
def test_what_was_asked_for_lately_is_offered_before_the_menu(ring, keys):
    words = greeted(ring, STANDARD, keys)
    assert HINTS[keys] in words
    assert words.index(HINTS[keys]) < words.index("网点和营业时间，请按4")
    assert sum(hint in words for hint in HINTS.values()) == 1


def test_the_key_that_is_named_leads_there(ring):
    assert HINTS["51"] in greeted(ring, STANDARD, "51")
    leg = ring(STANDARD)
    leg.arrive("main_menu")
    leg.act(Digits="5")
    leg.act(Digits="1")
    assert "最后四位" in leg.words
    assert leg.machine.ivr.facts(leg.sid)["flow"] == "credit_card"


def test_a_first_call_and_other_services_bring_no_offer(ring):
    assert not any(hint in greeted(ring, STANDARD, "4") for hint in HINTS.values())


@pytest.mark.parametrize(("caller", "keys"), [(STRANGER, "1"), (OLDER, "1311"), ("anonymous", "1")])
def test_strangers_and_older_callers_hear_the_menu_alone(ring, caller, keys):
    words = greeted(ring, caller, keys)
    assert "查询余额，请按1" in words
    assert not any(hint in words for hint in HINTS.values())
