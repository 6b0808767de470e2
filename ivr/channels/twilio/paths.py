"""Every path of Twilio's webhooks. Voice, status and fallback are set at Twilio; the others stand in our answers."""

from __future__ import annotations

from urllib.parse import quote

ROOT = "/twilio"
VOICE, STATUS, FALLBACK = f"{ROOT}/voice", f"{ROOT}/status", f"{ROOT}/fallback"
AGENT = f"{ROOT}/agent"
LONGEST_LEG = 100


def turn(number: int) -> str:
    """Return where the caller's next input goes; `number` is the turn that it answers."""
    return f"{ROOT}/turn/{number}"


def moved(at: float) -> str:
    """Return what a call asks that is fetched out of its wait; the time makes every such request another one."""
    return f"{turn(0)}?moved={int(at)}"


def agent_leg(leg: str) -> str:
    """Return where the leg of an agent is asked about; whatever its name holds, it stays one piece of a path."""
    return f"{AGENT}/{quote(leg[:LONGEST_LEG], safe='')}"
