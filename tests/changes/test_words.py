"""Every kind of difference has a sentence in both languages."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

import ivr.changes
from ivr.changes.model import Difference
from ivr.changes.words import LANGUAGES_OF_REPORTS, _sentences, sentence_of

ROOM = Path(ivr.changes.__file__).parent


def test_each_kind_in_the_code_has_its_sentences_and_no_other() -> None:
    code = "\n".join(path.read_text(encoding="utf-8") for path in ROOM.glob("*.py"))
    code += (ROOM.parent / "cli" / "diff.py").read_text(encoding="utf-8")
    kinds = {path.split(".")[1] for path in _sentences() if path.startswith("sentences.")}
    assert not [kind for kind in kinds if f'"{kind}"' not in code]
    for language in LANGUAGES_OF_REPORTS:
        assert kinds == {
            path.split(".")[1] for path in _sentences() if re.fullmatch(rf"sentences\..*\.{language}", path)
        }


@pytest.mark.parametrize(("language", "words"), [("en", "by lost, callers"), ("zh", "（lost）")])
def test_an_outcome_without_words_is_named(language: str, words: str) -> None:
    told = sentence_of(Difference("way", "a", "b", {"outcome": "lost", "before": "c", "after": "d"}), language)
    assert words in told
