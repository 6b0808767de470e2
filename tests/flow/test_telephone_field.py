"""Telephone numbers in line.yaml: dialled, read to callers, and as prefixes."""

from __future__ import annotations

import pytest

from ivr.flow.telephone_field import AgentTelephones, DialledNumber, NumberPrefix, SpokenNumber

from .read_field import read


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ('"+861085550100"', "+861085550100"),
        ('"+86 10 8555-0100"', "+861085550100"),
        ('"+1 (212) 555-0100"', "+12125550100"),
        ("sip:agents@example.com", "sip:agents@example.com"),
    ],
)
def test_numbers_with_a_country_code_and_sip_addresses_can_be_dialled(text: str, number: str) -> None:
    dialled, reading = read(DialledNumber(), text)
    assert (dialled, reading.problems) == (number, [])


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        ("abc", "no telephone number"),
        ("95588", "lacks its country code"),
        ('"+999123456"', "no country code that exists"),
        ('"+861"', "too short"),
        ('"+4420794601001234"', "no telephone number"),
        ('"+44207946010012"', "wrong length"),
        ("sip:two words", "no telephone number"),
    ],
)
def test_what_cannot_be_dialled_is_reported_with_its_cause(text: str, fault: str) -> None:
    number, reading = read(DialledNumber(), text)
    assert number is None
    (problem,) = reading.problems
    assert (problem.rule, fault in problem.message) == ("bad-number", True), problem.message
    assert problem.cure


@pytest.mark.parametrize(
    ("text", "number"), [("95588", "95588"), ('"400-800 0065"', "4008000065"), ('"+86 955"', "+86955")]
)
def test_numbers_that_callers_hear_may_be_short(text: str, number: str) -> None:
    assert read(SpokenNumber(), text)[0] == number


@pytest.mark.parametrize("text", ["nine", "1", '"1234567890123456"'])
def test_what_is_no_number_is_not_read_to_callers(text: str) -> None:
    number, reading = read(SpokenNumber(), text)
    assert number is None
    assert [problem.rule for problem in reading.problems] == ["bad-number"]


def test_a_prefix_begins_with_the_country_code() -> None:
    assert read(NumberPrefix(), '"+86 10"')[0] == "+8610"
    assert read(NumberPrefix(), '"8610"')[0] is None


@pytest.mark.parametrize(
    ("text", "beginning"),
    [
        ('"+86 10"', "+8610"),
        ("sip:PBX.example.com", "sip:pbx.example.com"),
        ('"sip:"', None),
        ("sip:a@b", None),
        ("86", None),
    ],
)
def test_agents_have_numbers_of_a_beginning_or_sip_addresses_at_a_host(text: str, beginning: str | None) -> None:
    assert read(AgentTelephones(), text)[0] == beginning
