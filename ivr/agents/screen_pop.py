"""Tells the agents' own software who is calling, while the telephone rings: one JSON post, never on a caller's path."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import urllib3

from ..calendar import local
from ..errors import IvrError
from .context import Context
from .floor import Agent, Offer, Waiter

TIMEOUT_SECONDS = 3.0


class NotShown(IvrError):
    """The agents' software did not take what it was told; the call goes on all the same."""


def screen(offer: Offer, waiter: Waiter, agent: Agent | None, told: Context) -> Mapping[str, Any]:
    """Return what is shown of a caller. The number comes as its last digits only, entries as they were masked."""
    return {
        "event": "ringing",
        "call": waiter.id,
        "leg": offer.id,
        "agent": offer.agent,
        "agent_number": agent.number if agent else "",
        "desk": offer.desk,
        "call_back": waiter.calls_back,
        "name": told.name,
        "number_tail": told.number[-4:],
        "customer": told.customer,
        "segment": told.segment,
        "priority": waiter.priority,
        "language": waiter.language,
        "level": waiter.level,
        "reason": told.reason,
        "path": list(told.path),
        "last_contacts": list(told.last_reasons),
        "typed": dict(told.typed),
        "message": told.message,
        "waited": int(max(0.0, offer.made - waiter.entered)),
        "at": local(offer.made).isoformat(timespec="seconds"),
    }


class ScreenPop:
    """Posts to one address. It may hold a token, so no text ever names it."""

    def __init__(self, url: str, *, timeout: float = TIMEOUT_SECONDS) -> None:
        self._url, self._timeout = url, urllib3.Timeout(total=timeout)

    def __call__(self, shown: Mapping[str, Any]) -> None:
        """Post. Raises NotShown when the answer is no success or does not come in time."""
        headers = {"Idempotency-Key": str(shown["leg"])}
        try:
            with urllib3.PoolManager(headers=headers) as pool:
                answer = pool.request(
                    "POST",
                    self._url,
                    json=shown,
                    timeout=self._timeout,
                    retries=False,
                    redirect=False,
                    preload_content=False,
                )
                answer.close()
        except (urllib3.exceptions.HTTPError, ValueError, OSError) as fault:
            raise NotShown(f"the screen pop address cannot be reached ({type(fault).__name__})") from None
        if not 200 <= answer.status < 300:
            raise NotShown(f"the screen pop address answered with status {answer.status}")
