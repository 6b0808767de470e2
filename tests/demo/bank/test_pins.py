from __future__ import annotations

from ivr.demo.bank.pins import CHEAP, account_id, cost_of, number_digest, opens, seal


def test_only_the_sealed_pin_opens() -> None:
    sealed = seal("135790", CHEAP)
    assert opens("135790", sealed)
    assert not opens("135791", sealed)
    assert not opens("", sealed)


def test_the_same_pin_is_sealed_differently_each_time() -> None:
    assert seal("135790", CHEAP) != seal("135790", CHEAP)


def test_a_card_is_found_again_and_not_readable() -> None:
    assert number_digest("6217000000001000128") == number_digest("6217000000001000128")
    assert number_digest("6217000000001000128") != number_digest("6217000000001000129")
    assert b"0128" not in number_digest("6217000000001000128")


def test_what_was_sealed_tells_its_cost_and_that_it_is_argon2id() -> None:
    assert seal("135790", CHEAP).startswith("$argon2id$")
    assert [cost_of(seal("135790", cost)) for cost in (CHEAP, 64)] == [CHEAP, 64]


def test_an_account_has_another_name_under_another_key() -> None:
    names = [account_id(key, b"C0001") for key in (b"a" * 32, b"b" * 32, b"a" * 32)]
    assert names[0] == names[2] != names[1]
    assert len(names[0]) == 32
