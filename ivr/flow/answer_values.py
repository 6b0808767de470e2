"""Bring the numbers and moments in an answer of a service to one form, for speech, conditions and sums alike.

Services write money as 12345.6, "12,345.60", 1.23456E4 or, from binary arithmetic, 0.30000000000000004. A value that is
no number stays as it is: where it would be spoken, callers are offered a person instead. Moments with a zone, such as
2026-12-01T01:00:00Z, are brought to the time of the line.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Mapping
from datetime import datetime
from decimal import Decimal, InvalidOperation
from typing import Any

from .questions import AnswerField

_NUMBERS = frozenset({"amount", "number", "count", "percent"})
_MOMENTS = frozenset({"date", "time", "datetime"})
_ZONED = re.compile(r"\d{4}-\d\d-\d\d[T ]\d\d:\d\d(:\d\d([.,]\d+)?)?(Z|z|[+-]\d\d(:?\d\d)?)")
# Longer texts are no amounts of money, and "1e999999" would fill the memory as plain digits.
_MOST_TEXT = 40
_TAIL = 10
"""Decimals from which a number is taken for the result of binary arithmetic, of which 15 digits are exact."""


def with_plain_values(
    answer: Mapping[str, Any], fields: Mapping[str, AnswerField], local: Callable[[datetime], datetime]
) -> Mapping[str, Any]:
    """Return an answer whose declared numbers are written plainly, such as "12345.60", and whose moments are local."""
    plain = {name: _plain(value, fields[name], local) for name, value in answer.items() if name in fields}
    return {**answer, **plain}


def _plain(value: Any, field: AnswerField, local: Callable[[datetime], datetime]) -> Any:
    if field.listed and isinstance(value, list):
        return [with_plain_values(item, field.parts, local) if isinstance(item, Mapping) else item for item in value]
    if field.parts and isinstance(value, Mapping):
        return with_plain_values(value, field.parts, local)
    if not _MOMENTS.isdisjoint(field.kinds):
        return local_moment(value, local)
    return plain_number(value) if not _NUMBERS.isdisjoint(field.kinds) else value


def local_moment(value: Any, local: Callable[[datetime], datetime]) -> Any:
    """Return ISO text with a zone as ISO text in local time without one; all else stays as it is."""
    if not isinstance(value, str) or not _ZONED.fullmatch(value.strip()):
        return value
    try:
        return local(datetime.fromisoformat(value.strip())).replace(tzinfo=None).isoformat(timespec="seconds")
    except (ValueError, OverflowError):
        return value


def plain_number(value: Any) -> Any:
    """Return a number as plain digits with a point; whole numbers that JSON has and all else stay as they are."""
    text = _text(value)
    if text is None:
        return value
    try:
        number = Decimal(text)
    except InvalidOperation:
        return value
    if not number.is_finite() or abs(number.adjusted()) > _MOST_TEXT:
        return value
    if -int(number.as_tuple().exponent) > _TAIL:
        # 0.1 + 0.2 arrives as 0.30000000000000004, and callers would hear all seventeen digits of it.
        number = Decimal(format(float(number), ".15g"))
    return format(number, "f")


def _text(value: Any) -> str | None:
    """Return the text of a written number without separators of thousands, or None."""
    # True is an int in Python, and a JSON number 12 needs no other form: it is spoken, compared and added as it is.
    if isinstance(value, bool) or not isinstance(value, str | float) or len(str(value)) > _MOST_TEXT:
        return None
    # Hosts of banks send full-width digits, a byte order mark in front, or the typographic minus for an overdraft.
    text = unicodedata.normalize("NFKC", str(value)).strip("\ufeff \t").replace("\N{MINUS SIGN}", "-")
    whole, point, rest = text.partition(".")
    groups = whole.lstrip("+-").split(",")
    # Only groups of three digits are thousands. "12,34" may be a decimal comma, and a guess would be a wrong amount.
    grouped = len(groups) > 1 and len(groups[0]) <= 3 and all(len(group) == 3 for group in groups[1:])
    return whole.replace(",", "") + point + rest if grouped else text
