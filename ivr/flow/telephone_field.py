"""Field kinds of telephone numbers: those that are dialled, those that are read to callers, and prefixes.

Numbering plans are those of Google's libphonenumber (`phonenumbers`), which follows the countries' regulators.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from ivr.yamlfile.source import Node, Scalar

from .fields import FieldKind, Reading, Schema, scalar

_BLANKS = re.compile(r"[\s()\-.]")
_SIP = re.compile(r"sips?:[^\s@]+(@[^\s@]+)?\Z")
_HOTLINE = re.compile(r"\+?[0-9]{2,15}\Z")
_PREFIX = re.compile(r"\+[1-9][0-9]{0,14}\Z")
_AGENTS = re.compile(r"(?:\+[1-9][0-9]{0,14}|sip:[A-Za-z0-9.-]{1,100})\Z")


@dataclass(frozen=True)
class DialledNumber(FieldKind[str]):
    """A telephone number that the carrier is told to dial: with its country code, or a SIP address."""

    words: str = "a telephone number with its country code, or a SIP address"
    sample: str = '"+861085550100"'

    def read(self, node: Node, reading: Reading) -> str | None:
        """Read a number; blanks and dashes in it are left out."""
        written = scalar(node, self, reading)
        if written is None:
            return None
        if _SIP.match(written.text):
            return written.text
        # Editors write numbers as on letterheads; a carrier takes digits alone.
        number = _BLANKS.sub("", written.text)
        fault, cure = _fault(number, self.sample)
        if fault:
            reading.problem(written.place, "bad-number", f'"{written.text}" {fault}', cure)
            return None
        return number

    def schema(self) -> Schema:
        """Return the schema; numbering plans are checked by `ivr check` only."""
        return {"type": ["string", "integer"]}


@dataclass(frozen=True)
class SpokenNumber(FieldKind[str]):
    """A telephone number that callers hear, such as a hotline's: 2 to 15 digits."""

    words: str = "a telephone number"
    sample: str = '"95588"'

    def read(self, node: Node, reading: Reading) -> str | None:
        """Read a number; blanks and dashes in it are left out."""
        return _matching(_HOTLINE, "A telephone number has 2 to 15 digits.", node, self, reading)

    def schema(self) -> Schema:
        """Return the schema."""
        return {"type": ["string", "integer"]}


@dataclass(frozen=True)
class NumberPrefix(FieldKind[str]):
    """The beginning of telephone numbers, with the country code."""

    words: str = "the beginning of telephone numbers, with the country code"
    sample: str = '"+8610"'

    def read(self, node: Node, reading: Reading) -> str | None:
        """Read a prefix."""
        cure = f"Begin with + and the country code, as in {self.sample}."
        return _matching(_PREFIX, cure, node, self, reading)

    def schema(self) -> Schema:
        """Return the schema."""
        return {"type": "string", "pattern": r"^\+[1-9][0-9]{0,14}$"}


@dataclass(frozen=True)
class AgentTelephones(FieldKind[str]):
    """The beginning of agents' telephone numbers, or the host of their SIP addresses."""

    words: str = "the beginning of telephone numbers with the country code, or sip: and a host"
    sample: str = '"sip:pbx.example.com"'

    def read(self, node: Node, reading: Reading) -> str | None:
        """Read a prefix or a host; a host is compared in small letters."""
        written = scalar(node, self, reading)
        if written is None:
            return None
        text = written.text if written.text.startswith("sip:") else _BLANKS.sub("", written.text)
        if not _AGENTS.match(text):
            cure = f'Begin with + and the country code, as in "+8610", or name a host, as in {self.sample}.'
            reading.problem(written.place, "bad-number", f'"{written.text}" is no number of this kind.', cure)
            return None
        return text.lower()

    def schema(self) -> Schema:
        """Return the schema."""
        return {"type": "string", "pattern": _AGENTS.pattern.replace(r"\Z", "$")}


def _matching(form: re.Pattern[str], cure: str, node: Node, kind: FieldKind[str], reading: Reading) -> str | None:
    written: Scalar | None = scalar(node, kind, reading)
    if written is None:
        return None
    number = _BLANKS.sub("", written.text)
    if not form.match(number):
        reading.problem(written.place, "bad-number", f'"{written.text}" is no number of this kind.', cure)
        return None
    return number


def _fault(number: str, sample: str) -> tuple[str, str]:
    """Return the fault of a number that is to be dialled, as a predicate, and its cure; empty for a right one."""
    # Inside, since the tables of all countries take time to load, which commands without numbers need not pay.
    from phonenumbers import NumberParseException, ValidationResult, is_possible_number_with_reason, parse

    how = f"Write it with + and the country code, as in {sample}."
    if not _HOTLINE.match(number):
        return "cannot be dialled: it is no telephone number.", how
    if not number.startswith("+"):
        return "lacks its country code.", how
    try:
        # By length, not `is_valid_number`: the tables lag behind numbers that regulators have newly assigned.
        reason = is_possible_number_with_reason(parse(number, None))
    except NumberParseException as error:
        unknown = error.error_type == NumberParseException.INVALID_COUNTRY_CODE
        return ("begins with no country code that exists." if unknown else "is too short to be dialled."), how
    if reason in (ValidationResult.TOO_SHORT, ValidationResult.IS_POSSIBLE_LOCAL_ONLY):
        return "is too short for its country.", "Add the missing digits, the area code among them."
    if reason in (ValidationResult.TOO_LONG, ValidationResult.INVALID_LENGTH):
        return "has a wrong length for its country.", "Compare the digits with the number of the desk."
    return "", ""
