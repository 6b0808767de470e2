"""Judge whether a staged release does worse than the live one. Pure.

Per turn, three shares are compared: errors, misses (no_match) and silences (no_input). The test is that of two
proportions with a pooled variance, one-sided. It is repeated every few seconds, so its bound is strict: 4 standard
errors are one false alarm in 30,000 looks at equal releases.
"""

from __future__ import annotations

import math

from .tallies import StageTally

LEAST_CALLS = 20
"""The calls of a staged release before it is judged by misses and silences."""
LEAST_ERRORS = 3
"""The errors of a staged release before it is judged by errors: one may be the bank's fault."""
LEAST_RISE = 0.03
"""The rise of a share that matters to callers."""
STANDARD_ERRORS = 4.0


def worse_because(staged: StageTally, live: StageTally) -> str:
    """Return why a staged release should be taken back; "" if it does as well as the live one, or it is too early."""
    # Errors before the least number of calls: twenty callers must not hear an apology before it is taken back.
    if staged.errors >= LEAST_ERRORS and _rises(staged.errors, staged.turns, live.errors, live.turns, least=0.0):
        return _words("errors", staged.errors, staged.turns, live.errors, live.turns)
    if staged.calls < LEAST_CALLS:
        return ""
    shares = {"no_match": (staged.misses, live.misses), "no_input": (staged.silences, live.silences)}
    for what, (ours, theirs) in shares.items():
        if _rises(ours, staged.turns, theirs, live.turns, least=LEAST_RISE):
            return _words(what, ours, staged.turns, theirs, live.turns)
    return ""


def _rises(ours: int, turns: int, theirs: int, other_turns: int, *, least: float) -> bool:
    if not turns:
        return False
    if not other_turns:
        return least == 0.0  # no call to compare with: errors are judged by themselves
    rise = ours / turns - theirs / other_turns
    pooled = (ours + theirs) / (turns + other_turns)
    error = math.sqrt(pooled * (1 - pooled) * (1 / turns + 1 / other_turns))
    return rise > least and rise > STANDARD_ERRORS * error


def _words(what: str, ours: int, turns: int, theirs: int, other_turns: int) -> str:
    before = f"{theirs / other_turns:.1%} of {other_turns:,}" if other_turns else "no turn to compare with"
    return f"{what} in {ours / turns:.1%} of {turns:,} turns; with the live release {before}"
