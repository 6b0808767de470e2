"""Keys that a caller pressed before the step that they are meant for has begun."""

from __future__ import annotations

from .turn import Turn

MOST_AHEAD = 64


def keep_ahead(turn: Turn, rest: str) -> None:
    """Keep the keys that a step did not need for the steps behind it."""
    turn.change(keys_ahead=rest[:MOST_AHEAD])
