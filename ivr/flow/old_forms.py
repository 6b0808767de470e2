"""Forms of the flow language that are still read, and how they are written today. `ivr migrate` rewrites them."""

from __future__ import annotations

import re

from ivr.diagnostics.problem import Fix, Problem
from ivr.yamlfile.source import Scalar

from .expressions import Expression

OLD_FORM = "old-form"
"""The rule of their notices."""
_PLAIN = re.compile(r"[^\W_][\w .+-]*(?<! )\Z")
"""Texts that need no quotes between braces."""


def doubly_quoted(written: Scalar, value: Expression) -> Problem | None:
    """Return the notice of a text in two kinds of quotes, as in `'"off"'`; None for any other value."""
    text = value.constant()
    if not isinstance(text, str) or written.block or not written.text.strip().startswith(('"', "'")):
        return None
    today = "{text: " + (text if _PLAIN.match(text) else _quoted(text)) + "}"
    message = "A text in two kinds of quotes is the old form of a text."
    cure = f"Write {today}, or let ivr migrate do it."
    return Problem(written.place, OLD_FORM, message, cure, "info", fixes=(Fix(written.place, today),))


def _quoted(text: str) -> str:
    return "'" + text.replace("'", "''") + "'"
