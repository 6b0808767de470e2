from __future__ import annotations

from ivr.demo_bank.pins import CHEAP, card_digest, opens, seal


def test_only_the_sealed_pin_opens() -> None:
    sealed = seal("135790", CHEAP)
    assert opens("135790", sealed)
    assert not opens("135791", sealed)
    assert not opens("", sealed)


def test_the_same_pin_is_sealed_differently_each_time() -> None:
    assert seal("135790", CHEAP).digest != seal("135790", CHEAP).digest


def test_a_card_is_found_again_and_not_readable() -> None:
    assert card_digest("6217000000001000128") == card_digest("6217000000001000128")
    assert card_digest("6217000000001000128") != card_digest("6217000000001000129")
    assert b"0128" not in card_digest("6217000000001000128")
