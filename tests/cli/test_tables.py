"""How figures of people are written."""

from __future__ import annotations

import pytest

from ivr.cli._tables import cell_text


@pytest.mark.parametrize(
    ("value", "figure", "text"),
    [
        (None, "asa", "-"),
        (0.805, "service_level", "80.5%"),
        (12.0, "nps", "+12.0"),
        (-3.25, "nps", "-3.2"),
        (61.5, "asa", "61.5"),
        (7, "offered", "7"),
    ],
)
def test_shares_are_per_cent_nps_has_its_sign_and_nothing_is_a_dash(value: object, figure: str, text: str) -> None:
    assert cell_text(value, figure) == text
