"""Numbers as a SIP line spells them, in the spelling of the webhooks: +, country code, number (E.164)."""

from __future__ import annotations

import re
from urllib.parse import unquote

import phonenumbers

SHORTEST_NATIONAL = 10
"""Digits of the shortest number with an area code; shorter ones are extensions and service numbers such as 95588."""
_USER = re.compile(r"<?\s*(?:sips?|tel):([^@;>?]+)", re.IGNORECASE)
_NUMBER = re.compile(r"\+?[0-9]+")


def user_of(address: str) -> str:
    """Return the user part of a SIP or tel address, with or without brackets, or the text itself."""
    match = _USER.search(address)
    return unquote(match[1]).partition(";")[0].strip() if match else address.strip()


def in_full(user: str, country: str = "86") -> str:
    """Return a number with its country code; names, extensions and service numbers stay as they are."""
    plain = re.sub(r"[-. ()]", "", user)
    if not _NUMBER.fullmatch(plain) or plain.startswith("+"):
        return plain if _NUMBER.fullmatch(plain) else user
    if plain.startswith("00"):
        return "+" + plain[2:]
    if _has_country(plain, country):
        return f"+{plain}"
    # The trunk prefix of mainland China, which is dialled before area codes and is no part of the number.
    national = plain.removeprefix("0")
    return f"+{country}{national}" if len(national) >= SHORTEST_NATIONAL else plain


def _has_country(plain: str, country: str) -> bool:
    """Return whether a number has its country code without the plus, as many exchanges send it.

    A national number may begin with the digits of its own country code, too; the numbering plan tells the two apart.
    """
    return plain.startswith(country) and not _is_assigned(f"+{country}{plain}") and _is_assigned(f"+{plain}")


def _is_assigned(number: str) -> bool:
    try:
        return phonenumbers.is_valid_number(phonenumbers.parse(number))
    except phonenumbers.NumberParseException:
        return False
