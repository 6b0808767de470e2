"""Who comes before whom. One rule for all, pure, so that a bank can defend it and a test can prove it.

A caller's rank is the time of coming less the head start of the priority. Whoever has waited `bound` seconds is served
before all others, in the order of coming. Fraud pre-empts: such callers belong to those past the bound from the first
second on, and keep their head start there.

**Overtaken by at most the head start.** Let B come before A, and A be ahead of B at some moment.
- Neither is past the bound: came(A) - head(A) < came(B) - head(B), so A came less than head(A) after B.
- A is past the bound by waiting: B has waited longer, so B is past it too, and there the earlier comes first.
- A is a fraud caller. If B is past the bound, came(A) - head(A) < came(B), as before. If B is not, B has waited less
  than the bound, so A came less than the bound after B.
So nobody is overtaken by anyone who comes more than the head start later (for fraud: the head start or the bound,
whichever is longer).

**Nobody starves.** Hence only those can ever be ahead of a caller who were there before, or come within a fixed time
after; they are finitely many, and each of them is served once.
"""

from __future__ import annotations

from ivr.flow.model import Waiting

from .state import Waiter

PREEMPTING = "fraud"
"""The priority that does not wait for the bound: money is leaving an account."""

Rank = tuple[int, float, float, str]
"""Sorts as callers are served: the least first."""


def rank(waiter: Waiter, rules: Waiting, now: float) -> Rank:
    """Return the rank of a caller at a moment; equal ranks are told apart by the time of coming, then by the call."""
    ahead = rules.head_start(waiter.priority)
    if waiter.priority == PREEMPTING:
        return 0, waiter.entered - ahead, waiter.entered, waiter.id
    if now - waiter.entered >= rules.bound:
        return 0, waiter.entered, waiter.entered, waiter.id
    return 1, waiter.entered - ahead, waiter.entered, waiter.id
