"""Detects PINs that are easily guessed. It must not keep, log or echo them."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from itertools import pairwise

from ivr.settings.identity import PIN_DIGITS

SHORTEST_TAIL = 4
MOST_ALIKE = 2
UP, DOWN = "0123456789" * 2, "9876543210" * 2
COMMON_TEXT = """
    112233 223344 332211 445566 556677 778899 123321 321123 456654 123654 147258 147852 258369 369258 147369
    159357 159753 357159 258456 456852 789456 741852 963852 852963 951753 142536 102030 101112 131313 110120
    119120 520131 131452 520530 521314 201314 520521 521521 168168 518518 588588 886688 668866 138138 131420
    314159 271828 141421 112358 123789 789123 987321 100200 100086 100000 200000 123000 111222 222333 666888
    888666 777888 998877 112211
"""
COMMON = frozenset(COMMON_TEXT.split())
"""PINs that many people choose: keypad patterns, lucky and loving numbers, well-known sequences."""


def weakness(pin: str, birth_date: str = "", tails: Iterable[str] = ()) -> str:
    """Return why a PIN is weak: short, repeat, sequence, common, birth_date or tail; empty for a strong one.

    `birth_date` is YYYY-MM-DD; `tails` are card, ID and telephone numbers, or their last digits.
    """
    if len(pin) < PIN_DIGITS or not (pin.isascii() and pin.isdecimal()):
        return "short"
    if _repeats(pin):
        return "repeat"
    if _strides(pin) or _halves_run(pin):
        return "sequence"
    if pin in COMMON:
        return "common"
    if any(pin in form or form in pin for form in _dates(birth_date)):
        return "birth_date"
    return "tail" if any(_is_tail(pin, tail) for tail in tails) else ""


def _repeats(pin: str) -> bool:
    """Return whether a PIN has at most two different digits, pairs (112233) or a repeated block (121212, 123123)."""
    if len(set(pin)) <= MOST_ALIKE or pin[::2] == pin[1::2]:
        return True
    return any(pin == (pin[:size] * len(pin))[: len(pin)] for size in range(1, len(pin) // 2 + 1))


def _strides(pin: str) -> bool:
    """Return whether all digits are equally far from the next, with 0 after 9: 123456, 135791, 963074."""
    return len({(int(later) - int(sooner)) % 10 for sooner, later in pairwise(pin)}) == 1


def _halves_run(pin: str) -> bool:
    """123456 is caught whole; this is 123789, 321987 and the like."""
    half = len(pin) // 2
    first, second = pin[:half], pin[half:]
    return any(first in run and second in run for run in (UP, DOWN))


def _dates(birth_date: str) -> set[str]:
    try:
        born = date.fromisoformat(birth_date)
    except ValueError:
        return set()
    year, short, month, day = f"{born:%Y}", f"{born:%y}", f"{born:%m}", f"{born:%d}"
    orders = [year + month + day, month + day + year, day + month + year, year + day + month]
    orders += [short + month + day, month + day + short, day + month + short, short + day + month]
    orders += [year + month, month + year, year + day, day + year, month + day + month, (month + day) * 2]
    orders += [f"{year}{born.month}{born.day}", f"{short}{born.month}{born.day}"]
    return {order for order in orders if len(order) >= PIN_DIGITS}


def _is_tail(pin: str, tail: str) -> bool:
    digits = "".join(letter for letter in tail if letter.isascii() and letter.isdecimal())
    # Two or three digits are in many PINs by chance.
    if len(digits) < SHORTEST_TAIL:
        return False
    return pin in digits or digits[-SHORTEST_TAIL:] in pin
