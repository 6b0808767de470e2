"""Cantonese, as read aloud from written Chinese. Latin letters cannot be spelt, so some kinds are refused."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import time
from types import MappingProxyType
from typing import ClassVar

from .zh_tw import TraditionalMandarin

_LETTERS = "{} may contain Latin letters, which cannot be spelt in Cantonese; use {}"


@dataclass(frozen=True)
class Cantonese(TraditionalMandarin):
    """Cantonese of Hong Kong, in traditional characters."""

    spells_letters: ClassVar[bool] = False
    cannot_read: ClassVar[Mapping[str, str]] = MappingProxyType(
        {
            "code": _LETTERS.format("code", "digits, for a reference without letters"),
            "id_tail": _LETTERS.format("id_tail", "digits, for the digits alone"),
            "name": _LETTERS.format("name", "text, which leaves the name to the voice"),
        }
    )

    def time(self, value: time, *, clock24: bool) -> str:
        """Say 下午三點零五分, and 正 on the hour."""
        return super().time(value, clock24=clock24).replace("整", "正")

    def duration(self, days: int, hours: int, minutes: int, seconds: int) -> str:
        """Say 兩日三小時."""
        return super().duration(days, hours, minutes, seconds).replace("天", "日")

    def script(self, words: str) -> str:
        """Write 一百元正 as Hong Kong does."""
        return super().script(words).replace("元整", "元正")


language = Cantonese
