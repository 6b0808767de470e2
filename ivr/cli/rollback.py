"""`ivr rollback`: undo the newest publication. Must not change a live call."""

from __future__ import annotations

import json
import time

import click

from ._options import BY_OPTION, JSON_OPTION
from ._stores import kept_store, settings_for


@click.command(short_help="Undo the newest publication.")
@click.argument("version", required=False, default="")
@click.option("--why", default="", help="The reason; stored in the history.")
@BY_OPTION
@click.option("--planned", is_flag=True, help="Withdraw the planned release instead.")
@JSON_OPTION
def command(version: str, why: str, by: str, planned: bool, as_json: bool) -> None:
    """Let new calls get the flows that were live before; calls under way end with the flows they began with.

    \b
    Example:
      ivr rollback --why "callers cannot find credit cards"
      ivr rollback 3f2a9c
      ivr rollback --planned

    A release that a share of calls is trying is taken back first. VERSION is the beginning of an earlier version; it is
    live again at once, since it was checked and tested when it was published. Reads the store of IVR_STORE.
    """  # noqa: D301
    from ivr.services.publishing.audit import AuditEntry
    from ivr.services.publishing.service import Publishing
    from ivr.services.staff_words import checked_text, staff_name

    reason = checked_text(why, "the reason") if why.strip() else ""
    with kept_store(settings_for()) as store:
        publishing = Publishing(store)
        entry = AuditEntry(0, time.time(), "unplan" if planned else "rollback", staff_name(by), why=reason)
        if planned:
            done = publishing.unplan(entry)
        else:
            done = publishing.rollback(entry, publishing.version_of(version) if version else "")
        live = publishing.publication(time.time()).version
    if as_json:
        click.echo(json.dumps({"action": done.action, "version": done.version, "live": live, "entry": done.number}))
        return
    words = {
        "rollback": f"Release {done.version} is live again for all new calls (before: {done.before}).",
        "end_stage": f"Release {done.version} is no longer tried; {live} is live for all new calls.",
        "unplan": f"Release {done.version} is no longer planned; {live} stays live.",
    }
    click.echo(words[done.action])
