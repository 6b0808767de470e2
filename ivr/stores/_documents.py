"""How documents look inside any store: JSON text, so that nobody shares an object with it and no secret gets in."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from ivr.engine.ports import Document

NESTED = "an update of a document must not change documents itself"


def to_text(document: Document | None) -> str | None:
    """Write a document. Raises TypeError or ValueError for what is no JSON map, a `Secret` for one; none is quoted."""
    if document is None:
        return None
    if not isinstance(document, Mapping):
        raise TypeError(f"a document is a map, not {type(document).__name__}")
    return json.dumps(document, ensure_ascii=False, allow_nan=False, separators=(",", ":"), default=_plain)


def from_text(text: str | None) -> Document | None:
    """Read a document; each time a new one."""
    if text is None:
        return None
    document: dict[str, Any] = json.loads(text)
    return document


def first_key(after: str, prefix: str) -> str:
    """Return the least text that is behind `after` and can begin with `prefix`. Keys are in order of code points."""
    return max(after + "\0", prefix)


def _plain(value: object) -> Any:
    if isinstance(value, Mapping):
        return dict(value)
    raise TypeError(f"a document cannot hold {type(value).__name__}")
