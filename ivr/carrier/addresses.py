"""The paths of a number's webhooks on our server, as set at the carrier. Other URLs come from TwiML."""

from __future__ import annotations

VOICE, STATUS, FALLBACK = "/twilio/voice", "/twilio/status", "/twilio/fallback"


def voice(flow: str | None = None) -> str:
    """Return the path for arrivals at a flow, or at the flow of the called number."""
    return f"{VOICE}/{flow}" if flow else VOICE
