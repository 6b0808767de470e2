from __future__ import annotations

import pytest

from ivr.reporting.csv_cells import csv_cell


@pytest.mark.parametrize("text", ["=1+1", "+86", "-1", "@x", "\tx", "\rx"])
def test_a_formula_is_quoted(text: str) -> None:
    assert csv_cell(text) == f"'{text}"


def test_other_texts_stay_as_they_are() -> None:
    assert [csv_cell(text) for text in ("", "li.na", "1")] == ["", "li.na", "1"]
