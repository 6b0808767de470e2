"""Every setting, and where its value came from."""

from __future__ import annotations

from collections.abc import Iterator

from . import Check, Deployment, Finding


class SettingsCheck(Check):
    """Lists the settings; secrets are masked. That they can be read at all was checked before."""

    kind = "settings"
    order = 10

    def findings(self, deployment: Deployment) -> Iterator[Finding]:
        """Yield a line for each setting."""
        for source in deployment.settings.sources():
            yield Finding("fine", source.name, f"{source.value or '-'} ({source.origin})")
