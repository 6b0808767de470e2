"""Choose the server of a load test: this machine unless another one is named explicitly."""

from __future__ import annotations

import os
from collections.abc import Mapping
from urllib.parse import urlsplit

from ivr.carrier.http_transport import HttpTransport
from ivr.carrier.requests import Carrier, PhoneLine, new_sid
from ivr.carrier.twiml import TwimlFault
from ivr.net.reachability import is_loopback

from .process import LoadError

DEFAULT_URL = "http://127.0.0.1:8080"


def choose(named: str | None, environment: Mapping[str, str] = os.environ) -> str:
    """Return the base URL. Raises LoadError if it is no web address, or another machine that was not `named`."""
    url = (named or environment.get("IVR_PUBLIC_URL") or DEFAULT_URL).rstrip("/")
    parts = urlsplit(url)
    if parts.scheme not in ("http", "https") or not parts.hostname:
        raise LoadError(f"{url} is no web address; write it as http://127.0.0.1:8080")
    # A variable that is set for the server must not send a thousand calls to production.
    if not named and not is_loopback(parts.hostname):
        raise LoadError(f"IVR_PUBLIC_URL is {url}, not this machine. To load it all the same, name it: --url {url}")
    return url


def probe(line: PhoneLine, seconds: float) -> None:
    """Make one call and end it. Raises LoadError if the server is unreachable or refuses the call."""
    transport = HttpTransport(seconds=seconds)
    carrier = Carrier(line, transport, new_sid("CA"))
    try:
        answer, _ = carrier.ask("voice", "POST", line.voice_url, {}, status="ringing")
        if answer.status == 200:
            carrier.ask("status", "POST", line.status_url, {}, status="completed")
    except TwimlFault as fault:
        raise LoadError(f"{line.voice_url}: {fault.message}. Start a server first: ivr demo --headless") from None
    finally:
        transport.close()
    if answer.status == 403:
        raise LoadError(f"{line.voice_url} refuses the signature (403). {_cure(line)}")
    if answer.status != 200:
        raise LoadError(f"{line.voice_url} answers with status {answer.status}; is this the right server and flow?")


def _cure(line: PhoneLine) -> str:
    if not line.token:
        return "Set TWILIO_AUTH_TOKEN to the token that the server has."
    return "TWILIO_AUTH_TOKEN has to be the server's token, and IVR_PUBLIC_URL the address that it signs over."
