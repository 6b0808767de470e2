"""The plan of a load test, as plain data that is sent to the load process. Must not hold a secret."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass

MOST_USERS = 100_000
MOST_SECONDS = 86_400.0
LONGEST_RAMP = 10.0
CALL_SECONDS = 60.0
SLICES = 300


def lines_for(rate: float | None) -> int:
    """Return the maximum of simultaneous calls: 100, or enough for calls of one minute at `rate` per second."""
    return 100 if rate is None else min(max(100, round(rate * CALL_SECONDS)), MOST_USERS)


@dataclass(frozen=True)
class Plan:
    """The load. Times are seconds of real time.

    `users` limits the simultaneous calls. With `rate`, calls arrive at random at that many per second; without it,
    every user starts its next call shortly after the planned end of the previous one. `think` is the median time before
    a caller acts; prompts, silences and talks with agents pass `speed` times faster than real ones.
    """

    flow: str
    url: str
    users: int = 100
    rate: float | None = None
    seconds: float = 60.0
    ramp: float | None = None
    think: float = 1.0
    speed: float = 10.0
    budget: float = 1.0
    timeout: float = 15.0
    most_calls: int = 1_000_000
    seed: int = 1
    conversations: str = "tests/conversations"
    public_url: str = ""

    @property
    def ramp_seconds(self) -> float:
        """Return how long the load rises: as configured, else a tenth of the run, but at most ten seconds."""
        return min(self.seconds / 10, LONGEST_RAMP) if self.ramp is None else min(self.ramp, self.seconds)

    @property
    def slice_seconds(self) -> float:
        """Return the length of a time slice in seconds, chosen to bound their number."""
        return max(1.0, -(-self.seconds // SLICES))

    def encode(self) -> str:
        """Return the plan as one line."""
        return json.dumps(asdict(self))

    @classmethod
    def decode(cls, line: str) -> Plan:
        """Parse the result of `encode`."""
        return cls(**json.loads(line))
