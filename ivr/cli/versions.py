"""`ivr versions`: what is live, tried, planned and drafted, and who changed it when and why. Changes nothing."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from ._datetime_param import moment_text
from ._options import JSON_OPTION
from ._published import release_named
from ._refused import Refused
from ._stores import kept_store, settings_for

if TYPE_CHECKING:
    from ivr.services.publishing.audit import AuditEntry, Draft
    from ivr.services.publishing.publication import Publication

OBJECTIONS_LISTED = 3
ACTIONS = {
    "publish": "published",
    "stage": "tried by {share:.0%} of calls",
    "plan": "planned for {planned_at}",
    "begin": "went live as planned",
    "rollback": "rolled back to",
    "end_stage": "no longer tried",
    "return": "taken back automatically",
    "unplan": "no longer planned",
    "draft": "drafted as {draft}",
    "refuse": "refused",
}


@click.group(invoke_without_command=True, short_help="Show what is live, and its history.")
@click.option("--limit", type=click.IntRange(1), default=20, show_default=True, help="The most entries of the history.")
@JSON_OPTION
@click.pass_context
def command(ctx: click.Context, limit: int, as_json: bool) -> None:
    """Show what is live, tried, planned and drafted, and who changed it when and why, the newest first.

    \b
    Example:
      ivr versions
      ivr versions --json
      ivr versions save 3f2a9c old-flows

    A version is the content hash of all flow files: the same files have the same version. Reads the store of IVR_STORE.
    """  # noqa: D301
    from ivr.services.publishing.service import Publishing

    if ctx.invoked_subcommand:
        return
    with kept_store(settings_for(), reads=True) as store:
        publishing = Publishing(store)
        publication, drafts = publishing.publication(time.time()), publishing.drafts()
        entries = publishing.entries(limit)
    if as_json:
        click.echo(_as_json(publication, drafts, entries))
        return
    for line in (*_now_lines(publication, drafts), *_history(entries)):
        click.echo(line)


@command.command("save")
@click.argument("version")
@click.argument("folder", type=click.Path(file_okay=False, path_type=Path))
def save(version: str, folder: Path) -> None:
    """Write the flow files of a version or draft into a new folder.

    \b
    Example: ivr versions save 3f2a9c old-flows
    """  # noqa: D301
    if folder.exists() and any(folder.iterdir()):
        raise Refused(f"{folder.as_posix()} is not empty; name a new folder.")
    with kept_store(settings_for()) as store:
        release = release_named(store, version)
    folder.mkdir(parents=True, exist_ok=True)
    for name, text in release.files.items():
        # By the last part of the name: a stored file must not be written outside of the folder.
        (folder / Path(name).name).write_text(text, encoding="utf-8")
    click.echo(f"{len(release.files)} files of release {release.version} are in {folder.as_posix()}.")


def _now_lines(publication: Publication, drafts: list[Draft]) -> Iterator[str]:
    if not publication.version:
        yield "Nothing is published yet: the first start of the server publishes the flows, or ivr publish does."
        return
    yield f"live     {publication.version}  since {moment_text(publication.since)}"
    if publication.staged:
        staged = publication.staged
        yield f"tried    {staged.version}  by {staged.share:.0%} of new calls since {moment_text(staged.since)}"
    if publication.planned:
        yield f"planned  {publication.planned.version}  for {moment_text(publication.planned.at)}"
    for draft in drafts:
        yield f"draft    {draft.version}  {draft.name}, by {draft.by}, {moment_text(draft.at)}"


def _history(entries: list[AuditEntry]) -> Iterator[str]:
    if entries:
        yield ""
    for entry in entries:
        planned_at = moment_text(entry.planned_at) if entry.planned_at else ""
        what = ACTIONS[entry.action].format(share=entry.share, planned_at=planned_at, draft=entry.draft)
        yield f"{entry.number:4}  {moment_text(entry.at)}  {entry.version}  {what}, by {entry.by}{_why(entry.why)}"
        for objection in entry.overruled[:OBJECTIONS_LISTED]:
            yield f"      {'refused for' if entry.action == 'refuse' else 'in spite of'}: {objection}"
        if len(entry.overruled) > OBJECTIONS_LISTED:
            yield "      and more; ivr versions --json lists them"
        if entry.overrule_reason:
            yield f"      overruled because: {entry.overrule_reason}"


def _why(why: str) -> str:
    return f": {why}" if why else ""


def _as_json(publication: Publication, drafts: list[Draft], entries: list[AuditEntry]) -> str:
    import msgspec

    result: Mapping[str, Any] = {
        "live": msgspec.to_builtins(publication),
        "drafts": msgspec.to_builtins(drafts),
        "history": msgspec.to_builtins(entries),
    }
    return json.dumps(result, ensure_ascii=False, indent=2)
