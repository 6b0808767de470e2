"""URLs of sounds that were rendered for one caller. They contain the encrypted text itself.

So any server behind the load balancer can return the sound, rendering it again if necessary, without a shared folder or
a clean-up; and logs of URLs reveal nothing. A URL is valid for as long as a call may last.
"""

from __future__ import annotations

import json
from collections.abc import Callable

from ivr.crypto import Seal
from ivr.errors import StoreError
from ivr.secret import Secret

from .renderer import Wanted

SPOKEN = "spoken"
HOLDS_SECONDS = 4 * 3600
"""Seconds of validity: the longest call that a carrier allows."""
MOST_LETTERS = 8000


class SignedUrls:
    """Writes and reads URLs below /audio/spoken/."""

    def __init__(self, seal: Seal, clock: Callable[[], float]) -> None:
        self._seal, self._clock = seal, clock

    def address(self, want: Wanted) -> str:
        """Return the URL of a sound."""
        content = json.dumps([int(self._clock()), want.language, want.rate, want.spoken], ensure_ascii=False)
        return f"/audio/{SPOKEN}/{self._seal.seal(Secret(SPOKEN, content)).partition('.')[2]}.wav"

    def read(self, name: str) -> Wanted | None:
        """Return the text of a URL; None if it has no valid signature or is too old."""
        if len(name) > MOST_LETTERS or not name.isascii():
            return None
        try:
            content = self._seal.open(f"{SPOKEN}.{name}").reveal()
        except StoreError:
            return None
        # Safe to unpack: only texts that this deployment sealed can be opened.
        at, language, rate, spoken = json.loads(content)
        return Wanted(spoken, language, rate) if abs(self._clock() - at) < HOLDS_SECONDS else None
