"""The paths of Twilio's webhooks. Voice, status and fallback are set at Twilio; our TwiML contains the others."""

from __future__ import annotations

from urllib.parse import quote

ROOT = "/twilio"
VOICE, STATUS, FALLBACK = f"{ROOT}/voice", f"{ROOT}/status", f"{ROOT}/fallback"
AGENT_PATH = f"{ROOT}/agent"
LONGEST_LEG = 100
RETRIES = "#rc=3&rp=all&ct=2000&rt=5000"
"""Options for the carrier in every address (Twilio's connection overrides): three more tries after any failure, 2 s to
connect, 5 s for an answer, of 15 s in all. A turn is answered within 3 s, and a request that comes again gets the same
answer. By default only a failed connection is tried again, so a worker that dies in a turn would cost the call."""


def with_retries(address: str) -> str:
    """Return an address with the options for the carrier. They are a fragment: never sent, and not signed."""
    return address + RETRIES


def turn(number: int) -> str:
    """Return the path of the caller's next input; `number` is the turn that it answers."""
    return f"{ROOT}/turn/{number}"


def moved(at: float) -> str:
    """Return the path for a call that the queue moves; the time makes each such request distinct."""
    # Without the time, two moves would be one request by the idempotency key, and the second would get the old reply.
    return f"{turn(0)}?moved={int(at)}"


def agent_leg(leg: str) -> str:
    """Return the path of an agent's leg; its name is escaped, so that it stays one segment of the path."""
    return f"{AGENT_PATH}/{quote(leg[:LONGEST_LEG], safe='')}"
