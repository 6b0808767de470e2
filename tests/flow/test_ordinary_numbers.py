"""Telephones that this line may ring: ordinary numbers with an allowed beginning, and SIP addresses at named hosts."""

from __future__ import annotations

import pytest

from ivr.flow.ordinary_numbers import is_at_host, is_ordinary


@pytest.mark.parametrize(
    ("number", "allowed"),
    [
        ("+8613800000001", True),
        ("+861085550121", True),
        ("+8616812345678", False),
        ("+12425550123", False),
        ("+861", False),
        ("sip:a@b", False),
        ("", False),
    ],
)
def test_mobiles_and_fixed_lines_with_an_allowed_beginning_are_ordinary(number: str, allowed: bool) -> None:
    assert is_ordinary(number, ("+86",)) is allowed
    assert not is_ordinary(number, ())


@pytest.mark.parametrize(
    ("address", "allowed"),
    [
        ("sip:li.na@pbx.example.com", True),
        ("sips:li.na@PBX.example.com:5061", True),
        ("sip:li.na@pbx.example.com.evil.test", False),
        ("sip:li.na@evil.test;maddr=pbx.example.com", False),
        ("sip:pbx.example.com@evil.test", False),
        ("sip:a@evil.test@pbx.example.com", False),
        ("sip:pbx.example.com", False),
        ("pbx.example.com", False),
    ],
)
def test_a_sip_address_is_at_a_host_by_its_last_part_alone(address: str, allowed: bool) -> None:
    assert is_at_host(address, ("+86", "sip:pbx.example.com")) is allowed
