"""A step that goes on in the next turn, when the bank has taken this turn's time for questions."""

from __future__ import annotations

from dataclasses import dataclass, replace

from .scratch import Scratch
from .turn import Turn
from .verbs import Gather, Keys

MOST_LATER = 3
"""The most turns by which one step is put off."""


@dataclass(frozen=True)
class LaterScratch(Scratch):
    """`put_off` counts the turns by which the step was put off."""

    put_off: int = 0


def puts_off(turn: Turn) -> bool:
    """Close the turn by a short sentence and a second of silence; return False if the step was put off too often."""
    scratch = turn.scratch_as(LaterScratch)
    if scratch.put_off >= MOST_LATER:
        return False
    turn.remember(replace(scratch, put_off=scratch.put_off + 1))
    turn.phrase("one_moment")
    turn.close(Gather((), Keys(most=1), first_timeout=1.0))
    return True
