"""The settings that a server for other machines must have, and secrets that are too weak for it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from urllib.parse import urlsplit

from . import VARIABLES, Settings
from .hidden import Hidden
from .parsers import SHORTEST_TOKEN

FEWEST_CHARACTERS = 6
"""The fewest different characters of a secret; one of 24 random hexadecimal digits has fewer once in a billion."""
_SAMPLE = re.compile(
    r"your|change.?me|example|sample|secret|password|passw0rd|token|test|demo|xxxx|1234567|abcdef|f00d|cafe", re.I
)
_SECRETS = ("auth_token", "key", "api_token", "metrics_token")


def production_faults(settings: Settings) -> Iterator[str]:
    """Yield what keeps these settings from being used in production, a sentence each. No sentence holds a secret.

    Production is a server whose address is that of another machine, or that listens on more than this one.
    """
    # The token of the carrier may be changed at any time, and what was sealed with it could not be read any more.
    if not settings.key:
        yield (
            "IVR_KEY is not set: it encrypts what is stored, and is not taken from the carrier's token."
            " Make one with: openssl rand -hex 32"
        )
    elif settings.key == settings.auth_token:
        yield "IVR_KEY is the carrier's token; make a key of its own with: openssl rand -hex 32"
    for name in _SECRETS:
        value: Hidden = getattr(settings, name)
        if value and (fault := _weakness(value.reveal())):
            cure = "copy it from the carrier" if name == "auth_token" else "make one with: openssl rand -hex 32"
            yield f"{VARIABLES[name]} {fault}; {cure}"


def public_host(settings: Settings) -> str:
    """Return the host that the carrier requests; empty if it is not set."""
    return urlsplit(settings.public_url).hostname or ""


def _weakness(secret: str) -> str:
    if len(secret) < SHORTEST_TOKEN:
        return f"is shorter than {SHORTEST_TOKEN} characters"
    if len(set(secret)) < FEWEST_CHARACTERS:
        return "repeats a few characters"
    # Random hexadecimal digits may spell a sample's word; a sample is mostly words.
    words = sum(len(word[0]) for word in _SAMPLE.finditer(secret))
    return "looks like a sample from a manual" if words * 3 >= len(secret) else ""
