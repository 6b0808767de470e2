"""Find texts and phrases that lack a language of their flow, for the rules about languages."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TypeVar

from ivr.flow.model import Flow, Phrases
from ivr.flow.parts_within import within
from ivr.flow.text import Text

_W = TypeVar("_W", Text, Phrases)


def untranslated(flow: Flow, kind: type[_W]) -> Iterator[tuple[_W, str]]:
    """Yield each part of type `kind` that lacks a language of its flow, with the missing languages."""
    for written in within([flow.globals, *flow.written_steps()], kind) if len(flow.languages) > 1 else ():
        missing = " and ".join(tag for tag in flow.languages if tag not in written.by_language)
        if missing:
            yield written, missing
