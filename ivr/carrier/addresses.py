"""Where a number's webhooks are on our server, as they are set at the carrier. Other addresses come from answers."""

from __future__ import annotations

VOICE, STATUS, FALLBACK = "/twilio/voice", "/twilio/status", "/twilio/fallback"


def voice(flow: str | None = None) -> str:
    """Return the path at which a call arrives: at a flow, or at the flow of the called number."""
    return f"{VOICE}/{flow}" if flow else VOICE
