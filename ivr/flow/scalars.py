"""Field kinds of a single value: names, words, yes or no, numbers, times, identity levels."""

from __future__ import annotations

import re
from dataclasses import dataclass

from ivr.yamlfile.source import Node
from ivr.yamlfile.suggest import did_you_mean

from .fields import FieldKind, Reading, Schema, scalar

_NAME_PATTERN = r"[^\W\d][\w-]*"
_LEVELS = ("L0", "L1", "L2", "L3")
_NAME = re.compile(_NAME_PATTERN + r"\Z")
_SECONDS = re.compile(r"(\d+(?:\.\d+)?)\s*(ms|s|m|min|h)?\Z")
_UNITS = {"ms": 0.001, "s": 1.0, None: 1.0, "m": 60.0, "min": 60.0, "h": 3600.0}
_YES, _NO = ("yes", "true", "on"), ("no", "false", "off")


@dataclass(frozen=True)
class Name(FieldKind[str]):
    """A name: letters (any script), digits, _ and -, not beginning with a digit."""

    words: str = "a name"
    sample: str = "main"

    def read(self, node: Node, reading: Reading) -> str | None:
        """Read a name."""
        value = scalar(node, self, reading)
        if value is None:
            return None
        if not _NAME.match(value.text):
            cure = "A name has letters, digits, _ or - and begins with a letter."
            reading.problem(value.place, "bad-name", f'"{value.text}" cannot be a name.', cure)
            return None
        return value.text

    def schema(self) -> Schema:
        """Return the schema."""
        return {"type": "string", "minLength": 1}


@dataclass(frozen=True)
class WordField(FieldKind[str]):
    """Any text that is not spoken."""

    words: str = "a text"
    sample: str = "bank.balance"

    def read(self, node: Node, reading: Reading) -> str | None:
        """Read a text as written."""
        value = scalar(node, self, reading)
        return None if value is None else value.text

    def schema(self) -> Schema:
        """Return the schema."""
        return {"type": "string"}


@dataclass(frozen=True)
class OneOf(FieldKind[str]):
    """One of a few words."""

    values: tuple[str, ...]

    @property
    def words(self) -> str:  # type: ignore[override]
        """Describe the allowed words."""
        return "one of " + ", ".join(self.values)

    @property
    def sample(self) -> str:  # type: ignore[override]
        """Return the first."""
        return self.values[0]

    def read(self, node: Node, reading: Reading) -> str | None:
        """Read one of the words."""
        value = scalar(node, self, reading)
        if value is None:
            return None
        if value.text not in self.values:
            hint = did_you_mean(value.text, self.values)
            self.wrong(value, reading, hint)
            return None
        return value.text

    def schema(self) -> Schema:
        """Return the schema."""
        return {"enum": list(self.values)}


@dataclass(frozen=True)
class IdentityLevel(FieldKind[int]):
    """An identity level."""

    words: str = "an identity level: L0, L1, L2 or L3"
    sample: str = "L1"

    def read(self, node: Node, reading: Reading) -> int | None:
        """Read a level as its number."""
        value = scalar(node, self, reading)
        if value is None:
            return None
        if value.text not in _LEVELS:
            self.wrong(value, reading)
            return None
        return _LEVELS.index(value.text)

    def schema(self) -> Schema:
        """Return the schema."""
        return {"enum": list(_LEVELS)}


@dataclass(frozen=True)
class Flag(FieldKind[bool]):
    """Yes or no."""

    words: str = "yes or no"
    sample: str = "yes"

    def read(self, node: Node, reading: Reading) -> bool | None:
        """Read yes/no, true/false or on/off."""
        value = scalar(node, self, reading)
        if value is None:
            return None
        if value.text.lower() not in _YES + _NO:
            self.wrong(value, reading)
            return None
        return value.text.lower() in _YES

    def schema(self) -> Schema:
        """Return the schema; text editors may read the bare words as booleans or as texts."""
        return {"anyOf": [{"type": "boolean"}, {"enum": [*_YES, *_NO]}]}


@dataclass(frozen=True)
class Whole(FieldKind[int]):
    """A whole number between two bounds."""

    least: int
    most: int

    @property
    def words(self) -> str:  # type: ignore[override]
        """Describe the bounds."""
        return f"a whole number from {self.least} to {self.most}"

    @property
    def sample(self) -> str:  # type: ignore[override]
        """Return one in the middle."""
        return str((self.least + self.most) // 2)

    def read(self, node: Node, reading: Reading) -> int | None:
        """Read a whole number inside the bounds."""
        value = scalar(node, self, reading)
        if value is None:
            return None
        # Cut to more digits than any bound has, since int() raises for thousands of them.
        digits = value.text.lstrip("0")[:10] or value.text[:1]
        if not digits.isascii() or not value.text.isdigit() or not self.least <= int(digits) <= self.most:
            self.wrong(value, reading)
            return None
        return int(digits)

    def schema(self) -> Schema:
        """Return the schema."""
        return {"type": ["integer", "string"], "minimum": self.least, "maximum": self.most}


@dataclass(frozen=True)
class Seconds(FieldKind[float]):
    """A length of time: `5s`, `500ms`, `2m`; a bare number is seconds."""

    least: float = 0
    most: float = 3600

    @property
    def words(self) -> str:  # type: ignore[override]
        """Describe the format and the bounds."""
        return f"a time from {self.least:g}s to {self.most:g}s"

    @property
    def sample(self) -> str:  # type: ignore[override]
        """Return one near the lower bound, where most are."""
        return f"{max(1, self.least):g}s" if self.least >= 5 else f"{min(5, self.most):g}s"

    def read(self, node: Node, reading: Reading) -> float | None:
        """Read a time in seconds."""
        value = scalar(node, self, reading)
        if value is None:
            return None
        match = _SECONDS.match(value.text)
        seconds = float(match[1]) * _UNITS[match[2]] if match else -1.0
        if not self.least <= seconds <= self.most:
            self.wrong(value, reading)
            return None
        return seconds

    def schema(self) -> Schema:
        """Return the schema."""
        return {"type": ["string", "number"], "pattern": r"^\d+(\.\d+)?\s*(ms|s|m|min|h)?$"}
