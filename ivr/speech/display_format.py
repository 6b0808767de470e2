"""Format typed values for text messages. `verbalize` does the same for voices."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from .languages import WrittenFormat, language_row
from .verbalize import values
from .verbalize.language import Unreadable

_SIGNS = {"USD": "US$", "HKD": "HK$", "EUR": "€", "GBP": "£"}


def display_format(value: Any, kind: str, argument: str, language: str) -> str:
    """Return the value as written text. Raises ValueError, whose text never contains the value."""
    writer = _WRITERS.get(kind)
    if writer is None:
        raise ValueError(f"there is no way to write {kind}")
    try:
        return writer(value, argument, language)
    # `from None`: the chained error holds the value, which must not reach a log.
    except Unreadable as unreadable:
        raise ValueError(f"{kind} cannot write this value: {unreadable}") from None


def _amount(value: Any, argument: str, language: str) -> str:
    currency = argument or "CNY"
    money = values.money(value, currency)
    if currency == "CNY":
        return _written(language).yuan.format(f"{money:,.2f}")
    return f"{_SIGNS.get(currency, currency + ' ')}{money:,.2f}"


def _written(language: str) -> WrittenFormat:
    row = language_row(language)
    return row.written if row else WrittenFormat()


def _plain(write: Callable[[Any], str]) -> Callable[[Any, str, str], str]:
    """Return a writer that needs neither argument nor language."""

    def writer(value: Any, argument: str, language: str) -> str:
        del argument, language
        return write(value)

    return writer


def _joined(read: Callable[[Any], tuple[str, ...]]) -> Callable[[Any, str, str], str]:
    return _plain(lambda value: "".join(read(value)))


def _percent(value: Any, argument: str, language: str) -> str:
    del language
    return f"{values.percentage(value, exact=argument == 'exact')}%"


def _count(value: Any, argument: str, language: str) -> str:
    number = values.whole(value)
    if not _written(language).plurals:
        return f"{number}{argument}"
    singular, _, plural = argument.partition("/")
    return f"{number} {singular if number == 1 else plural or singular + 's'}"


def _duration(value: Any, argument: str, language: str) -> str:
    days, hours, minutes, seconds = values.seconds_value(value, exact=argument == "exact")
    units = _written(language).units
    return "".join(f"{n}{unit}" for n, unit in zip((days, hours, minutes, seconds), units, strict=True) if n).strip()


def _end(value: str) -> str:
    """Format a time, a day, or both."""
    sort = values.span(f"{value}/{value}")[0]
    if sort == "time":
        return f"{values.clock(value):%H:%M}"
    return values.day_value(value).isoformat() + (f" {values.clock(value):%H:%M}" if sort == "datetime" else "")


_WRITERS: dict[str, Callable[[Any, str, str], str]] = {
    "amount": _amount,
    "number": _plain(lambda value: f"{values.number(value):,}"),
    "digits": _joined(values.digits),
    "code": _joined(values.code),
    "phone": _joined(values.phone_value),
    "card_tail": _joined(values.card_tail),
    "id_tail": _joined(values.id_tail),
    "date": _plain(lambda value: values.day_value(value).isoformat()),
    "time": _plain(lambda value: values.clock(value).strftime("%H:%M")),
    "datetime": _plain(lambda value: "{} {:%H:%M}".format(*values.moment(value))),
    "range": _plain(lambda value: " – ".join(_end(part) for part in values.span(value)[1:])),
    "count": _count,
    "ordinal": _plain(lambda value: str(values.whole(value))),
    "percent": _percent,
    "duration": _duration,
    "name": _plain(values.words_value),
    "text": _plain(values.words_value),
}
