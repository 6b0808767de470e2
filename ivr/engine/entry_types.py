"""The types of entries: each with its length, its check and its kind of secret."""

from __future__ import annotations

from calendar import monthrange
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import date, time
from decimal import Decimal
from typing import Literal

from stdnum import luhn
from stdnum.iso7064 import mod_11_2

from ivr.secret import Secret
from ivr.settings.identity import CODE_DIGITS, PIN_DIGITS

Value = str | Secret
SHORTEST_NUMBER = 16
"""The fewest keys of a whole number of a card or an ID."""
IDENTITY_LENGTH = 18
"""The characters of an ID number (GB 11643-1999)."""


@dataclass(frozen=True)
class EntryType:
    """A type of entry. Lengths count keys; `check` returns the value, or None for a mistyped one.

    `complaint` is the phrase that asks for it again; `secret` is its kind of secret, or "". What is not `sayable` is
    taken by key only. `stand_in` gives the digits that keys must have to pass the check, where digits drawn at random
    (".") hardly ever would. `recorded` is what the journal keeps of a value: "all" where it has a form that no PIN or
    number of a card has, "first" only its length and first digit, "" only its length. `tail` is the end of the number,
    which can be typed in place of the whole.
    """

    name: str
    least: int
    most: int
    check: Callable[[str], str | None]
    secret: str = ""
    star_means: str = ""
    stand_in: str = ""
    sayable: bool = True
    complaint_by_length: bool = False
    recorded: Literal["", "first", "all"] = ""
    tail: EntryType | None = None

    @property
    def complaint(self) -> str:
        """Return the name of the phrase that asks for the entry again."""
        return "entry_digits" if self.complaint_by_length else f"entry_{self.name}"

    def of_length(self, least: int, most: int) -> EntryType:
        """Return the type with other lengths; 0 keeps one. A phrase that names the usual length is replaced."""
        if (least or self.least, most or self.most) == (self.least, self.most):
            return self
        return replace(
            self, least=least or self.least, most=most or self.most, complaint_by_length=self.check is _digits
        )

    @property
    def fixed(self) -> bool:
        """Return whether the last key ends the entry by itself."""
        return self.least == self.most

    def read(self, keys: str) -> Value | None:
        """Return the value of keys; None for keys without one."""
        if self.tail is not None and len(keys) < SHORTEST_NUMBER:
            return self.tail.read(keys)
        if not self.least <= len(keys) <= self.most:
            return None
        value = self.check(keys)
        return Secret(self.secret, value) if value is not None and self.secret else value


def _digits(keys: str) -> str | None:
    return keys if keys.isascii() and keys.isdigit() else None


def _amount(keys: str) -> str | None:
    whole, star, cents = keys.partition("*")
    if not whole.isdigit() or (star and not (cents.isdigit() and len(cents) <= 2)):
        return None
    amount = Decimal(f"{whole}.{cents or '0'}")
    return str(amount.quantize(Decimal("0.01"))) if amount > 0 else None


def _date(keys: str) -> str | None:
    try:
        return date(int(keys[:4]), int(keys[4:6]), int(keys[6:])).isoformat() if _digits(keys) else None
    except ValueError:
        return None


def _expiry(keys: str) -> str | None:
    """Return the last day of a month that was typed as MMYY, as a card shows it."""
    # Cards are valid for a few years, so the century is this one.
    month, year = keys[:2], f"20{keys[2:]}"
    if not _digits(keys) or not 1 <= int(month) <= 12:
        return None
    return f"{year}-{month}-{monthrange(int(year), int(month))[1]}"


def _time(keys: str) -> str | None:
    try:
        return f"{time(int(keys[:2]), int(keys[2:])):%H:%M}" if _digits(keys) else None
    except ValueError:
        return None


def _card(keys: str) -> str | None:
    """Check the last digit (ISO/IEC 7812-1, Luhn)."""
    return keys if _digits(keys) and luhn.is_valid(keys) else None


def _identity(keys: str) -> str | None:
    """Check birth date and last character (GB 11643-1999, ISO 7064 MOD 11-2); a star in place 18 is X.

    The district is not checked: codes were dissolved and renamed, and people keep their numbers.
    """
    number = keys[:17] + ("X" if keys[17:] == "*" else keys[17:])
    return number if _date(keys[6:14]) and mod_11_2.is_valid(number) else None


def _card_or_identity(keys: str) -> str | None:
    """Return an ID number, or the number of a card."""
    return (_identity(keys) if len(keys) == IDENTITY_LENGTH else None) or _card(keys)


def _identity_tail(keys: str) -> str | None:
    """Return the last four characters of an ID number; a star in the last place is X."""
    tail = keys[:3] + ("X" if keys[3:] == "*" else keys[3:])
    return tail if _digits(tail[:3]) and (tail[3:] == "X" or _digits(tail[3:])) else None


ENTRIES = {
    entry.name: entry
    for entry in (
        EntryType("digits", 1, 30, _digits),
        EntryType("amount", 1, 12, _amount, star_means=".", recorded="first"),
        EntryType("date", 8, 8, _date, recorded="all"),
        EntryType("time", 4, 4, _time, sayable=False, stand_in="103.", recorded="all"),
        EntryType("expiry", 4, 4, _expiry, sayable=False, stand_in="10..", recorded="all"),
        EntryType("phone", 3, 15, _digits),
        EntryType("card", 16, 19, _card, secret="pan"),  # noqa: S106
        EntryType("id", 18, 18, _identity, secret="id", star_means="X", stand_in="......19900101...."),  # noqa: S106
        EntryType("pin", PIN_DIGITS, PIN_DIGITS, _digits, secret="pin"),  # noqa: S106
        EntryType("cvv", 3, 4, _digits, secret="cvv", complaint_by_length=True),  # noqa: S106
        EntryType("id_tail", 4, 4, _identity_tail, star_means="X"),
        EntryType("otp", CODE_DIGITS, CODE_DIGITS, _digits, secret="otp"),  # noqa: S106
    )
}
SHORTEST_SECRET, LONGEST_SECRET = 3, 12
"""The lengths of secret digits: banks have PINs of four to twelve (ISO 9564-1), cards codes of three or four."""
TAIL = EntryType("digits", 4, 4, _digits)
"""The last four digits of a card."""
CARD = replace(ENTRIES["card"], least=TAIL.least, tail=TAIL)
"""The number that names an account: that of a card, whole or its last four digits."""
CARD_OR_ID = EntryType(
    "card_or_id",
    TAIL.least,
    19,
    _card_or_identity,
    secret="id",  # noqa: S106
    star_means="X",
    stand_in="......19900101....",
    tail=ENTRIES["id_tail"],
)
"""The same by ID: the whole number of a card or of an identity card with star for X, or the last four of the latter."""
