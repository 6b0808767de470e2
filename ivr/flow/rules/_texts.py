"""Find the texts that callers hear, per language, for rules about wording."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from ivr.diagnostics.problem import Place
from ivr.flow.model import Choice, Flow, Step
from ivr.flow.parts_within import within
from ivr.flow.text import Template, Text

from ._rule import Parts

SPOKEN_VALUE = "\ue000"
"""Stands for a value in the words of a text."""
_HAN = re.compile(r"[\u3400-\u9fff\uf900-\ufaff]")
_WORD = re.compile(r"[A-Za-z]+(?:['’-][A-Za-z]+)*|\d+")
_SENTENCE = re.compile(r"[^。！？!?]+?(?:[。！？!?]|\.(?=\s|$)|$)")


@dataclass(frozen=True)
class WrittenText:
    """A text in one language: its words with SPOKEN_VALUE for each value, and where it stands.

    `step` is None for a global choice and for an announcement of line.yaml, `choice` is set for a label.
    """

    words: str
    language: str
    template: Template
    step: Step | None = None
    choice: Choice | None = None

    @property
    def place(self) -> Place:
        """The place of the text."""
        return self.template.place

    @property
    def folded(self) -> str:
        """The words in one width and case."""
        return unicodedata.normalize("NFKC", self.words).casefold()


def spoken_texts(flow: Flow, parts: Parts) -> Sequence[WrittenText]:
    """Return every text of a flow that callers hear: prompts and labels, not text messages."""
    return parts.once(("spoken", flow.name), lambda: tuple(_spoken(flow)))


def prompts(flow: Flow, parts: Parts) -> Iterator[WrittenText]:
    """Yield the texts that are whole sentences: those of steps, without labels."""
    return (text for text in spoken_texts(flow, parts) if text.choice is None)


def labels(flow: Flow, parts: Parts) -> Iterator[WrittenText]:
    """Yield the labels of choices."""
    return (text for text in spoken_texts(flow, parts) if text.choice is not None)


def announced_texts(parts: Parts) -> Iterator[WrittenText]:
    """Yield the prepared announcements of line.yaml."""
    for presets in parts.line.announcements.values() if parts.line is not None else ():
        for text in presets.values():
            yield from _in_each_language(text)


def characters(words: str) -> int:
    """Count Chinese characters."""
    return len(_HAN.findall(words))


def english_words(words: str) -> int:
    """Count words of other scripts, and figures."""
    return len(_WORD.findall(words))


def is_chinese(language: str) -> bool:
    """Return whether texts of a language are in Chinese characters."""
    return language.partition("-")[0] in ("zh", "yue")


def spoken_sentences(words: str) -> Sequence[str]:
    """Split a text after full stops, question and exclamation marks."""
    return [sentence.strip() for sentence in _SENTENCE.findall(words) if sentence.strip()]


def _spoken(flow: Flow) -> Iterator[WrittenText]:
    steps = [step for step in flow.written_steps() if step.speaks]
    for step, part in [(None, flow.globals), *((step, step) for step in steps)]:
        # By identity: two choices with the same words are different labels at different places.
        named = {id(choice.label): choice for choice in within(part, Choice) if choice.label}
        for text in within(part, Text):
            yield from _in_each_language(text, step, named.get(id(text)))


def _in_each_language(text: Text, step: Step | None = None, choice: Choice | None = None) -> Iterator[WrittenText]:
    for language, template in text.by_language.items():
        words = "".join(part if isinstance(part, str) else SPOKEN_VALUE for part in template.parts)
        yield WrittenText(words, language, template, step, choice)
