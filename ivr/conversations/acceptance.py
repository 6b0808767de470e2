"""Rewrite what conversations expect to hear after texts have changed: `ivr test --accept`."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher

from ivr.diagnostics.problem import Place

from .result import ConversationResult, FailedExpectation

ALIKE = 0.4
"""The least likeness of two texts (difflib's ratio) that are taken for the old and the new wording of one prompt."""
_SENTENCE = re.compile(r"[^。！？!?；;]*[。！？!?；;]?|.+")


@dataclass(frozen=True)
class NewWording:
    """A text that is no longer heard, its place, and the text that is heard instead."""

    place: Place
    before: str
    after: str


def new_wordings(played: Sequence[ConversationResult]) -> Iterator[NewWording]:
    """Yield the new wording of each expected text that was not heard, where one that is like it was."""
    for result in played:
        # The first failure only: what follows it was heard by a call that had left its script.
        for failure in result.failures[:1]:
            after = _alike(failure)
            if after:
                yield NewWording(failure.place, failure.expected, after)


def rewritten(text: str, wordings: Sequence[NewWording]) -> tuple[str, list[NewWording]]:
    """Return the text of a file with new wordings, comments and layout kept, and those whose old text is not there.

    An old text that its file writes over several lines, or with escapes, cannot be replaced by this.
    """
    lines = text.splitlines(keepends=True)
    left: list[NewWording] = []
    for wording in wordings:
        row, column = wording.place.line - 1, wording.place.column - 1
        line = lines[row] if row < len(lines) else ""
        # From the place on: the same words may stand earlier in the line, as in a list.
        at = line.find(wording.before, max(0, column - 1))
        if at < 0:
            left.append(wording)
            continue
        lines[row] = line[:at] + _in_quotes(wording.after, line, at) + line[at + len(wording.before) :]
    return "".join(lines), left


def _in_quotes(text: str, line: str, at: int) -> str:
    """Return a text as it may stand at a place of a line: within quotes if there are some, else in quotes if needed."""
    before = line[at - 1 : at]
    if before in ("'", '"'):
        return text.replace("'", "''") if before == "'" else text.replace("\\", "\\\\").replace('"', '\\"')
    if re.search(r"[,\[\]{}#:&*!|>'\"%@`]", text):
        return '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'
    return text


def _alike(failure: FailedExpectation) -> str:
    """Return the sentences that were heard and are most like the expected text; "" if none is like it."""
    if not failure.expected or not failure.heard:
        return ""
    sentences = [sentence.strip() for sentence in _SENTENCE.findall(failure.heard) if sentence.strip()]
    # As many sentences as before, or one more: a new text is often the old one with an addition.
    wanted = max(1, len([part for part in _SENTENCE.findall(failure.expected) if part.strip()]))
    best, likeness = "", ALIKE
    for first in range(len(sentences)):
        for count in (wanted, wanted + 1):
            candidate = "".join(sentences[first : first + count])
            ratio = SequenceMatcher(None, failure.expected, candidate).ratio()
            if ratio > likeness:
                best, likeness = candidate, ratio
    return best
