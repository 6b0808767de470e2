"""What a carrier leaves open, so that tests can try both ways; and how a call went."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from .caller import DialStatus
from .twiml import TwimlFault

MOST_CALL_SECONDS = 4 * 3600.0  # Twilio ends a call after four hours
MOST_HOPS = 20
EndedBy = Literal["server", "caller", "fault", "limit"]


@dataclass(frozen=True)
class CarrierOptions:
    """What Twilio leaves open. `hops` documents in a row may pass without a sound.

    `screened` is how dialling somebody ends who answered and did not take the call; `leg_told` says whether the end of
    their leg is told before or after that.
    """

    early_keys: Literal["kept", "lost"] = "kept"
    screened: DialStatus = "completed"
    leg_told: Literal["before", "after"] = "before"
    empty_result: Literal["blank", "absent"] = "blank"
    hops: int = MOST_HOPS
    most_seconds: float = MOST_CALL_SECONDS
    ring: float = 3.0
    recordings: str = "https://api.twilio.com/2010-04-01/Accounts"


@dataclass(frozen=True)
class CallResult:
    """How a call went. `seconds` is time on the call's clock; `faults` holds fatal ones and warnings alike.

    `documents` counts those that could be played.
    """

    call_sid: str
    ended_by: EndedBy
    status: str
    seconds: float
    documents: int
    faults: tuple[TwimlFault, ...] = ()
    dialled: tuple[str, ...] = ()
