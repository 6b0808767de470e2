"""Check what is live: that it can be used here, and that the folder holds nothing else."""

from __future__ import annotations

from collections.abc import Iterator

from ivr.errors import IvrError

from . import Check, Deployment, Finding


class PublishedCheck(Check):
    """Reads what is published in the store."""

    kind = "published"
    order = 41

    def findings(self, deployment: Deployment) -> Iterator[Finding]:
        """Yield which release is live, and whether the folder differs from it."""
        from ivr.cli._datetime_param import moment_text
        from ivr.cli._published import folder_differs
        from ivr.cli._stores import kept_store
        from ivr.session.published import stored_release

        settings = deployment.settings
        folder = settings.flows.as_posix()
        try:
            publication = deployment.publication
            if not publication.version:
                text = "nothing is published yet; the first start of the server publishes the flow files"
                yield Finding("fine", "flows", text)
                return
            with kept_store(settings) as store:
                live = stored_release(store, publication.version)
        except IvrError as fault:
            yield Finding("error", "flows", f"what is live cannot be used: {fault}", "Publish others: ivr publish")
            return
        since = f"since {moment_text(publication.since)}"
        if folder_differs(settings.flows, live):
            text = f"release {live.version} is live {since}; the files in {folder} are others"
            yield Finding("note", "flows", text, "See them with: ivr diff. Let them go live with: ivr publish")
            return
        yield Finding("fine", "flows", f"release {live.version} is live {since}")
