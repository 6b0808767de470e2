"""Whether an agent may take a caller, ever or now. Pure functions; `admits` is also compiled for the simulation."""

from __future__ import annotations

from ivr.flow.desk_access import accesses
from ivr.flow.model import Hotline

from .availability import desk_of
from .state import Agent


def may_serve(line: Hotline, agent: Agent, desk: str) -> bool:
    """Return whether an agent may take callers of a desk, now or after some time."""
    return bool(accesses(line, desk_of(line, desk), agent.desks))


def admits(waited: float, idle: float, least_waited: float, least_idle: float, is_first: bool) -> bool:
    """Return whether a way is open after these seconds of waiting and being idle; for callers who are first, always."""
    return is_first or (waited >= least_waited and idle >= least_idle)
