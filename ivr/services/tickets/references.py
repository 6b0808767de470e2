"""Numbers of tickets and tasks: short, unique, safe against slips. They must not tell how many there are."""

from __future__ import annotations

import unicodedata

from stdnum import damm
from stdnum.exceptions import ValidationError

from ivr.calendar import local
from ivr.engine.ports import Document, Documents

PREFIX = "T"
NUMBERS = {PREFIX: "ticket_numbers", "K": "task_numbers"}
"""The collection of the counts of each day, for the prefix of tickets and that of tasks."""
A_DAY = 10_000
_STRIDE = 7919


def issue(documents: Documents, now: float, *, prefix: str = PREFIX) -> str:
    """Return a new number: the prefix, the day as yymmdd, four digits in scrambled order, and a check digit.

    The check digit (Damm) detects a wrong digit and two swapped digits. After 9,999 numbers of a day, numbers have one
    digit more.
    """
    day = local(now).strftime("%y%m%d")
    counted = documents.change(NUMBERS[prefix], day, _count)
    count = int(counted["count"]) if counted else 1
    # The stride has no factor in common with 10,000, so every number of the day comes up once.
    serial = count * _STRIDE % A_DAY if count < A_DAY else count
    body = f"{day}{serial:04d}"
    return f"{prefix}{body}{damm.calc_check_digit(body)}"


def read_reference(text: str) -> str | None:
    """Return the ticket number that was typed or said, with or without its T; None for any other text."""
    digits = (
        "".join(sign for sign in unicodedata.normalize("NFKC", text) if sign.isalnum()).upper().removeprefix(PREFIX)
    )
    if not digits.isascii() or not digits.isdecimal() or not 11 <= len(digits) <= 15:
        return None
    try:
        damm.validate(digits)
    except ValidationError:
        return None
    return f"{PREFIX}{digits}"


def _count(before: Document | None) -> Document:
    return {"count": (before["count"] if before else 0) + 1}
