"""One difference between two releases."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True)
class Difference:
    """One difference: its kind (a key of the sentences in words.py), the step ("" for a whole flow), and its facts.

    A fact is a text, or a text by language ("zh", "en"), such as the label of a choice.
    """

    kind: str
    flow: str = ""
    step: str = ""
    facts: Mapping[str, str | Mapping[str, str]] = field(default_factory=dict)

    @property
    def where(self) -> str:
        """The flow and the step."""
        return f"{self.flow}/{self.step}" if self.step else self.flow
