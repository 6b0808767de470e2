"""Keeps answers by key in a document, so that a repeated question changes nothing."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

_KEPT = 16
"""The most answers that a document keeps. A question is repeated within seconds or never."""

IdempotentAnswer = dict[str, Any]


def stored_answer(document: Mapping[str, Any], key: str) -> IdempotentAnswer | None:
    """Return the answer to a key; None if there is none."""
    return next((dict(answer) for stored_key, answer in document.get("answers", ()) if stored_key == key), None)


def remember(document: dict[str, Any], key: str, answer: IdempotentAnswer) -> dict[str, Any]:
    """Return a document with one more answer."""
    document["answers"] = [*document.get("answers", ()), [key, answer]][-_KEPT:]
    return document
