"""A type of its own for values that must never be shown, so that a slip is an error. Must not import ivr."""

from __future__ import annotations

import hmac
from typing import Any, NoReturn

SECRET_KINDS = ("pin", "pan", "otp", "id", "cvv", "spoken")
"""`spoken` is a sentence with a caller's own values in it; no step collects one."""


class Secret:
    """A PIN, card number, its security code, one-time code or ID number that a caller typed.

    It can be compared (in constant time) and passed to a back end with `reveal()`. It prints and formats as `<pin>`
    and cannot be pickled, hashed, iterated or written as JSON.
    """

    __slots__ = ("_value", "kind")

    def __init__(self, kind: str, value: str) -> None:
        if kind not in SECRET_KINDS:
            raise ValueError(f"no such kind of secret; the kinds are {', '.join(SECRET_KINDS)}")
        self.kind = kind
        self._value = value

    def reveal(self) -> str:
        """Return the value. Call it only where the value is passed to a back end or a cipher."""
        return self._value

    def __eq__(self, other: object) -> bool:
        if isinstance(other, Secret):
            other = other.reveal()
        # Comparing with anything else, such as None, is left to Python, which then answers False.
        if not isinstance(other, str):
            return NotImplemented
        # Encoded, because compare_digest refuses text with characters outside of ASCII, which a caller's input may
        # hold.
        return hmac.compare_digest(self._value.encode(), other.encode())

    __hash__ = None  # type: ignore[assignment]

    def __repr__(self) -> str:
        return f"<{self.kind}>"

    __str__ = __repr__

    def __format__(self, spec: str) -> str:
        return repr(self)

    def __reduce__(self) -> NoReturn:
        raise TypeError("a secret cannot be pickled")

    def __deepcopy__(self, memo: dict[int, Any]) -> Secret:
        return self

    def __copy__(self) -> Secret:
        return self


SHOWN = {"pan": 4, "id": 2}
"""Number of last characters of a secret that may be shown, by kind (PCI DSS 3.4.1, JR/T 0171); else none."""

_LONG = 5


def masked(value: str | Secret) -> str:
    """Return the part of an entry that staff may see: `***0128` of a long number, nothing of a PIN or code."""
    if isinstance(value, Secret):
        last = SHOWN.get(value.kind, 0)
        return f"***{value.reveal()[-last:]}" if last else ""
    return f"***{value[-4:]}" if len(value) >= _LONG and value.isalnum() else value
