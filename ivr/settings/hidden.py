"""Secrets among the settings, and settings as an operator may see them. Must not print a secret."""

from __future__ import annotations

import hmac
import re
from collections.abc import Iterator, Mapping


class Hidden:
    """A configured secret. It prints as `***` and compares in constant time; an empty one is false."""

    __slots__ = ("_value",)

    def __init__(self, value: str = "") -> None:
        self._value = value

    def reveal(self) -> str:
        """Return the value. Call it only to make a signature, a key or a request."""
        return self._value

    def __bool__(self) -> bool:
        return bool(self._value)

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Hidden):
            return NotImplemented
        return hmac.compare_digest(self._value.encode(), other._value.encode())

    __hash__ = None  # type: ignore[assignment]

    def __repr__(self) -> str:
        return "***" if self else "''"

    __str__ = __repr__


class HiddenVariables(Mapping[str, str]):
    """Variables of an environment, read by name. Their values may be secrets and are not printed."""

    __slots__ = ("_values",)

    def __init__(self, values: Mapping[str, str] | None = None) -> None:
        self._values = dict(values or {})

    def __getitem__(self, name: str) -> str:
        return self._values[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self._values)

    def __len__(self) -> int:
        return len(self._values)

    def __repr__(self) -> str:
        return "***" if self._values else "{}"

    __str__ = __repr__


def masked_address(value: object) -> str:
    """Return a value for display; the user and the password of a URL are masked."""
    if isinstance(value, tuple):
        value = ",".join(value)
    elif isinstance(value, Mapping):
        value = " ".join(f"{name}={number:g}" for name, number in value.items())
    # Up to the last @: a password may contain / and @ itself.
    text = re.sub(r"(?<=://).*@", "***@", str(value)) if value else ""
    # PostgreSQL takes the password in the query of the address, too.
    return re.sub(r"(?i)(?<=password=)[^&]*", "***", text)
