"""Check whether the flows can be used, and list their languages."""

from __future__ import annotations

from collections.abc import Iterator

from ivr.errors import IvrError

from . import Check, Deployment, Finding, FindingLevel


class FlowsCheck(Check):
    """Loads the flows as the server does."""

    kind = "flows"
    order = 30

    def findings(self, deployment: Deployment) -> Iterator[Finding]:
        """Yield the number of flows, or that they cannot be used."""
        folder = deployment.settings.flows
        if deployment.release is None:
            level: FindingLevel = "warning" if _is_published(deployment) else "error"
            yield Finding(level, str(folder), "the flows cannot be used", f"See: ivr check {folder}")
            return
        count, languages = len(deployment.release.flows), ", ".join(deployment.languages)
        yield Finding("fine", str(folder), f"{count} flow{'' if count == 1 else 's'} in {languages}")


def _is_published(deployment: Deployment) -> bool:
    """Return whether calls are taken with published flows, and not with the folder."""
    try:
        return bool(deployment.publication.version)
    except IvrError:  # the check of the store tells it
        return False
