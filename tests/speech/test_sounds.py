"""How alike two words or characters sound."""

from __future__ import annotations

import subprocess
import sys

import pytest

from ivr.speech.sounds import NEAR, SAME, alike


@pytest.mark.parametrize(
    ("one", "other", "least", "most"),
    [
        ("额", "额", 1, 1),
        ("鱼", "余", SAME, SAME),
        ("行", "航", SAME, SAME),
        ("网", "晚", NEAR, NEAR),
        ("诗", "四", NEAR, NEAR),
        ("卡", "余", 0, 0),
        ("balances", "balance", 0.9, 0.99),
        ("currencies", "currency", 0.9, 0.99),
        ("transcation", "transaction", 0.7, 0.9),
        ("card", "cart", 0, 0),
        ("loss", "lost", 0, 0),
        ("卡", "card", 0, 0),
    ],
)
def test_likeness_goes_by_sound_stem_and_spelling(one: str, other: str, least: float, most: float) -> None:
    assert least <= alike(one, other) <= most
    assert alike(one, other) == alike(other, one)


def test_the_table_of_sounds_is_loaded_only_when_something_has_to_be_compared_by_sound() -> None:
    code = (
        "import sys; from ivr.speech.phrases import understand;"
        "assert understand('查余额', [['余额']], 'zh') == 0; assert 'pypinyin' not in sys.modules;"
        "assert understand('查鱼鹅', [['余额']], 'zh') == 0; assert 'pypinyin' in sys.modules"
    )
    subprocess.run([sys.executable, "-W", "error", "-c", code], check=True, timeout=60)
