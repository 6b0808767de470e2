"""Addresses of sounds that were rendered for one caller. The text itself, sealed, is in the address.

Why: any server behind the balancer can then give the sound, rendering it again if need be, with no shared folder and
nothing to clean up; and a log of addresses tells nothing. An address holds for as long as a call may last.
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
"""The longest call that a carrier allows."""
MOST_LETTERS = 8000


class SignedUrls:
    """Makes and reads addresses below /audio/spoken/."""

    def __init__(self, seal: Seal, clock: Callable[[], float]) -> None:
        self._seal, self._clock = seal, clock

    def address(self, want: Wanted) -> str:
        """Return the address of a sound."""
        content = json.dumps([int(self._clock()), want.language, want.rate, want.spoken], ensure_ascii=False)
        return f"/audio/{SPOKEN}/{self._seal.seal(Secret(SPOKEN, content)).partition('.')[2]}.wav"

    def read(self, name: str) -> Wanted | None:
        """Return what an address asks for; None where it was not made here, or is too old."""
        if len(name) > MOST_LETTERS or not name.isascii():
            return None
        try:
            content = self._seal.open(f"{SPOKEN}.{name}").reveal()
        except StoreError:
            return None
        at, language, rate, spoken = json.loads(content)
        return Wanted(spoken, language, rate) if abs(self._clock() - at) < HOLDS_SECONDS else None
