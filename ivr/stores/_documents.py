"""Documents as JSON text, as every store keeps them: no object is shared, and a `Secret` is refused."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from ivr.engine.ports import Document

NESTED = "an update of a document must not change documents itself"
READING = "nothing may be written while the store is being read as one state"


def to_text(document: Document | None) -> str | None:
    """Encode a document as JSON. Raises TypeError or ValueError for a value that JSON cannot hold, such as a `Secret`.

    The error texts never quote a value.
    """
    if document is None:
        return None
    if not isinstance(document, Mapping):
        raise TypeError(f"a document is a map, not {type(document).__name__}")
    # NaN is refused, because it is no JSON: PostgreSQL and programs that read the API would refuse it.
    return json.dumps(document, ensure_ascii=False, allow_nan=False, separators=(",", ":"), default=_plain)


def from_text(text: str | None) -> Document | None:
    """Decode a document; return a new object each time."""
    if text is None:
        return None
    document: dict[str, Any] = json.loads(text)
    return document


def first_key(after: str, prefix: str) -> str:
    """Return the smallest key greater than `after` that can begin with `prefix`. Keys are ordered by code point."""
    return max(after + "\0", prefix)


def _plain(value: object) -> Any:
    if isinstance(value, Mapping):
        return dict(value)
    raise TypeError(f"a document cannot hold {type(value).__name__}")
