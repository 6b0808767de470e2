"""The requests whose answers nobody plays: that a recording is ready, that a call has ended."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from email.utils import formatdate

from .requests import Carrier, Purpose
from .twiml import TwimlFault


class SideRequests:
    """Those of one call; what goes wrong with them is added to `faults`."""

    def __init__(self, carrier: Carrier, faults: list[TwimlFault]) -> None:
        self._carrier, self._faults = carrier, faults
        self._later: list[Callable[[], None]] = []

    def later(self, tell: Callable[[], None]) -> None:
        """Keep something to tell until the next `flush`."""
        self._later.append(tell)

    def flush(self) -> None:
        """Tell what was kept."""
        while self._later:
            self._later.pop(0)()

    def ended(self, status: str, seconds: float, now: float) -> None:
        """Tell the server how the call ended, if it wants to know."""
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
        """Make one such request."""
        try:
            answer, _ = self._carrier.ask(purpose, "POST", url, extra, status=status)
        except TwimlFault as fault:
            self._faults.append(fault)
            return
        if answer.status >= 400:
            self._faults.append(TwimlFault(11200, f"the {purpose} callback got status {answer.status}", url=url))
