"""Inverse text normalisation: turn spoken numbers, amounts and days into keys, the opposite of `verbalize`.

An answer is understood as a whole or not at all, because a wrong amount is worse than a repeated question. The result
is the keys that a caller would press, so that spoken and typed entries pass the same checks. Must not accept secrets:
callers must not say a PIN aloud. Must not read a clock. The row of a language names its listener, a module here.
"""

from __future__ import annotations

import importlib
import unicodedata
from datetime import date
from decimal import Decimal
from functools import lru_cache
from typing import Protocol, cast

from ivr.speech.languages import language_row

_MOST_TEXT = 200


class Listener(Protocol):
    """The listener of one language. Texts are in lower case without full-width forms; None means "not understood"."""

    def corrected(self, text: str) -> str:
        """Return what is left of an answer that the caller corrects: 五千 of 三千，不，五千."""

    def key(self, text: str) -> str | None:
        """Return the keys of an answer where one key is wanted; a word that sounds like a digit is one."""

    def keys(self, text: str) -> str | None:
        """Return the digits, or the one * or #."""

    def amount(self, text: str) -> Decimal | None:
        """Return an amount of yuan."""

    def day(self, text: str, today: date) -> date | None:
        """Return a day of the calendar."""


def inverse_normalize(text: str, language: str, entry: str = "keys", today: date | None = None) -> str | None:
    """Return the keys that type an answer as this kind of entry, or None.

    `entry` is "keys" for menus (digits, or one * or #), "key" where one key is wanted, or one of digits, phone,
    id_tail, amount (star for the point) and date (eight digits; `today` is the reference of "tomorrow").
    """
    listener = _listener(language)
    if listener is None or len(text) > _MOST_TEXT:
        return None
    plain = unicodedata.normalize("NFKC", text).casefold()
    # Carriers' recognisers for other scripts write their own digits, which `isdecimal` would let through.
    plain = "".join(str(unicodedata.decimal(sign, sign)) for sign in plain).strip()
    plain = listener.corrected(plain)
    match entry:
        case "key":
            return listener.key(plain)
        case "keys":
            return listener.keys(plain)
        case "digits":
            return _digits(listener.keys(plain))
        case "phone":
            return _phone(listener, plain)
        case "id_tail":
            return _id_tail(listener, plain)
        case "amount":
            return _as_keys(listener.amount(plain))
        case "date" if today is not None:
            day = listener.day(plain, today)
            return day.strftime("%Y%m%d") if day and day.year > 999 else None
    return None


@lru_cache(maxsize=64)
def _listener(tag: str) -> Listener | None:
    row = language_row(tag)
    if row is None or not row.listener:
        return None
    return cast("Listener", importlib.import_module(f"{__package__}.{row.listener}"))


def _digits(keys: str | None) -> str | None:
    return keys if keys and keys.isdecimal() else None


def _phone(listener: Listener, text: str) -> str | None:
    """Return a telephone number without the country code of mainland China, which recognisers may add."""
    for prefix in ("+", "加", "plus"):
        if text.startswith(prefix):
            number = _digits(listener.keys(text.removeprefix(prefix)))
            return number.removeprefix("86") if number and number.startswith("86") else None
    return _digits(listener.keys(text))


def _id_tail(listener: Listener, text: str) -> str | None:
    for letter in ("x", "埃克斯", "艾克斯", "爱克斯", "叉", "ex"):
        if text.rstrip(" .。").endswith(letter):
            number = _digits(listener.keys(text.rstrip(" .。").removesuffix(letter).removesuffix("字母")))
            return number + "*" if number else None
    return _digits(listener.keys(text))


def _as_keys(amount: Decimal | None) -> str | None:
    if amount is None or amount < 0 or amount != amount.quantize(Decimal("0.01")):
        return None
    whole, _, cents = f"{amount:.2f}".partition(".")
    return f"{whole}*{cents}" if int(cents) or not int(whole) else whole
