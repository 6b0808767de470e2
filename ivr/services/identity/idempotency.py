"""Remembers in a document what was answered to a key, so that the same question again does nothing twice."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

_KEPT = 16
"""Answers kept in a document. The same question comes again within seconds, or never."""

IdempotentAnswer = dict[str, Any]


def stored_answer(document: Mapping[str, Any], key: str) -> IdempotentAnswer | None:
    """Return what was answered to this key, or None."""
    return next((dict(answer) for stored_key, answer in document.get("answers", ()) if stored_key == key), None)


def remember(document: dict[str, Any], key: str, answer: IdempotentAnswer) -> dict[str, Any]:
    """Put an answer into a document."""
    document["answers"] = [*document.get("answers", ()), [key, answer]][-_KEPT:]
    return document
