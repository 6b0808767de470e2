"""Reads what a question was given, field by field. What is wrong is named by its field; no value is ever repeated."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any

from ivr.crypto import Seal
from ivr.engine.telephone import telephone
from ivr.errors import LookupFailed

_LONGEST = 200


class Fields:
    """The fields of a question. An absent field, null and empty text all count as not given."""

    def __init__(self, fields: Mapping[str, Any]) -> None:
        self._fields = fields

    def text(self, name: str, *, most: int = _LONGEST) -> str:
        """Return a text cut to `most` letters, "" when it was not given. Raises LookupFailed for anything but text."""
        value = self._fields.get(name)
        if value is None:
            return ""
        if not isinstance(value, str):
            raise LookupFailed(f"{name} is not text")
        return value.strip()[:most]

    def needed(self, name: str) -> str:
        """Return a text that must be there. Raises LookupFailed."""
        if text := self.text(name):
            return text
        raise LookupFailed(f"{name} was not given")

    def one_of(self, name: str, allowed: Collection[str], default: str = "") -> str:
        """Return one of the allowed words. Raises LookupFailed for another, or for none when there is no default."""
        text = self.text(name)
        if text and text not in allowed:
            raise LookupFailed(f"{name} is none of {', '.join(allowed)}")
        return text or default or self.needed(name)

    def whole(self, name: str, least: int, most: int) -> int | None:
        """Return a whole number or None; digits as callers type them count, too. Raises LookupFailed out of bounds."""
        value = self._fields.get(name)
        if value is None or value == "":
            return None
        if isinstance(value, str) and value.isascii() and value.isdecimal():
            value = int(value[:9])
        if isinstance(value, bool) or not isinstance(value, int) or not least <= value <= most:
            raise LookupFailed(f"{name} is no whole number from {least} to {most}")
        return value

    def flag(self, name: str) -> bool:
        """Tell whether something was asked for: true, or yes."""
        return self._fields.get(name) in (True, "yes", "true")

    def number(self, name: str = "number") -> str:
        """Return a telephone number with its country code, "" for one that was withheld or is none."""
        return telephone(self._fields.get(name))


def owner_of(seal: Seal, kind: str, value: str) -> str:
    """Return the key under which documents know a caller's number or a customer; it tells neither."""
    return seal.fingerprint(f"{kind}\0{value}".encode())
