"""List every setting with its origin. Secrets are masked."""

from __future__ import annotations

from collections.abc import Iterator

from ivr.settings.misspelt import misspelt

from . import Check, Deployment, Finding


class SettingsCheck(Check):
    """Lists the settings. That they are valid was checked when they were read."""

    kind = "settings"
    order = 10

    def findings(self, deployment: Deployment) -> Iterator[Finding]:
        """Yield a line for each setting, and what keeps a server from starting with them."""
        from ivr.backends.exposure import unsafe_services, unsafe_settings

        for source in deployment.settings.sources():
            yield Finding("fine", source.name, f"{source.value or '-'} ({source.origin})")
        settings, release = deployment.settings, deployment.release
        for fault in (*unsafe_settings(settings), *(unsafe_services(settings, release.lookups) if release else ())):
            yield Finding("error", "production", fault, "ivr serve does not start like this.")
        of_lookups = deployment.release.lookups.settings() if deployment.release else ()
        for name, meant in misspelt(deployment.env, of_lookups):
            yield Finding("warning", name, "is no setting", f"Did you mean {meant}?" if meant else "")
