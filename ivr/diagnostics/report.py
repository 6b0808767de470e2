"""The parts of a report besides its problems."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True)
class Report:
    """The texts of the files by their names in problems, a sentence about each rule, the language, and colours.

    Only the text for people has colours, and words of its own in Chinese (`zh`).
    """

    sources: Mapping[str, str]
    rules: Mapping[str, str] = field(default_factory=dict)
    language: str = "en"
    colour: bool = False
