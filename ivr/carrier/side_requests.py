"""Status callbacks, whose answers are not played: a recording is ready, a call has ended."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from email.utils import formatdate

from .requests import Carrier, Purpose
from .twiml import TwimlFault


class SideRequests:
    """The status callbacks of one call; failures are added to `faults`."""

    def __init__(self, carrier: Carrier, faults: list[TwimlFault]) -> None:
        self._carrier, self._faults = carrier, faults
        self._later: list[Callable[[], None]] = []

    def later(self, tell: Callable[[], None]) -> None:
        """Postpone a callback until the next `flush`."""
        self._later.append(tell)

    def flush(self) -> None:
        """Send the postponed callbacks."""
        # One by one, because a callback may postpone another one.
        while self._later:
            self._later.pop(0)()

    def ended(self, status: str, seconds: float, now: float) -> None:
        """Report the end of the call, if the line has a status URL."""
        self.flush()
        url = self._carrier.line.status_url
        if url:
            extra = {
                "CallDuration": str(round(seconds)),
                "Duration": str(-(-round(seconds) // 60)),
                "Timestamp": formatdate(now),
                "CallbackSource": "call-progress-events",
                "SequenceNumber": "0",
            }
            self.tell("status", url, extra, status)

    def tell(self, purpose: Purpose, url: str, extra: Mapping[str, str], status: str) -> None:
        """Send one callback."""
        try:
            answer, _ = self._carrier.ask(purpose, "POST", url, extra, status=status)
        except TwimlFault as fault:
            self._faults.append(fault)
            return
        if answer.status >= 400:
            self._faults.append(TwimlFault(11200, f"the {purpose} callback got status {answer.status}", url=url))
