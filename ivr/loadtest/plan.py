"""What a load test is to do, as plain data that travels to the process that does it. It holds no secret."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass

MOST_USERS = 100_000
MOST_SECONDS = 86_400.0
LONGEST_RAMP = 10.0
CALL_SECONDS = 60.0
SLICES = 300


def lines_for(rate: float | None) -> int:
    """Choose how many calls may be up at once: 100, or enough for calls of a minute at a rate."""
    return 100 if rate is None else min(max(100, round(rate * CALL_SECONDS)), MOST_USERS)


@dataclass(frozen=True)
class Plan:
    """The load. Times are seconds of real time.

    `users` bounds the calls at once. With `rate`, calls arrive at random at that many a second; without it, every user
    starts its next call a little after the one before was planned to end. `think` is the median time that a caller
    needs before acting; prompts, silences and talks with a desk pass `speed` times faster than real ones.
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
        """Say how long the load rises: a tenth of the run unless given, and ten seconds at most."""
        return min(self.seconds / 10, LONGEST_RAMP) if self.ramp is None else min(self.ramp, self.seconds)

    @property
    def slice_seconds(self) -> float:
        """Say how long a slice of the report over time is, so that there are never too many."""
        return max(1.0, -(-self.seconds // SLICES))

    def encode(self) -> str:
        """Write as one line."""
        return json.dumps(asdict(self))

    @classmethod
    def decode(cls, line: str) -> Plan:
        """Read what `encode` wrote."""
        return cls(**json.loads(line))
