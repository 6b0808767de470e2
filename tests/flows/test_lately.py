"""What a customer often calls for is named after proof, once, by its usual key; never to older or unproved callers."""

from __future__ import annotations

import pytest

HINT = "您常用的：查询余额，请按1。"
STANDARD, OLDER, STRANGER = "+8613800000001", "+8613800000003", "+8613912345678"
PROOF = {STANDARD: ("0128", "135790"), OLDER: ("0365", "975310")}


def called(ring, caller, *keys):
    """Return a call after these keys."""
    leg = ring(caller)
    leg.arrive("main_menu")
    for key in keys:
        leg.act(Digits=key)
    return leg


def test_what_a_verified_customer_asked_for_twice_is_named_once_before_the_menu_by_its_key(ring):
    for _ in range(2):
        called(ring, STANDARD, "1", *PROOF[STANDARD])
    leg = called(ring, STANDARD, "2", *PROOF[STANDARD])
    assert HINT not in leg.words
    leg.act(Digits="4")
    assert leg.words.index(HINT) < leg.words.index("查询余额，请按1；")
    leg.act(Digits="5")
    leg.act(Digits="*")
    assert "您常用的" not in leg.words


@pytest.mark.parametrize("caller", [STANDARD, STRANGER, "anonymous"])
def test_before_proof_nothing_is_named_and_nothing_is_learnt(ring, caller):
    for _ in range(3):
        called(ring, caller, "1")
    assert "您常用的" not in called(ring, caller).words
    if caller == STANDARD:
        leg = called(ring, caller, "2", *PROOF[caller], "4")
        assert "您常用的" not in leg.words, "no reason of a call without proof was kept"


def test_what_a_shown_number_heard_is_the_same_for_a_customer_and_a_stranger(ring):
    for _ in range(2):
        called(ring, STANDARD, "1", *PROOF[STANDARD])
    for keys in ((), ("5",), ("5", "5"), ("5", "4"), ("4",)):
        heard = {called(ring, caller, *keys).words for caller in (STANDARD, STRANGER)}
        assert len(heard) == 1


def test_who_does_not_want_it_says_so_once(ring):
    for _ in range(2):
        called(ring, STANDARD, "1", *PROOF[STANDARD])
    leg = called(ring, STANDARD, "2", *PROOF[STANDARD], "4", "5")
    assert "不要报常用业务，请按6" in leg.words
    leg.act(Digits="6")
    assert "您常用的" not in called(ring, STANDARD, "2", *PROOF[STANDARD], "4").words


def test_who_proves_to_be_another_customer_than_the_number_s_hears_and_changes_nothing_of_it(ring):
    for _ in range(2):
        called(ring, STANDARD, "1", *PROOF[STANDARD])
    leg = called(ring, STANDARD, "2", "6217000000006000628#", "314159", "4")
    assert "您常用的" not in leg.words
    for _ in range(2):
        called(ring, STANDARD, "2", "6217000000006000628#", "314159")
    assert "最近交易，请按2。" not in called(ring, STANDARD, "1", *PROOF[STANDARD], "4").words
