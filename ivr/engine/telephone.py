"""Telephone numbers as carriers send them: which can be called, which are the same, how operators may see them."""

from __future__ import annotations

import re

_MAINLAND_MOBILE = re.compile(r"(?:\+?86|0086)?(1[3-9][0-9]{9})")
_SIP = re.compile(r"sips?:[^@\s]*@([^\s;:>]+)")
_NUMBER = re.compile(r"\+\d{7,15}")
WITHHELD_NUMBERS = frozenset({"+266696687", "+7378742833", "+2562533", "+8656696", "+86282452253", "+7748283"})
"""The numbers that carriers send for a withheld one: ANONYMOUS, PRIVATE and similar words, as keys."""


def telephone(value: object) -> str:
    """Return a telephone number with its country code, "" for one that was withheld or is none."""
    number = re.sub(r"[\s()-]", "", value) if isinstance(value, str) else ""
    return number if _NUMBER.fullmatch(number) and number not in WITHHELD_NUMBERS else ""


def one_spelling(text: str) -> str:
    """Return an account or number as it is counted: 138 0000 0001 and +8613800000001 are the same."""
    bare = re.sub(r"[\s()\-]", "", text)
    if mobile := _MAINLAND_MOBILE.fullmatch(bare):
        return f"+86{mobile[1]}"
    return f"+{bare[2:]}" if re.fullmatch(r"00[1-9][0-9]{6,14}", bare) else bare.lower()


def sip_host(name: str) -> str:
    """Return the host of a SIP address, "" for anything else."""
    match = _SIP.match(name)
    return match[1] if match else ""


def masked_number(text: str) -> str:
    """Return an account or number as an operator may see it: enough to recognise, too little to use."""
    name = one_spelling(text)
    if mobile := _MAINLAND_MOBILE.fullmatch(name):
        return f"{mobile[1][:3]}****{mobile[1][-4:]}"
    if host := sip_host(name):
        return f"sip:****@{host[:40]}"
    # The share of hidden digits must stay high: of a short number, four digits would be nearly all of it.
    shown = 4 if len(name) > 7 else 2 if len(name) > 4 else 0
    return "****" + name[len(name) - shown :] if name else "****"
