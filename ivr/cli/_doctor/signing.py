"""Check whether signatures can be verified, and show the exact URL over which they are computed."""

from __future__ import annotations

import ipaddress
from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from . import Check, Deployment, Finding

if TYPE_CHECKING:
    from ivr.settings import Settings


class SigningCheck(Check):
    """Checks the token and the public URL."""

    kind = "signing"
    order = 20

    def findings(self, deployment: Deployment) -> Iterator[Finding]:
        """Yield the state of the token and the signed URL."""
        from ivr.channels.registry import unsigned

        settings = deployment.settings
        if lacking := unsigned(settings):
            yield Finding("error", "token", lacking, "Set it; ivr serve does not start without.")
        else:
            yield Finding("fine", "token", "set; every request is checked")
        if settings.public_url:
            yield from _public(settings.public_url, _signed_urls(settings))
        else:
            yield Finding(
                "warning",
                "signed URL",
                " or ".join(_signed_urls(settings)) + ", from each request's Host header",
                "Set IVR_PUBLIC_URL to the address that the carrier calls.",
            )


def _public(public_url: str, signed_urls: Iterable[str]) -> Iterator[Finding]:
    for url in signed_urls:
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


def _signed_urls(settings: Settings) -> list[str]:
    """Return the URLs that signatures of incoming calls cover, on every channel."""
    from ivr.channels.registry import open_channels
    from ivr.crypto import KEY_BYTES, Seal

    # Any key serves: no fingerprint is stored, and the server's own would be created if it were missing.
    channels = open_channels(settings, Seal(bytes(KEY_BYTES)).fingerprint)
    return [url for channel in channels.values() for url in channel.signed_urls()]


def _is_near(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_private
    except ValueError:
        return host == "localhost" or host.endswith((".local", ".internal"))
