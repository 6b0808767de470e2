"""The scheme of a card is known by its first digits."""

import pytest

from ivr.diagnostics.problem import Place
from ivr.flow.card_schemes import CARD_SCHEMES, card_scheme
from ivr.flow.expressions import parse_expression
from ivr.secret import Secret

NUMBERS = {
    "unionpay": "6217000000001000128",
    "visa": "4111111111111111",
    "mastercard": "2720990000000007",
    "amex": "378282246310005",
    "jcb": "3566002020360505",
    "diners": "30569309025904",
    "discover": "6011111111111117",
}


@pytest.mark.parametrize(("scheme", "number"), NUMBERS.items())
def test_each_scheme_has_its_ranges(scheme, number):
    assert card_scheme(number) == scheme


def test_digits_of_no_scheme_have_none():
    assert card_scheme("9111111111111111") is None
    assert card_scheme("") is None
    assert set(NUMBERS) == set(CARD_SCHEMES)


def test_conditions_read_the_scheme_of_a_card_and_nothing_else_of_a_secret():
    values = {"pan": Secret("pan", NUMBERS["visa"]), "pin": Secret("pin", "4111")}
    read = {text: parse_expression(text, Place("x", 1, 1))(values) for text in ("pan.scheme", "pan.tail", "pin.scheme")}
    assert read == {"pan.scheme": "visa", "pan.tail": None, "pin.scheme": None}
