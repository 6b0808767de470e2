"""Field kinds of spoken content: languages, texts with slots, phrases."""

from __future__ import annotations

import re
from collections.abc import Mapping as Map
from dataclasses import dataclass, replace
from typing import Any

from ivr.diagnostics.problem import Place
from ivr.yamlfile.source import Mapping, Node, Scalar, Sequence
from ivr.yamlfile.suggest import did_you_mean

from .fields import FieldKind, Reading, Schema, scalar
from .model import Phrases
from .text import ANY_LANGUAGE, TEXTS, Slot, Template, TemplateError, Text, parse_template

# Language, script and region, as carriers write them; variants and extensions of BCP 47 are left out.
TAG = re.compile(r"[a-z]{2,3}(-[A-Za-z]{4})?(-[A-Z]{2})?\Z")
TAG_PATTERN = "^" + TAG.pattern.replace(r"\Z", "$")
_TEXT: Schema = {"type": ["string", "number"]}
"""Text editors may parse a text such as 95588 as a number; the reader keeps it as text."""
_WIDE = r"[\u2e80-\u9fff\uff00-\uffef\u2018-\u201d]"
_SPACE = re.compile(rf"(?<={_WIDE}) | (?={_WIDE})")
"""Blanks that come from folded lines: Chinese text has none beside a Chinese character."""


@dataclass(frozen=True)
class LanguageField(FieldKind[str]):
    """A language tag."""

    words: str = "a language such as zh-CN or en-US"
    sample: str = "zh-CN"

    def read(self, node: Node, reading: Reading) -> str | None:
        """Read a language tag."""
        written = scalar(node, self, reading)
        if written is None:
            return None
        if not TAG.match(written.text):
            self.wrong(written, reading, tag_meant(written.text))
            return None
        return written.text if _has_row(written, reading) else None

    def schema(self) -> Schema:
        """Return the schema."""
        return {"type": "string", "pattern": TAG_PATTERN}


def tag_meant(written: str) -> str:
    """Return a cure with the right spelling of a tag such as zh_cn, or ""."""
    family, _, region = written.replace("_", "-").partition("-")
    tag = f"{family.lower()}-{region.upper()}"
    return f"Write {tag}." if TAG.match(tag) else ""


def _has_row(written: Scalar, reading: Reading) -> bool:
    """Return whether a language is supported; report it if not."""
    tags = reading.families
    if not tags or written.text in tags:
        return True
    related = [tag for tag in tags if written.text.casefold() in tag.casefold().split("-")]
    meant = f'Did you mean "{related[0]}"?' if related else did_you_mean(written.text, tags)
    cure = meant or f"The languages are {', '.join(tags)}."
    cure = f"{cure} A file phrases.yaml may add a language."
    reading.problem(written.place, "unknown-language", f'There is no language "{written.text}" here.', cure)
    return False


def _per_language(node: Node, kind: FieldKind[Any], reading: Reading) -> list[tuple[str, Node]] | None:
    """Split a value by language; a value that is not a block is in the flow's language."""
    if not isinstance(node, Mapping):
        return [(reading.language, node)]
    parts: list[tuple[str, Node]] = []
    for key, value in node.entries:
        if not TAG.match(key.text):
            cure = tag_meant(key.text) or "Texts in several languages are written one a line, as in: en-US: Welcome."
            reading.problem(key.place, "bad-language", f'"{key.text}" is no language.', cure)
        elif _has_row(key, reading):
            parts.append((key.text, value))
    if not node.entries:
        kind.wrong(node, reading)
    return parts or None


def _each_language(of: Schema) -> Schema:
    return {
        "type": "object",
        "patternProperties": {TAG_PATTERN: of},
        "additionalProperties": False,
        "minProperties": 1,
    }


@dataclass(frozen=True)
class TextField(FieldKind[Text]):
    """A text that callers hear, with typed slots; in one language, or a block with one text per language."""

    words: str = "a text to say"
    sample: str = "您好。"

    def read(self, node: Node, reading: Reading) -> Text | None:
        """Read the text of each language."""
        parts = _per_language(node, self, reading)
        if parts is None:
            return None
        templates = {tag: self._template(value, tag, reading) for tag, value in parts}
        if any(template is None for template in templates.values()):
            return None
        by_language = {tag: template for tag, template in templates.items() if template}
        return Text(by_language, node.place, reading.families)

    def _template(self, node: Node, language: str, reading: Reading) -> Template | None:
        written = scalar(node, self, reading)
        if written is None:
            return None
        try:
            # YAML joins folded lines by a blank, and a Mandarin voice makes a pause of it in the middle of a word.
            template = parse_template(_SPACE.sub("", " ".join(written.text.split())), written.place)
        except TemplateError as error:
            for fault in (error, *error.further):
                reading.problem(_inside(written, fault.offset), "bad-slot", str(fault), fault.cure)
            return None
        faults = len(reading.problems)
        parts: list[str | Slot] = []
        for part in template.parts:
            if isinstance(part, str):
                _join(parts, part)
                continue
            place = _inside(written, part.offset)
            if part.path[0] == TEXTS:
                # A shared text is put in here, at loading: during a call it is words like any others, and slots in it
                # are checked.
                for piece in self._of_the_line(part, language, place, reading):
                    _join(parts, piece)
                continue
            self._check(part, language, place, reading)
            parts.append(replace(part, place=place))
        return Template(tuple(parts), template.place) if len(reading.problems) == faults else None

    @staticmethod
    def _of_the_line(slot: Slot, language: str, place: Place, reading: Reading) -> tuple[str | Slot, ...]:
        """Return the parts of a text of line.yaml, which stand here instead of its name."""
        texts, name = reading.line_texts, slot.path[-1]
        if texts is None:
            return ()
        if name not in texts:
            cure = did_you_mean(name, texts) or f"It has {', '.join(texts) or 'none'}."
            reading.problem(place, "unknown-value", f'There is no text "{name}" in line.yaml.', cure)
            return ()
        template: Template | None = texts[name].get(language) or texts[name].get(ANY_LANGUAGE)
        if template is None:
            message = f'The text "{name}" of line.yaml is missing in {language}.'
            reading.problem(place, "missing-language", message, f"Add {language}: to it there.")
            return ()
        return template.parts

    @staticmethod
    def _check(slot: Slot, language: str, place: Place, reading: Reading) -> None:
        kinds = reading.spoken_kinds
        if not kinds:
            return
        if slot.kind not in kinds:
            cure = did_you_mean(slot.kind, kinds) or f"The kinds are {', '.join(sorted(kinds))}."
            reading.problem(place, "unknown-kind", f'"{slot.kind}" is no kind of value to read aloud.', cure)
        elif fault := reading.argument_fault(slot.kind, slot.argument, language):
            written = f"{slot.kind}:{slot.argument}" if slot.argument else slot.kind
            cure = f'README.md beside the flows lists what "{slot.kind}" takes.'
            reading.problem(place, "bad-argument", f'"{written}" cannot be read aloud in {language}: {fault}.', cure)

    def schema(self) -> Schema:
        """Return the schema."""
        return {"anyOf": [_TEXT, _each_language(_TEXT)]}


def _join(parts: list[str | Slot], part: str | Slot) -> None:
    """Add a part; words join those before, so that a text without values is one."""
    if isinstance(part, str) and parts and isinstance(parts[-1], str):
        parts[-1] += part
    else:
        parts.append(part)


@dataclass(frozen=True)
class LineTextField(FieldKind[Map[str, Template]]):
    """A text of line.yaml: one for all languages, or a block with one per language."""

    words: str = "a text to say"
    sample: str = "客服热线是{numbers.helpline|phone}。"

    def read(self, node: Node, reading: Reading) -> Map[str, Template] | None:
        """Read the text."""
        text = TextField().read(node, reading)
        if text is None:
            return None
        # A text that is written once, such as a number, serves every language; it has no language of its own to be
        # checked against.
        return text.by_language if isinstance(node, Mapping) else {ANY_LANGUAGE: next(iter(text.by_language.values()))}

    def schema(self) -> Schema:
        """Return the schema."""
        return TextField().schema()


def _inside(written: Scalar, offset: int) -> Place:
    place = written.place
    # Escapes and folded lines make the place of a character in the file unknown; the text itself is shown.
    if written.block or written.quoted:
        return place
    return Place(place.file, place.line, place.column + offset)


@dataclass(frozen=True)
class PhrasesField(FieldKind[Phrases]):
    """The phrases that callers may say: a list, or a block with one list per language."""

    words: str = "a list of phrases"
    sample: str = "[余额, 还有多少钱]"

    def read(self, node: Node, reading: Reading) -> Phrases | None:
        """Read the phrases of each language."""
        parts = _per_language(node, self, reading)
        if parts is None:
            return None
        phrases: dict[str, tuple[str, ...]] = {}
        for tag, value in parts:
            items = value.items if isinstance(value, Sequence) else (value,)
            words = [scalar(item, self, reading) for item in items]
            if any(word is None for word in words):
                return None
            phrases[tag] = tuple(word.text for word in words if word)
        return Phrases(phrases, node.place)

    def schema(self) -> Schema:
        """Return the schema."""
        phrases: Schema = {"anyOf": [{"type": "array", "items": _TEXT}, _TEXT]}
        return {"anyOf": [*phrases["anyOf"], _each_language(phrases)]}
