"""Check whether signatures can be verified, and show the exact URL over which they are computed."""

from __future__ import annotations

import ipaddress
from collections.abc import Iterator
from urllib.parse import urlsplit

from . import Check, Deployment, Finding


class SigningCheck(Check):
    """Checks the token and the public URL."""

    kind = "signing"
    order = 20

    def findings(self, deployment: Deployment) -> Iterator[Finding]:
        """Yield the state of the token and the signed URL."""
        settings = deployment.settings
        if settings.auth_token:
            yield Finding("fine", "token", "set; every request is checked")
        else:
            yield Finding("error", "token", "TWILIO_AUTH_TOKEN is not set", "Set it; ivr serve does not start without.")
        if settings.public_url:
            yield from _public(settings.public_url)
        else:
            yield Finding(
                "warning",
                "signed URL",
                " or ".join(_signed(None)) + ", from each request's Host header",
                "Set IVR_PUBLIC_URL to the address that the carrier calls.",
            )


def _public(public_url: str) -> Iterator[Finding]:
    (url,) = _signed(public_url)
    yield Finding("fine", "signed URL", url)
    if urlsplit(public_url).scheme != "https":
        yield Finding(
            "warning",
            "public URL",
            "it is not https, so what callers type crosses the network unencrypted",
            "Use https.",
        )
    if _is_near(urlsplit(public_url).hostname or ""):
        yield Finding("warning", "public URL", "only this machine or its network can reach it", "Set a public address.")


def _signed(public_url: str | None) -> list[str]:
    """Return the URLs over which the channel verifies the signature of an incoming call."""
    from ivr.channels.twilio.paths import VOICE
    from ivr.channels.twilio.requests import TwilioRequest

    request = TwilioRequest("https", "<the host that was called>", (VOICE,), "", ())
    return list(request.urls(public_url))


def _is_near(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_private
    except ValueError:
        return host == "localhost" or host.endswith((".local", ".internal"))
