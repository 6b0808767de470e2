"""Differences in what is said: the texts of a step, by the key that they are written under."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import fields

from ivr.flow.model import Choice, Step
from ivr.flow.parts_within import within
from ivr.flow.text import Slot, Template, Text

from .model import Difference

Names = tuple[str, int]
"""The key of a text, and its place in a list of texts."""


def text_differences(flow: str, old: Step, new: Step) -> Iterator[Difference]:
    """Yield what callers now hear, no longer hear, or hear in other words; choices are compared elsewhere."""
    before, after = step_texts(old), step_texts(new)
    for name in dict.fromkeys([*before, *after]):
        yield from _languages(flow, new.name, name[0], _written(before.get(name)), _written(after.get(name)))


def step_texts(step: Step) -> Mapping[Names, Text]:
    """Return the texts of a step without those of its choices."""
    texts: dict[Names, Text] = {}
    for spec in fields(step):
        value = getattr(step, spec.name)
        # Labels of choices have sentences of their own, with the key that they are at.
        if not any(True for _ in within(value, Choice)):
            texts |= {(spec.name, place): text for place, text in enumerate(within(value, Text))}
    return texts


def as_written(template: Template) -> str:
    """Return a text as editors write it, with its values in braces."""
    return "".join(part if isinstance(part, str) else _slot(part) for part in template.parts)


def label_texts(choice: Choice) -> dict[str, str]:
    """Return the label of a choice in the languages of reports: "zh" and "en"; its key where it has none."""
    if choice.label is None:
        return {"zh": choice.do or choice.key, "en": choice.do or choice.key}
    tags = {"zh": "zh-CN", "en": "en-US"}
    return {report: as_written(choice.label.template(tag)) for report, tag in tags.items()}


def _written(text: Text | None) -> Mapping[str, str]:
    return {language: as_written(template) for language, template in text.by_language.items()} if text else {}


def _languages(
    flow: str, step: str, key: str, before: Mapping[str, str], after: Mapping[str, str]
) -> Iterator[Difference]:
    for language in dict.fromkeys([*before, *after]):
        old, new = before.get(language, ""), after.get(language, "")
        if old == new:
            continue
        kind = "words" if old and new else "words_added" if new else "words_removed"
        yield Difference(kind, flow, step, {"language": language, "before": old, "after": new, "key": key})


def _slot(slot: Slot) -> str:
    return "{" + ".".join(slot.path) + "}"
