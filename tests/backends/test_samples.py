"""Samples of lookups.yaml answer questions in the simulator."""

from __future__ import annotations

import pytest

from ivr.backends.samples import SampleLookup
from ivr.errors import LookupFailed
from ivr.flow.lookups import read_lookups
from ivr.secret import Secret
from ivr.session.step_registry import catalogue
from ivr.yamlfile.source import read_text

DECLARED = """
services:
  bank:
    address: https://bank.example
    questions:
      rates:
        takes: {currency: text}
        gives: {sell: number, fixed: flag, days: count, note: text}
        samples:
          - {asked: {currency: XXX}, answer: missing}
          - {asked: {currency: GBP}, answer: error}
          - {asked: {currency: USD}, answer: {sell: "7.12", fixed: true, days: 2, note: null}}
      open:
        gives: {open: flag}
        samples:
          - answer: {open: false}
      verify:
        takes: {pin: secret}
        gives: {verified: flag}
        samples:
          - {asked: {pin: "1234"}, answer: {verified: true}}
          - answer: {verified: false}
      unsaid: {}
"""
NODE, _ = read_text(DECLARED, "lookups.yaml")
LOOKUPS, PROBLEMS = read_lookups(NODE, catalogue().lookup_types)


def ask(source: str, **asked):
    return SampleLookup(LOOKUPS)(source, asked, deadline=2, key="1")


def test_the_first_sample_that_fits_answers():
    assert PROBLEMS == []
    assert ask("bank.rates", currency="USD") == {"sell": "7.12", "fixed": True, "days": 2, "note": None}
    assert ask("bank.open") == {"open": False}


def test_a_secret_is_compared_with_what_the_sample_is_asked_with():
    assert ask("bank.verify", pin=Secret("pin", "1234")) == {"verified": True}
    assert ask("bank.verify", pin=Secret("pin", "9999")) == {"verified": False}


@pytest.mark.parametrize(
    ("source", "currency", "missing"),
    [
        ("bank.rates", "XXX", True),
        ("bank.rates", "JPY", True),
        ("bank.rates", "GBP", False),
        ("bank.unsaid", "USD", False),
        ("bank.rate", "USD", False),
    ],
)
def test_no_such_thing_and_a_fault_differ(source, currency, missing):
    with pytest.raises(LookupFailed) as caught:
        ask(source, currency=currency)
    assert caught.value.missing is missing
