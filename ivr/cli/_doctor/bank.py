"""Check whether the bank's back end accepts connections. Must not send it a request."""

from __future__ import annotations

from collections.abc import Iterator

from . import Check, Deployment, Finding


class BankCheck(Check):
    """Opens a connection to the back end, as the server's health check does."""

    kind = "bank"
    order = 70

    def findings(self, deployment: Deployment) -> Iterator[Finding]:
        """Yield whether lookups can be answered."""
        from ivr.net.reachability import Reach

        url = deployment.settings.bank_url
        if not url:
            yield Finding("warning", "IVR_BANK_URL", "not set: every lookup takes its on_error branch", "Set it.")
        elif trouble := Reach(url).trouble():
            yield Finding("warning", url, f"{trouble}: every lookup takes its on_error branch")
        else:
            yield Finding("fine", url, "accepts connections")
