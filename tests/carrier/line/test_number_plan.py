"""Numbers of SIP addresses, in the spelling of the webhooks."""

from __future__ import annotations

import pytest

from ivr.carrier.line.number_plan import in_full, user_of


@pytest.mark.parametrize(
    ("address", "user"),
    [
        ("sip:+8613800000001@10.1.2.3:5060", "+8613800000001"),
        ('"Zhang" <sip:13800000001@pbx>;tag=1', "13800000001"),
        ("<sip:%2B86138@pbx;user=phone>", "+86138"),
        ("<tel:+86-10-5555-0000;phone-context=x>", "+86-10-5555-0000"),
        ("anonymous", "anonymous"),
    ],
)
def test_the_user_of_an_address(address: str, user: str) -> None:
    assert user_of(address) == user


@pytest.mark.parametrize(
    ("user", "number"),
    [
        ("13800000001", "+8613800000001"),
        ("013800000001", "+8613800000001"),
        ("0086138 0000-0001", "+8613800000001"),
        ("01055550000", "+861055550000"),
        ("4008000065", "+864008000065"),
        ("+8613800000001", "+8613800000001"),
        ("8613800000001", "+8613800000001"),
        ("861055550000", "+861055550000"),
        ("8655555555", "+868655555555"),
        ("95588", "95588"),
        ("ivr", "ivr"),
        ("anonymous", "anonymous"),
        ("", ""),
    ],
)
def test_numbers_get_their_country_and_others_stay(user: str, number: str) -> None:
    assert in_full(user) == number


def test_a_country_code_without_a_plus_is_not_written_twice() -> None:
    assert in_full("442071234567", "44") == "+442071234567"
    assert in_full("2071234567", "44") == "+442071234567"
