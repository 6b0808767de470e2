"""Mandarin of Taiwan: traditional characters, and always 一 in strings of digits; otherwise as the mainland's."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar

from ivr.speech.traditional import traditional

from .zh import Mandarin


@dataclass(frozen=True)
class TraditionalMandarin(Mandarin):
    """Mandarin in traditional characters."""

    strings: ClassVar[re.Pattern[str]] = re.compile(traditional(Mandarin.strings.pattern))
    figures: ClassVar[re.Pattern[str]] = re.compile(traditional(Mandarin.figures.pattern))

    def script(self, words: str) -> str:
        """Write 兩萬 for 两万, and Taiwan's name of New Zealand."""
        return traditional(words).replace("新西蘭", "紐西蘭")

    def unit_fault(self, unit: str) -> str:
        """Return a fault unless the unit is a measure word in Chinese characters."""
        return super().unit_fault(unit).replace("笔", "筆")

    def spell(self, groups: Sequence[str]) -> str:
        """Say 一三八, never 幺三八."""
        return traditional(super().spell(groups)).replace("幺", "一")

    def in_words(self, text: str) -> str:
        """Say 按一, 兩個工作日, 二十四小時."""
        return self.script(super().in_words(text))


language = TraditionalMandarin
