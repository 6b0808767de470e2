"""What a customer often calls for is named first in the next call, by its usual key; never to older callers."""

from __future__ import annotations

import pytest

HINT = "您常用的：查询余额，请按1。"
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


def test_what_was_asked_for_twice_is_named_before_the_menu_by_its_key(ring):
    words = greeted(ring, STANDARD, "1", "1")
    assert HINT in words
    assert words.index(HINT) < words.index("查询余额，请按1；")


def test_once_is_not_often_and_other_services_bring_no_hint(ring):
    assert "您常用的" not in greeted(ring, STANDARD, "1", "4")


@pytest.mark.parametrize(("caller", "keys"), [(STRANGER, "1"), (OLDER, "1311"), ("anonymous", "1")])
def test_strangers_and_older_callers_hear_the_menu_alone(ring, caller, keys):
    words = greeted(ring, caller, keys, keys)
    assert "查询余额，请按1" in words
    assert "您常用的" not in words


def test_who_does_not_want_it_says_so_once(ring):
    assert "您常用的" not in greeted(ring, STANDARD, "1", "1", "56")
