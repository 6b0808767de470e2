"""Tells telephone numbers that can be called from what else a carrier sends: withheld ones, SIP addresses, nothing."""

from __future__ import annotations

import re

_NUMBER = re.compile(r"\+\d{7,15}")
_WITHHELD = frozenset({"+266696687", "+7378742833", "+2562533", "+8656696", "+86282452253"})
"""What the carrier sends for a number that it does not show: ANONYMOUS and its like, typed on a keypad."""


def telephone(value: object) -> str:
    """Return a telephone number with its country code, "" for one that was withheld or is none."""
    number = re.sub(r"[\s()-]", "", value) if isinstance(value, str) else ""
    return number if _NUMBER.fullmatch(number) and number not in _WITHHELD else ""
