"""Whether the bank's back end takes connections. It is asked nothing."""

from __future__ import annotations

from collections.abc import Iterator

from . import Check, Deployment, Finding


class BankCheck(Check):
    """Knocks at the back end, as the server's health check does."""

    kind = "bank"
    order = 70

    def findings(self, deployment: Deployment) -> Iterator[Finding]:
        """Yield whether lookups can be answered."""
        from ivr.net.reachability import Reach

        url = deployment.settings.bank_url
        if not url:
            yield Finding("warning", "IVR_BANK_URL", "not set: every lookup takes its on_error way", "Set it.")
        elif trouble := Reach(url).trouble():
            yield Finding("warning", url, f"{trouble}: every lookup takes its on_error way")
        else:
            yield Finding("fine", url, "takes connections")
