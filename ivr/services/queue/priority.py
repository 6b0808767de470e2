"""The order of waiting callers, as one pure rule that a bank can defend and a test can prove.

A caller's rank is the time of coming less the head start of the priority. Callers who have waited `bound` seconds are
served before all others, in the order of coming. Fraud and a lost card pre-empt: these callers count as past the bound
from the first second on, and keep their head start there.

**Overtaken by at most the head start.** Let B come before A, and A be ahead of B at some moment.
- Neither is past the bound: came(A) - head(A) < came(B) - head(B), so A came less than head(A) after B.
- A is past the bound by waiting: B has waited longer, so B is past it too, and there the earlier comes first.
- A pre-empts. If B is past the bound, came(A) - head(A) < came(B), as before. If B is not, B has waited less
  than the bound, so A came less than the bound after B.
So no caller is overtaken by one who comes more than the head start later (for those who
pre-empt: the head start or the bound, the longer of the two).

**No caller starves.** Hence only callers who came before, or within a fixed time after, can be ahead of a caller; they
are finitely many, and each of them is served once.
"""

from __future__ import annotations

from ivr.flow.waiting import Waiting

from .state import Waiter

Rank = tuple[int, float, float, str]
"""The sort key of callers in the order of service."""


def rank(waiter: Waiter, rules: Waiting, now: float) -> Rank:
    """Return the rank of a caller at a moment. Equal ranks are ordered by the time of coming, then by the call."""
    ahead, first = rules.head_start(waiter.priority), is_first(waiter, rules, now)
    return *order(waiter.entered, ahead, first, waiter.priority in rules.preempting), waiter.entered, waiter.id


def is_first(waiter: Waiter, rules: Waiting, now: float) -> bool:
    """Return whether a caller is served before all others: past the bound, or pre-empting."""
    return comes_first(now - waiter.entered, rules.bound, waiter.priority in rules.preempting)


def comes_first(waited: float, bound: float, preempts: bool) -> bool:
    """Return whether a caller who has waited so long is served before all others."""
    return preempts or waited >= bound


def order(entered: float, ahead: float, first: bool, preempts: bool) -> tuple[int, float]:
    """Return the order of service, smallest first. Past the bound only those who pre-empt have a head start."""
    if first:
        return 0, entered - ahead if preempts else entered
    return 1, entered - ahead
