"""`ivr doctor`: check a deployment, from its settings to its voices. Must not change anything."""

from __future__ import annotations

import os
from dataclasses import asdict

import click

from ._doctor import Deployment, Finding, examine
from ._options import write_json

_SIGNS = {"fine": "ok", "note": "note", "warning": "WARN", "error": "ERROR"}


@click.command(short_help="Check settings, voices, models, store, signing and public URL.")
@click.option("--json", "as_json", is_flag=True, help="Write one JSON object.")
def command(as_json: bool) -> None:
    """Check a deployment: settings, signing, flows, store, voices, recognisers, prompts, models, the bank.

    \b
    Example:
      ivr doctor
      ivr doctor --json

    Shows every setting with its origin, and the exact URL over which signatures are computed. Each voice renders a
    sentence. The exit code is 1 if calls cannot be taken, 2 if settings are invalid.
    """  # noqa: D301
    from ivr.settings import Settings

    findings = list(examine(Deployment(Settings.from_environment(), os.environ)))
    broken = any(finding.level == "error" for _, finding in findings)
    if as_json:
        rows = [{"check": kind, **asdict(finding)} for kind, finding in findings]
        write_json({"healthy": not broken, "findings": rows})
    else:
        _write(findings)
    if broken:
        raise click.exceptions.Exit(1)


def _write(findings: list[tuple[str, Finding]]) -> None:
    widest = max(len(finding.what) for _, finding in findings)
    last = ""
    for kind, finding in findings:
        if kind != last:
            click.echo(kind)
            last = kind
        click.echo(f"  {_SIGNS[finding.level]:<5} {finding.what:<{widest}}  {finding.text}")
        if finding.cure:
            click.echo(f"        {'':<{widest}}  {finding.cure}")
    counts = {level: sum(finding.level == level for _, finding in findings) for level in ("error", "warning")}
    parts = [f"{count} {level}{'' if count == 1 else 's'}" for level, count in counts.items() if count]
    click.echo(f"\n{', '.join(parts) or 'Everything is fine'}.")
