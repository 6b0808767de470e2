"""The paths of a number's webhooks on our server, as set at the carrier. Other URLs come from TwiML."""

from __future__ import annotations

OPTIONS = "#rc=3&rp=all&ct=2000&rt=5000"
"""The options for trying again, as the server says that they are to be set with each address."""
VOICE, STATUS, FALLBACK = "/twilio/voice", "/twilio/status", "/twilio/fallback"


def voice(flow: str | None = None) -> str:
    """Return the path for arrivals at a flow, or at the flow of the called number."""
    return f"{VOICE}/{flow}" if flow else VOICE
