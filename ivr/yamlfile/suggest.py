"""Suggest the name that an editor probably meant. Standard library only; must not know flows."""

from __future__ import annotations

from collections.abc import Iterable
from difflib import SequenceMatcher

_SHORT = 4


def near(word: str, candidates: Iterable[str]) -> str | None:
    """Return the candidate most similar to the word, or None if none is similar enough."""
    best, best_score = None, 0.0
    for candidate in candidates:
        score = _likeness(word, candidate)
        if score > best_score:
            best, best_score = candidate, score
    return best


def did_you_mean(word: str, candidates: Iterable[str]) -> str:
    """Return "Did you mean ...?" with the most similar candidate, or an empty text."""
    suggestion = near(word, candidates)
    return f'Did you mean "{suggestion}"?' if suggestion is not None else ""


def _likeness(word: str, candidate: str) -> float:
    """Return a similarity from 0 to 1; below a threshold (0.5 for short words, else 0.66) it is 0."""
    left, right = _plain(word), _plain(candidate)
    if not left or not right:
        return 0.0
    if left == right:
        return 1.0
    threshold = 0.5 if min(len(left), len(right)) < _SHORT else 0.66
    # Without the heuristic of difflib for long texts, which is meant for lines of a file.
    matcher = SequenceMatcher(None, left, right, autojunk=False)
    # Letters in another order are the usual slip of a fast typist, and "crad" means "card" before any other near
    # word.
    score = max(matcher.ratio(), 0.9 if _swapped(left, right) else 0.0)
    return score if score >= threshold else 0.0


def _plain(word: str) -> str:
    return word.casefold().replace("-", "_").replace(" ", "_").strip("_")


def _swapped(left: str, right: str) -> bool:
    return len(left) == len(right) and len(left) > 1 and sorted(left) == sorted(right)
