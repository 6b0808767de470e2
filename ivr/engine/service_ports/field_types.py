"""The types of the fields of questions and answers, as `ivr check`, services and texts use them.

An error names the field and never repeats a value. None counts as not given.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any, Literal

from ivr.engine.telephone import telephone
from ivr.errors import LookupFailed
from ivr.flow.questions import ANSWER_KINDS, FieldType
from ivr.secret import Secret

Private = str | Secret
"""A text that may be a secret."""

LONGEST = 200
_MOST_DIGITS = 18
_NAME = re.compile(r"[A-Za-z][\w-]{0,39}")
_CLASS = re.compile(r"[^\W\d][\w-]{0,39}")


def reveal(value: Private) -> str:
    """Return a private text in clear, at the edge where it is compared, counted or sent."""
    return value.reveal() if isinstance(value, Secret) else value


@dataclass(frozen=True)
class TextType:
    """A text, cut to `most` characters."""

    most: int = LONGEST
    words: str = "a text"

    def read(self, name: str, value: Any) -> str:
        """Return the text without blanks around it."""
        if value is None:
            return ""
        if not isinstance(value, str):
            raise LookupFailed(f"{name} is not text")
        return value.strip()[: self.most]


@dataclass(frozen=True)
class ShortTextType:
    """A text of `most` characters; a longer one is refused, since its beginning would mean something else."""

    most: int = 128
    words: str = "a text"

    def read(self, name: str, value: Any) -> str:
        """Return the text as it is."""
        text = "" if value is None else value
        if not isinstance(text, str) or len(text) > self.most:
            raise LookupFailed(f"{name} is no text of at most {self.most} characters")
        return text


@dataclass(frozen=True)
class CarrierTextType:
    """A text as a carrier or the bank gave it, such as a number. The caller is never at fault for it."""

    most: int = 128
    words: str = "a text"

    def read(self, name: str, value: Any) -> str:
        """Return the text, cut."""
        del name
        return str(value or "")[: self.most]


@dataclass(frozen=True)
class PrivateType:
    """A text that may be a secret: an account, a PIN, a message. It stays as it comes."""

    most: int = 128
    words: str = "a text or a secret"

    def read(self, name: str, value: Any) -> Private:
        """Return the text, or the secret."""
        private: Private = "" if value is None else value
        if not isinstance(private, str | Secret) or len(reveal(private)) > self.most:
            raise LookupFailed(f"{name} cannot be used")
        return private if reveal(private).strip() else ""


def _items(name: str, value: Any) -> Sequence[Any]:
    """Return a list as it came, empty where nothing is given. Raises LookupFailed for anything else."""
    items = value or ()
    if not isinstance(items, list | tuple):
        raise LookupFailed(f"{name} is no list")
    return items


@dataclass(frozen=True)
class PrivateTextsType:
    """A list of texts that may be secrets; what is none is left out."""

    words: str = "a list of texts or secrets"

    def read(self, name: str, value: Any) -> tuple[Private, ...]:
        """Return the list."""
        return tuple(
            item if isinstance(item, Secret) else str(item) for item in _items(name, value) if item is not None
        )


@dataclass(frozen=True)
class WordsType:
    """A list of names, such as card_tail and pin; others are left out."""

    most: int = 8
    words: str = "a list of names"

    def read(self, name: str, value: Any) -> tuple[str, ...]:
        """Return the names."""
        words = map(str, _items(name, value))
        return tuple(word for word in words if re.fullmatch("[a-z_]{1,16}", word))[: self.most]


@dataclass(frozen=True)
class OneWordType:
    """One of a few words; none of them where nothing is given."""

    allowed: Collection[str]

    @property
    def words(self) -> str:
        """Name the words."""
        return "one of " + ", ".join(self.allowed)

    def read(self, name: str, value: Any) -> str:
        """Return the word."""
        word = TextType().read(name, value)
        if word and word not in self.allowed:
            raise LookupFailed(f"{name} is none of {', '.join(self.allowed)}")
        return word


@dataclass(frozen=True)
class ClassType:
    """A class that a line may name itself; `of` is its list in `OwnClasses`, `shipped` are the names of a bank.

    Whether the line has it is checked where the line is known (`question.check_classes`, the rule `wrong-question`).
    """

    of: Literal["priorities", "ticket_kinds"]
    shipped: Collection[str]

    @property
    def words(self) -> str:
        """Name the words."""
        return f"one of {', '.join(self.shipped)}, or another of line.yaml"

    def read(self, name: str, value: Any) -> str:
        """Return the word."""
        return _name_like(_CLASS, name, value)


@dataclass(frozen=True)
class MarksType:
    """Whole numbers by name, such as the answers to the line's own survey questions."""

    words: str = "a map of names and whole numbers"

    def read(self, name: str, value: Any) -> Mapping[str, int]:
        """Return the marks."""
        marks = value or {}
        if not isinstance(marks, Mapping):
            raise LookupFailed(f"{name} is no map")
        for mark in marks.values():
            WholeType(-(10**6), 10**6).read(name, mark)
        return {str(key): int(mark) for key, mark in marks.items()}


@dataclass(frozen=True)
class NameType:
    """A name as editors give it, such as elderly or zh-CN."""

    words: str = "a name such as elderly or zh-CN"

    def read(self, name: str, value: Any) -> str:
        """Return the name."""
        return _name_like(_NAME, name, value)


def _name_like(pattern: re.Pattern[str], name: str, value: Any) -> str:
    word = TextType().read(name, value)
    if word and not pattern.fullmatch(word):
        raise LookupFailed(f"{name} is no name")
    return word


@dataclass(frozen=True)
class DigitsType:
    """Digits, such as a meter number."""

    words: str = "digits"

    def read(self, name: str, value: Any) -> str:
        """Return the digits."""
        # True is an int in Python, and would be read as the digit 1.
        text = str(value) if isinstance(value, int) and not isinstance(value, bool) else TextType().read(name, value)
        if text and not (text.isascii() and text.isdecimal()):
            raise LookupFailed(f"{name} has something other than digits")
        return text


@dataclass(frozen=True)
class NumberType:
    """A telephone number with its country code; nothing for one that was withheld or is none."""

    words: str = "a telephone number"

    def read(self, name: str, value: Any) -> str:
        """Return the number."""
        del name
        return telephone(value)


@dataclass(frozen=True)
class WholeType:
    """A whole number within bounds; digits as callers type them count, too."""

    least: int
    most: int

    @property
    def words(self) -> str:
        """Name the bounds."""
        return f"a whole number from {self.least} to {self.most}"

    def read(self, name: str, value: Any) -> int | None:
        """Return the number."""
        if value is None or value == "":
            return None
        # A longer text stays text and is refused; Python itself refuses to convert one of more than 4,300 digits.
        if isinstance(value, str) and value.isascii() and value.isdecimal() and len(value) <= _MOST_DIGITS:
            value = int(value)
        if isinstance(value, bool) or not isinstance(value, int) or not self.least <= value <= self.most:
            raise LookupFailed(f"{name} is no {self.words.removeprefix('a ')}")
        return value


@dataclass(frozen=True)
class SecondsType:
    """Seconds, with or without a fraction."""

    words: str = "seconds"

    def read(self, name: str, value: Any) -> float:
        """Return the seconds."""
        if isinstance(value, bool) or not isinstance(value, int | float):
            raise LookupFailed(f"{name} is no number of seconds")
        return float(value)


@dataclass(frozen=True)
class RateType:
    """A share of the normal speaking rate, as text: documents hold no fractions."""

    slowest: Decimal
    fastest: Decimal

    @property
    def words(self) -> str:
        """Name the bounds."""
        return f"a number from {self.slowest} to {self.fastest}"

    def read(self, name: str, value: Any) -> str:
        """Return the rate, rounded to three places."""
        if value is None or value == "":
            return ""
        written = str(value) if isinstance(value, int | float | str | Decimal) and not isinstance(value, bool) else ""
        within = re.fullmatch(r"\d(\.\d{1,20})?", written) and self.slowest <= Decimal(written) <= self.fastest
        if not within:
            raise LookupFailed(f"{name} is no {self.words.removeprefix('a ')}")
        return str(round(Decimal(written), 3).normalize())


@dataclass(frozen=True)
class FlagType:
    """Whether something is asked for: true, or yes."""

    words: str = "true or false"

    def read(self, name: str, value: Any) -> bool:
        """Return whether it is."""
        del name
        return value in (True, "yes", "true")


@dataclass(frozen=True)
class DateType:
    """A day as ISO text, such as 2026-11-21."""

    words: str = "a day such as 2026-11-21"

    def read(self, name: str, value: Any) -> str:
        """Return the day."""
        text = TextType().read(name, value)
        try:
            return date.fromisoformat(text).isoformat() if text else ""
        except ValueError:
            raise LookupFailed(f"{name} is no day") from None


@dataclass(frozen=True)
class AmountType:
    """A sum of money, as text with at most two decimals."""

    words: str = "a sum of money such as 12.50"

    def read(self, name: str, value: Any) -> str:
        """Return the sum."""
        text = "" if value is None else str(value)
        if isinstance(value, bool) or not re.fullmatch(r"(-?\d{1,15}(\.\d{1,2})?)?", text):
            raise LookupFailed(f"{name} is no sum of money")
        return text


TEXT = ANSWER_KINDS["text"]
CODE_FIELD = ANSWER_KINDS["code"]
REFERENCE = ANSWER_KINDS["digits"]
TAIL_FIELD = ANSWER_KINDS["card_tail"]
NUMBER = ANSWER_KINDS["phone"]
DAY_FIELD = ANSWER_KINDS["date"]
MOMENT = ANSWER_KINDS["datetime"]
COUNT = ANSWER_KINDS["count"]
RATE_FIELD = ANSWER_KINDS["number"]
DURATION = ANSWER_KINDS["duration"]
FLAG = ANSWER_KINDS["flag"]
LIST = ANSWER_KINDS["list"]
MAP = ANSWER_KINDS["map"]

OUTSIDE_TYPES: Mapping[str, FieldType] = {
    "text": TextType(),
    "digits": DigitsType(),
    "number": WholeType(-(10**9), 10**9),
    "amount": AmountType(),
    "date": DateType(),
    "phone": NumberType(),
    "flag": FlagType(),
    "secret": PrivateType(),
}
"""The types of fields that a question to an outside service may declare, by their names in lookups.yaml."""


def texts(values: Any, *, each: int = LONGEST, most: int) -> tuple[str, ...]:
    """Return the last `most` texts of a list, each cut to `each` characters, without other values."""
    listed = values if isinstance(values, list | tuple) else ()
    return tuple(value[:each] for value in listed if isinstance(value, str))[-most:]


def entries(values: Any, *, each: int = LONGEST, most: int) -> dict[str, str]:
    """Return the last `most` texts of a map, each cut to `each` characters, without other values such as secrets."""
    listed = list(values.items())[-most:] if isinstance(values, Mapping) else []
    return {str(name)[:each]: value[:each] for name, value in listed if isinstance(value, str)}
