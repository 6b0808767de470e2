"""Ticket numbers: short, unique, safe against slips. The number of complaints must not be readable from them."""

from __future__ import annotations

import unicodedata

from stdnum import damm
from stdnum.exceptions import ValidationError

from ivr.calendar import local
from ivr.engine.ports import Document, Documents

TICKET_NUMBERS = "ticket_numbers"
A_DAY = 10_000
_STRIDE = 7919


def issue(documents: Documents, now: float) -> str:
    """Return a new number: T, the day as yymmdd, four digits in scrambled order, and a check digit.

    The check digit (Damm) detects a wrong digit and two swapped digits. After 9,999 numbers of a day, numbers have one
    digit more.
    """
    day = local(now).strftime("%y%m%d")
    counted = documents.change(TICKET_NUMBERS, day, _count)
    count = int(counted["count"]) if counted else 1
    serial = count * _STRIDE % A_DAY if count < A_DAY else count
    body = f"{day}{serial:04d}"
    return f"T{body}{damm.calc_check_digit(body)}"


def read_reference(text: str) -> str | None:
    """Return the ticket number that was typed or said, with or without its T; None for any other text."""
    digits = "".join(sign for sign in unicodedata.normalize("NFKC", text) if sign.isalnum()).upper().removeprefix("T")
    if not digits.isascii() or not digits.isdecimal() or not 11 <= len(digits) <= 15:
        return None
    try:
        damm.validate(digits)
    except ValidationError:
        return None
    return f"T{digits}"


def _count(before: Document | None) -> Document:
    return {"count": (before["count"] if before else 0) + 1}
