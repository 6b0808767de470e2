"""Mandarin of Taiwan: traditional characters, and always 一 in strings of digits; otherwise as the mainland's."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from ivr.speech.traditional import simplified, traditional

from .language import ReadText
from .zh import Mandarin


@dataclass(frozen=True)
class TraditionalMandarin(Mandarin):
    """Mandarin in traditional characters."""

    def script(self, words: str) -> str:
        """Write 兩萬 for 两万, and Taiwan's name of New Zealand."""
        return traditional(words).replace("新西蘭", "紐西蘭")

    def unit_fault(self, unit: str) -> str:
        """Return a fault unless the unit is a measure word in Chinese characters."""
        return super().unit_fault(unit).replace("笔", "筆")

    def spell(self, groups: Sequence[str]) -> str:
        """Say 一三八, never 幺三八."""
        # 幺 is military usage in Taiwan, and customers of banks do not know it.
        return traditional(super().spell(groups)).replace("幺", "一")

    def fold(self, text: str) -> str:
        """Return a text in simplified characters, by which figures are recognised."""
        return simplified(text)

    def read_text(self, text: str) -> ReadText:
        """Say 按一, 兩個工作日, 二十四小時."""
        read = super().read_text(text)
        return ReadText(self.script(read.words), read.unclear)


language = TraditionalMandarin
