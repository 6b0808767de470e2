"""A question beside a step's own: whether something is as urgent as it seems.

What gives a caller priority over all others needs more than words that were hardly heard, or a key on the way to
something else.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

from .expected_words import YES, hints_of, yes_and_no, yes_or_no
from .inputs import Digits, Input, Speech
from .scratch import Scratch
from .turn import Turn
from .verbs import Gather, Keys


@dataclass(frozen=True)
class UrgentScratch(Scratch):
    """`matter` is what the caller was asked about, "fraud" or "loss"; empty while the step asks its own question."""

    matter: str = ""


def matter_in_question(turn: Turn) -> str:
    """Return what the caller was asked about, or ""."""
    return turn.scratch_as(UrgentScratch).matter


def ask_whether(turn: Turn, matter: str) -> None:
    """Ask about a matter; the step has to wait then."""
    turn.remember(UrgentScratch(matter))
    turn.phrase(f"is_it_{matter}")


def is_so(turn: Turn, action: Input) -> bool:
    """Take the answer: key 1 or a plain yes. The step asks its own question again from then on."""
    turn.remember(UrgentScratch())
    if isinstance(action, Digits):
        return action.keys[:1] == YES
    return isinstance(action, Speech) and yes_or_no(turn, action.text) is True


def for_yes_or_no(turn: Turn, gather: Gather) -> Gather:
    """Return how to wait for the answer: for one key, or a word where the step listens for words."""
    hearing = gather.hearing
    if hearing:
        hearing = replace(hearing, hints=hints_of(yes_and_no(turn)))
    return replace(gather, keys=Keys(most=1), hearing=hearing)
