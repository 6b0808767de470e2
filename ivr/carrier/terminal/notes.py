"""Notes of a call at the terminal, turn by turn, so that it can be saved as a conversation."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

_MANY_DIGITS = 6


@dataclass
class Notes:
    """The turns of a call: the prompts since the last act, then the act."""

    turns: list[dict[str, Any]] = field(default_factory=list)
    heard: list[str] = field(default_factory=list)

    def did(self, **act: Any) -> None:
        """End a turn with the caller's act, or without one, with the prompts only."""
        hear: dict[str, Any] = {"hear": self.heard if len(self.heard) > 1 else self.heard[0]} if self.heard else {}
        self.heard = []
        if hear or act:
            self.turns.append(hear | act)

    @property
    def many_digits(self) -> bool:
        """Whether six or more digits were pressed in one turn: perhaps a PIN, card or ID number."""
        return any(sum(key.isdigit() for key in turn.get("press", "")) >= _MANY_DIGITS for turn in self.turns)
