"""What a call at the terminal was like, turn by turn, so that it can be kept as a conversation."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

_MANY_DIGITS = 6


@dataclass
class Notes:
    """What a call was like, turn by turn: what was heard since the last deed, then the deed."""

    turns: list[dict[str, Any]] = field(default_factory=list)
    heard: list[str] = field(default_factory=list)

    def did(self, **deed: Any) -> None:
        """Close a turn with what the caller did; an empty deed only keeps what was heard."""
        hear: dict[str, Any] = {"hear": self.heard if len(self.heard) > 1 else self.heard[0]} if self.heard else {}
        self.heard = []
        if hear or deed:
            self.turns.append(hear | deed)

    @property
    def many_digits(self) -> bool:
        """Whether six or more digits were pressed in one turn: a PIN, a card or an ID number, perhaps."""
        return any(sum(key.isdigit() for key in turn.get("press", "")) >= _MANY_DIGITS for turn in self.turns)
