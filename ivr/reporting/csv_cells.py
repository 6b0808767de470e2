"""Texts in spreadsheets: what a spreadsheet would take for a formula is quoted."""

from __future__ import annotations


def csv_cell(text: str) -> str:
    """Return a text that no spreadsheet runs as a formula."""
    # The signs are those of OWASP's page on CSV injection.
    return f"'{text}" if text[:1] in ("=", "+", "-", "@", "\t", "\r") else text
