"""Remembers in a document what was answered to a key, so that the same question again does nothing twice."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

KEPT = 16
"""Answers kept in a document. The same question comes again within seconds, or never."""

Answer = dict[str, Any]


def answered(document: Mapping[str, Any], key: str) -> Answer | None:
    """Return what was answered to this key, or None."""
    return next((dict(answer) for known, answer in document.get("answers", ()) if known == key), None)


def remember(document: dict[str, Any], key: str, answer: Answer) -> dict[str, Any]:
    """Put an answer into a document."""
    document["answers"] = [*document.get("answers", ()), [key, answer]][-KEPT:]
    return document
