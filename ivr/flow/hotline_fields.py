"""Field kinds of line.yaml: references with their place, opening hours, prepared announcements."""

from __future__ import annotations

from collections.abc import Mapping as Map
from dataclasses import dataclass

from ivr.calendar import Hours
from ivr.yamlfile.source import Mapping, Node, Scalar

from .fields import FieldKind, Reading, Schema, scalar
from .model import Reference
from .scalars import Name
from .text import Text
from .text_field import TextField


@dataclass(frozen=True)
class Referring(FieldKind[Reference]):
    """A reference to something defined elsewhere: a name of the kind `of`, with its place for later checks."""

    of: FieldKind[str]

    @property
    def words(self) -> str:  # type: ignore[override]
        """Describe the name."""
        return self.of.words

    @property
    def sample(self) -> str:  # type: ignore[override]
        """Return a sample name."""
        return self.of.sample

    def read(self, node: Node, reading: Reading) -> Reference | None:
        """Read the name; whether it is defined is checked when the whole file is read."""
        name = self.of.read(node, reading)
        return None if name is None else Reference(name, node.place)

    def schema(self) -> Schema:
        """Return the schema."""
        return self.of.schema()


@dataclass(frozen=True)
class OpeningHours(FieldKind[Hours]):
    """Opening hours: `always`, `closed`, or spans by day."""

    words: str = "opening hours: a block of days with spans, always, or closed"
    sample: str = '{mon-fri: "09:00-12:00, 13:30-17:00", sat: 09:00-12:00, holiday: closed}'

    def read(self, node: Node, reading: Reading) -> Hours | None:
        """Read the days, so that each faulty one is reported."""
        if not isinstance(node, Mapping):
            word = scalar(node, self, reading)
            return None if word is None else self._same_all_days(word, reading)
        if not node.entries:
            self.wrong(node, reading)
            return None
        texts = {key: scalar(value, self, reading) for key, value in node.entries}
        hours, faults = Hours.read({key.text: value.text for key, value in texts.items() if value is not None})
        # The calendar knows days and spans but no files; it names the key of each fault, which is placed here.
        places = {key.text: key.place for key in texts}
        for fault in faults:
            reading.problem(places[fault.key], "bad-hours", fault.message, fault.cure)
        return None if faults or None in texts.values() else hours

    def _same_all_days(self, word: Scalar, reading: Reading) -> Hours | None:
        hours, faults = Hours.read(word.text)
        for fault in faults:
            reading.problem(word.place, "bad-hours", fault.message, fault.cure)
        return None if faults else hours

    def schema(self) -> Schema:
        """Return the schema; days and spans are checked by `ivr check` only."""
        days: Schema = {"type": "object", "minProperties": 1, "additionalProperties": {"type": "string"}}
        return {"anyOf": [days, {"type": "string"}]}


@dataclass(frozen=True)
class PreparedTexts(FieldKind[Map[str, Text]]):
    """The texts prepared for one announcement, by name. The block may be empty."""

    words: str = "a block of prepared texts by name, or {}"
    sample: str = "{outage: 手机银行正在维护，电话查询和挂失照常办理。}"

    def read(self, node: Node, reading: Reading) -> Map[str, Text] | None:
        """Read the texts. They are the same for every caller, so they must not contain slots."""
        if not isinstance(node, Mapping):
            self.wrong(node, reading, f"Give each text a name, as in {self.sample}")
            return None
        texts = {key.text: self._text(key, value, reading) for key, value in node.entries}
        return None if None in texts.values() else {name: text for name, text in texts.items() if text}

    @staticmethod
    def _text(key: Scalar, value: Node, reading: Reading) -> Text | None:
        name, text = Name("the name of a text").read(key, reading), TextField().read(value, reading)
        if name is None or text is None:
            return None
        for template in text.by_language.values():
            for slot in template.slots():
                message = "An announcement is the same for all callers, so it holds no values."
                reading.problem(slot.place or template.place, "bad-slot", message, "Write the words themselves.")
                return None
        return text

    def schema(self) -> Schema:
        """Return the schema."""
        return {"type": "object", "additionalProperties": TextField().schema()}
