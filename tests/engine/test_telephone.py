"""Which numbers can be called back, and what flows read of it."""

from __future__ import annotations

import pytest

from ivr.engine.telephone import telephone

from .fixtures import Bank

STEPS = """
  start: {branch: [{when: caller.shown, goto: shown}, {goto: hidden}]}
  shown: {hangup: 有号码。}
  hidden: {hangup: 没有号码。}
"""


@pytest.mark.parametrize("written", ["+8613800000001", "+86 138-0000-0001", "+1 (212) 555 0100"])
def test_a_telephone_number_is_taken_without_its_blanks(written):
    assert telephone(written).removeprefix("+").isdigit()


@pytest.mark.parametrize(
    "sent", ["anonymous", "", "+266696687", "+86282452253", "+7748283", "sip:a@b.example", "95580", None, 13800]
)
def test_what_a_carrier_sends_instead_of_a_number_is_none(sent):
    assert telephone(sent) == ""


@pytest.mark.parametrize(
    ("caller", "heard"),
    [
        ("+8613800000001", "有号码。"),
        ("+8613912345678", "有号码。"),
        ("anonymous", "没有号码。"),
        ("+266696687", "没有号码。"),
        ("sip:a@b.example", "没有号码。"),
    ],
)
def test_flows_read_whether_the_number_is_shown(phone, caller, heard):
    bank = Bank({"bank.caller": {"customer": "C1", "shown": "nonsense"}})
    assert phone(STEPS, bank=bank, caller=caller).heard == heard
