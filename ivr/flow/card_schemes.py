"""The card scheme of a card number by its first digits (issuer identification numbers, ISO/IEC 7812-1).

The ranges are those that the schemes publish for merchants; numbers of none of them have no scheme.
"""

from __future__ import annotations

_RANGES = (
    ("unionpay", ("62", "62"), ("81", "81")),
    ("visa", ("4", "4")),
    ("mastercard", ("51", "55"), ("2221", "2720")),
    ("amex", ("34", "34"), ("37", "37")),
    ("jcb", ("3528", "3589")),
    ("diners", ("300", "305"), ("36", "36"), ("38", "39")),
    # Not 622126 to 622925: Discover takes such cards, but they are issued in China as UnionPay.
    ("discover", ("6011", "6011"), ("644", "649"), ("65", "65")),
)
CARD_SCHEMES = tuple(name for name, *_ in _RANGES)


def card_scheme(number: str) -> str | None:
    """Return the scheme of a card number; None for digits of no scheme."""
    return next((name for name, *ranges in _RANGES if any(_in_range(number, *each) for each in ranges)), None)


def _in_range(number: str, first: str, last: str) -> bool:
    # Both ends have the same number of digits, so that texts compare as numbers do.
    return first <= number[: len(first)] <= last
