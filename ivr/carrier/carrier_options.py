"""Options for behaviour that the carrier does not specify, so that tests can try each; and the result of a call."""

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
    """Behaviour that Twilio does not specify. At most `hops` documents in a row may pass without a sound.

    `screened` is the dial status if the agent answered but did not take the call; `leg_told` says whether the end of
    the leg is reported before or after it.
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
    """The result of a call. `seconds` is time on the call's clock; `faults` includes fatal faults and warnings.

    `documents` counts the documents that could be played.
    """

    call_sid: str
    ended_by: EndedBy
    status: str
    seconds: float
    documents: int
    faults: tuple[TwimlFault, ...] = ()
    dialled: tuple[str, ...] = ()
