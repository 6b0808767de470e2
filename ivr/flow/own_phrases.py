"""Read phrases.yaml: the engine's own phrases as a line words them, and those of languages that are not shipped.

A language with a phrasebook gives the phrases that it replaces. Any other language gives them all, or names with
`same_as` one that they are otherwise those of; then flows may use it with recordings or the carrier's voice.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from ivr.diagnostics.problem import Place, Problem
from ivr.yamlfile.source import Mapping as SourceMapping
from ivr.yamlfile.source import Node, Scalar
from ivr.yamlfile.suggest import did_you_mean

from .fields import Schema, documented
from .phrasebook import (
    FALLBACK,
    LENGTHS,
    SAME_AS,
    SHIPPED_PHRASES,
    Phrasebooks,
    shipped_languages,
    with_lengths,
    written_phrases,
)
from .text_field import TAG, TAG_PATTERN, tag_meant

_ENGLISH = "en-US"
_ENGLISH_PHRASES = written_phrases(_ENGLISH)
_VALUE = re.compile(r"\{([^{}]*)\}")
_MOST_LISTED = 4
_AGENTS = "agent_"
"""The beginning of what agents hear; with a priority behind it, of a caller with that priority."""


@dataclass(frozen=True)
class OwnPhrases:
    """The phrases of a line, and the family of each language that phrases.yaml adds."""

    books: Phrasebooks = SHIPPED_PHRASES
    families: Mapping[str, str] = field(default_factory=dict)


def read_phrases(
    node: Node | None, families: Mapping[str, str], priorities: tuple[str, ...]
) -> tuple[OwnPhrases, list[Problem]]:
    """Read phrases.yaml; a language with a fault is left out. `priorities` are those of the line."""
    if node is None:
        return OwnPhrases(), []
    if not isinstance(node, SourceMapping):
        cure = "Begin with a language, and put the phrases below it, as in: zh-CN:"
        return OwnPhrases(), [Problem(node.place, "wrong-type", 'A file "phrases.yaml" is a block of languages.', cure)]
    own: dict[str, Mapping[str, str]] = {}
    added: dict[str, str] = {}
    problems: list[Problem] = []
    further = frozenset(f"{_AGENTS}{priority}" for priority in priorities)
    for key, block in node.entries:
        reader = _LanguageReader(key, further)
        book = reader.read(block)
        problems += reader.problems
        if not TAG.match(key.text):
            continue
        if key.text not in families:
            added[key.text] = families.get(reader.base, key.text)
        if book is not None:
            own[key.text] = book
    return OwnPhrases(Phrasebooks(own), added), problems


class _LanguageReader:
    """Reads the phrases of one language. `base` is the shipped language whose phrases it otherwise has, or ""."""

    def __init__(self, language: Scalar, further: frozenset[str]) -> None:
        self.language, self.base = language, ""
        self._keys = frozenset(_ENGLISH_PHRASES)
        self._further = further
        self.problems: list[Problem] = []

    def read(self, block: Node) -> Mapping[str, str] | None:
        """Return the phrases of the language; None if one is missing or wrong."""
        tag = self.language.text
        if not TAG.match(tag):
            cure = tag_meant(tag) or "Name a language, as in: es-US:"
            self._report(self.language.place, "bad-language", f'"{tag}" is no language.', cure)
            return None
        if not isinstance(block, SourceMapping):
            self._report(block.place, "wrong-type", f"Under {tag} belongs a block of phrases.", f"Write {_sample()}")
            return None
        self.base = self._base(block)
        before = written_phrases(self.base) if self.base else {}
        written = dict(self._phrases(block))
        if missing := [key for key in sorted(self._keys) if key not in written and key not in before]:
            self._report_missing(missing)
        if self.problems:
            return None
        return with_lengths({**before, **written})

    def _base(self, block: SourceMapping) -> str:
        """Return the language whose phrases stand where this one has none of its own."""
        there = shipped_languages()
        named = block.get(SAME_AS)
        if named is None:
            return self.language.text if self.language.text in there else ""
        name = named.text if isinstance(named, Scalar) else ""
        if name in there:
            return name
        cure = did_you_mean(name, there) or f"The languages are {', '.join(there)}."
        self._report(named.place, "unknown-language", f'There are no phrases of "{name}" to take over.', cure)
        return FALLBACK  # so that not every phrase is reported as missing, too

    def _phrases(self, block: SourceMapping) -> Iterator[tuple[str, str]]:
        for key, value in block.entries:
            if key.text == SAME_AS:
                continue
            if key.text not in self._keys | self._further:
                cure = did_you_mean(key.text, self._keys) or "The manual lists all phrases under phrases.yaml."
                self._report(key.place, "unknown-key", f'"{key.text}" is no phrase of the engine.', cure)
            elif not isinstance(value, Scalar) or not value.text.strip():
                self._report(value.place, "wrong-type", f'"{key.text}" takes a text.', f"Write {_sample()}")
            else:
                self._check(key.text, value)
                yield key.text, value.text

    def _check(self, key: str, value: Scalar) -> None:
        """Check that a phrase has the values that it is given, and that a list of digits has ten."""
        if key == "digit_words" and len(value.text.split("|")) != 10:
            cure = f"Write them as in: {_ENGLISH_PHRASES[key]}"
            self._report(value.place, "wrong-type", '"digit_words" takes ten words, those of 0 to 9.', cure)
        sample = _ENGLISH_PHRASES.get(key, "")
        wanted, there = _values(sample), _values(value.text)
        for name in sorted(wanted - there):
            message = f'"{key}" lacks {{{name}}}, so callers would not hear it.'
            self._report(value.place, "bad-slot", message, f"As in: {sample}")
        for name in sorted(there - wanted):
            message = f'"{key}" is never given a value {{{name}}}.'
            cure = did_you_mean(name, wanted) or f"Its values are {', '.join(sorted(wanted)) or 'none'}."
            self._report(value.place, "bad-slot", message, cure)

    def _report_missing(self, missing: list[str]) -> None:
        tag, shown = self.language.text, missing[:_MOST_LISTED]
        more = f" and {len(missing) - len(shown)} more" if len(missing) > len(shown) else ""
        message = f"Of {len(self._keys)} phrases, {tag} lacks {len(missing)}: {', '.join(shown)}{more}."
        sample = f"{shown[0]}: {_ENGLISH_PHRASES[shown[0]]}"
        cure = f"Add each below {tag}, as in: {sample} Or take those of another language: same_as: {_ENGLISH}"
        self._report(self.language.place, "missing-phrase", message, cure)

    def _report(self, place: Place, rule: str, message: str, cure: str) -> None:
        self.problems.append(Problem(place, rule, message, cure))


def _values(text: str) -> frozenset[str]:
    return frozenset(_VALUE.findall(text)) - set(LENGTHS)


def _sample() -> str:
    return f"a phrase a line, as in: verified: {_ENGLISH_PHRASES['verified']}"


def phrases_schema() -> Schema:
    """Return the JSON Schema of `phrases.yaml`."""
    phrases: Schema = {key: {"type": "string", **documented(text)} for key, text in sorted(_ENGLISH_PHRASES.items())}
    block: Schema = {
        "type": "object",
        "properties": {SAME_AS: {"enum": list(shipped_languages())}, **phrases},
        "patternProperties": {f"^{_AGENTS}": {"type": "string"}},
        "additionalProperties": False,
    }
    return {
        "$schema": "http://json-schema.org/draft-07/schema#",
        "title": "The engine's own phrases by language",
        "type": "object",
        "patternProperties": {TAG_PATTERN: block},
        "additionalProperties": False,
    }
