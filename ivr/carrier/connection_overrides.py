"""The options in the fragment of an address by which a server asks the carrier to send a request again.

Twilio calls them connection overrides: `#rc=3&rp=all` retries three times after any failure. They are never sent.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache
from typing import Literal
from urllib.parse import parse_qsl

Cause = Literal["4xx", "5xx", "ct", "rt"]
"""The failures that `rp` names: answers with an error, no connection in time, no answer in time."""
_CAUSES = frozenset({"4xx", "5xx", "ct", "rt", "all"})
_MOST_RETRIES = 5


@dataclass(frozen=True)
class ConnectionOverrides:
    """How often a request is sent again, and after which failures."""

    retries: int = 1
    after: frozenset[str] = frozenset({"ct"})

    def again(self, attempt: int, cause: Cause | None) -> bool:
        """Return whether a request is sent again after its `attempt`-th failure; None is a success."""
        return cause is not None and attempt <= self.retries and not self.after.isdisjoint({cause, "all"})


@lru_cache(maxsize=64)
def connection_overrides(fragment: str) -> ConnectionOverrides:
    """Read a fragment. Raises ValueError for a value that the carrier refuses."""
    options = dict(parse_qsl(fragment))
    # Twilio's defaults: one retry, and only after a connection that could not be opened.
    count, after = options.get("rc", "1"), frozenset(options.get("rp", "ct").split(","))
    if not re.fullmatch(f"[0-{_MOST_RETRIES}]", count):
        raise ValueError(f"rc={count} is not a number up to {_MOST_RETRIES}")
    if not after <= _CAUSES:
        raise ValueError(f"rp={','.join(sorted(after))} is not a list of {', '.join(sorted(_CAUSES))}")
    return ConnectionOverrides(int(count), after)
