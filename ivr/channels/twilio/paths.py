"""The paths of Twilio's webhooks. Voice, status and fallback are set at Twilio; our TwiML contains the others."""

from __future__ import annotations

from urllib.parse import quote

ROOT = "/twilio"
VOICE, STATUS, FALLBACK = f"{ROOT}/voice", f"{ROOT}/status", f"{ROOT}/fallback"
AGENT_PATH = f"{ROOT}/agent"
LONGEST_LEG = 100


def turn(number: int) -> str:
    """Return the path of the caller's next input; `number` is the turn that it answers."""
    return f"{ROOT}/turn/{number}"


def moved(at: float) -> str:
    """Return the path for a call that the queue moves; the time makes each such request distinct."""
    return f"{turn(0)}?moved={int(at)}"


def agent_leg(leg: str) -> str:
    """Return the path of an agent's leg; its name is escaped, so that it stays one segment of the path."""
    return f"{AGENT_PATH}/{quote(leg[:LONGEST_LEG], safe='')}"
