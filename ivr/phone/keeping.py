"""Keeps a call as a conversation file, for a person to trim. Refuses to keep what a real caller may have typed."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import yaml

from ..errors import IvrError

_DEMO_CALLERS = re.compile(r"\+861380000000\d")
_MANY_DIGITS = 6


class NotKept(IvrError):
    """A call cannot be kept as a conversation; the text says why."""


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


def keep(notes: Notes, file: Path, *, caller: str, flow: str, called: str = "") -> bool:
    """Write the conversation; return whether long numbers stand in it. Raises NotKept.

    Keys are written as they were typed, so calls of others than the demo bank's customers are refused when six or
    more digits were pressed in one turn.
    """
    notes.did()
    if notes.many_digits and not _DEMO_CALLERS.fullmatch(caller):
        raise NotKept(
            "This call is not kept: six or more digits were typed in it, and they could be a real PIN or card. "
            f"Only calls from the demo numbers +861380000000x are kept with them, not from {caller}."
        )
    if not notes.turns:
        raise NotKept("This call is not kept: nothing was heard and nothing was done in it.")
    head: dict[str, Any] = {"conversation": file.stem.replace("_", " ").replace("-", " ")}
    head |= {"flow": flow} if flow else {}
    head |= {"to": called} if called else {}
    text = yaml.safe_dump(
        head | {"from": caller, "turns": notes.turns}, allow_unicode=True, sort_keys=False, width=10_000
    )
    try:
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text, encoding="utf-8")
    except OSError as error:
        raise NotKept(f"This call is not kept: {file} cannot be written ({error.strerror}).") from None
    return notes.many_digits
