"""`ivr publish`: check flows, test them, and let all new calls get them at once. Must not change a live call."""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, NoReturn

import click

from ._datetime_param import Moment, moment_text
from ._objections import failed_conversations, is_fatal, judged_files, judged_folder, new_warnings
from ._options import BY_OPTION, JSON_OPTION
from ._published import report_of
from ._refused import Refused
from .test import CONVERSATIONS_FOLDER

if TYPE_CHECKING:
    from ivr.diagnostics.problem import Problem
    from ivr.flow.model import Release
    from ivr.services.publishing.audit import AuditEntry
    from ivr.services.publishing.publication import Publication
    from ivr.services.publishing.service import Publishing
    from ivr.settings import Settings
    from ivr.stores import Store

OBJECTIONS_SHOWN = 10
_RULES_CURE = "Correct the flows; ivr explain RULE tells why. The conversations were not played."
_CONVERSATIONS_CURE = "Correct the flows, or the conversations where the change is meant; ivr test shows them."


class _Share(click.ParamType[float]):
    """A share of calls, written 10 % or 0.1."""

    name = "share"

    def convert(self, value: object, param: click.Parameter | None, ctx: click.Context | None) -> float:
        """Read a share from more than 0 to less than 1."""
        text = str(value).strip()
        try:
            share = float(text.removesuffix("%")) / (100 if text.endswith("%") else 1)
        except ValueError:
            share = 0.0
        if not 0 < share < 1:
            self.fail(f"{value!r} is no share of calls; write 10% or 0.1", param, ctx)
        return share


@dataclass(frozen=True)
class _Request:
    """The request of an operator; `what` is a folder, a draft or a version, "" the folder of IVR_FLOWS."""

    what: str
    by: str
    why: str
    draft: str
    share: float | None
    at: float | None
    overrule: str
    conversations: tuple[Path, ...]
    yes: bool
    as_json: bool

    @property
    def action(self) -> str:
        """The action of the audit entry."""
        return "draft" if self.draft else "stage" if self.share else "plan" if self.at else "publish"


@dataclass(frozen=True)
class _Candidate:
    """A release that is to go live, with the problems of its files."""

    release: Release | None
    version: str
    problems: Sequence[Problem]


@click.command(short_help="Check and test the flows, and let new calls get them.")
@click.argument("what", required=False, default="", metavar="[FOLDER|DRAFT|VERSION]")
@click.option("--why", default="", help="The reason; stored in the history. Asked for on a terminal.")
@BY_OPTION
@click.option("--draft", metavar="NAME", default="", help="Only store the flows under a name.")
@click.option("--share", type=_Share(), help="Only for this share of new calls, such as 10%.")
@click.option("--at", type=Moment(), help='At a time: 02:00, "2026-12-24 08:00" or 2h, in the time of the line.')
@click.option("--overrule", metavar="REASON", default="", help="Publish in spite of objections; the reason is stored.")
@click.option("--conversations", multiple=True, type=click.Path(exists=True, path_type=Path), metavar="PATH",
              help="Conversations to play first. May be repeated.  [default: tests/conversations]")  # fmt: skip
@click.option("--yes", is_flag=True, help="Do not ask.")
@click.option("--watch", is_flag=True, help="For development: publish a folder whenever it changes and passes.")
@JSON_OPTION
def command(
    what: str,
    why: str,
    by: str,
    draft: str,
    share: float | None,
    at: float | None,
    overrule: str,
    conversations: tuple[Path, ...],
    yes: bool,
    watch: bool,
    as_json: bool,
) -> None:
    """Check flows, play the conversations, show what changes for callers, and let all new calls get the flows.

    \b
    Example:
      ivr publish --why "credit cards have a key of their own"
      ivr publish --share 10% --why "try the new menu"
      ivr publish --draft autumn
      ivr publish autumn --at 02:00 --why "as approved"

    Without an argument the folder of IVR_FLOWS is published. All workers and machines that share the store switch at
    once; calls under way end with the flows that they began with. Errors are refused. A conversation that fails, or a
    warning that the live flows do not have, is refused unless --overrule gives a reason. With --share, the flows are
    taken back by themselves when errors, no_match or no_input rise. Exit codes: 1 if it is refused, 2 for wrong usage.
    """  # noqa: D301
    from ivr.settings import Settings
    from ivr.stores import open_store

    if sum(map(bool, (draft, share, at))) > 1:
        raise click.UsageError("--draft, --share and --at exclude each other")
    settings = Settings.from_environment()
    if settings.store.startswith("memory:"):
        raise Refused("IVR_STORE=memory: is private to one program, so no server would see the change.")
    if watch:
        from ._watch import watch_folder

        return watch_folder(settings, Path(what) if what else settings.flows, by)
    usual = (CONVERSATIONS_FOLDER,) if CONVERSATIONS_FOLDER.is_dir() else ()
    request = _Request(what, by, why, draft, share, at, overrule, conversations or usual, yes, as_json)
    store = open_store(settings.store)
    try:
        _publish(request, store, settings)
    finally:
        store.close()


def _publish(request: _Request, store: Store, settings: Settings) -> None:
    from ivr.services.publishing.service import Publishing
    from ivr.session.published import stored_release

    request = _with_reason(request)
    publishing = Publishing(store)
    publication = publishing.publication(time.time())
    candidate = _candidate(request, store, settings)
    if any(map(is_fatal, candidate.problems)) or candidate.release is None:
        _refuse_errors(request, publishing, candidate)
    live = stored_release(store, publication.version) if publication.version else None
    # A draft is stored all the same: it may have to survive the release that is live.
    if live and not request.draft and _changes_nothing(candidate.release, publication):
        _tell(request, {"published": False, "version": live.version}, f"Release {live.version} is live already.")
        return
    changes = _changes(live, candidate.release, settings.message_language)
    objections = list(new_warnings(candidate.problems, live, settings.audio))
    played, insists = 0, bool(request.overrule or request.draft)
    if insists or not objections:  # a refusal need not wait for the conversations
        played, failures = failed_conversations(candidate.release, request.conversations)
        objections += failures
    if not request.as_json:
        _show(changes, played, objections)
    if objections and not insists:
        cure = _CONVERSATIONS_CURE if played else _RULES_CURE
        _refuse(request, publishing, candidate, objections, changes, cure)
    _ask(request)
    _go_live(request, publishing, candidate.release, publication, objections, changes)


def _candidate(request: _Request, store: Store, settings: Settings) -> _Candidate:
    """Read a folder, a draft or a version. Raises PublishingError for a name that nothing has."""
    from ivr.flow.folder_files import folder_files
    from ivr.flow.loader import content_hash
    from ivr.services.publishing.service import Publishing

    folder = Path(request.what) if request.what else settings.flows
    if not request.what or folder.is_dir():
        release, problems = judged_folder(folder, settings.audio)
        version = release.version if release else content_hash(folder_files(folder)[1])
        return _Candidate(release, version, problems)
    version = Publishing(store).version_of(request.what)
    release, problems = judged_files(store.release(version) or {}, settings.audio)
    return _Candidate(release, version, problems)


def _changes_nothing(release: Release, publication: Publication) -> bool:
    """Return whether a release is live for all, and nothing else is staged or planned."""
    return publication.versions() == (release.version,)


def _changes(live: Release | None, release: Release, language: str) -> list[str]:
    from ivr.changes.compare import compare
    from ivr.changes.words import sentence_of

    return [sentence_of(change, language) for change in compare(live, release)] if live else []


def _show(changes: Sequence[str], played: int, objections: Sequence[str]) -> None:
    for line in changes:
        click.echo(f"  {line}")
    click.echo(f"{played} conversations were played." if played else "No conversation was played.", err=True)
    for objection in objections[:OBJECTIONS_SHOWN]:
        click.echo(f"  {objection}", err=True)
    if len(objections) > OBJECTIONS_SHOWN:
        click.echo(f"  and {len(objections) - OBJECTIONS_SHOWN} more", err=True)


def _entry(request: _Request, action: str, **more: object) -> AuditEntry:
    from ivr.services.publishing.audit import AuditEntry
    from ivr.services.staff_words import checked_text, staff_name

    reason = checked_text(request.why, "the reason") if request.why.strip() else ""
    return AuditEntry(0, time.time(), action, staff_name(request.by), why=reason, **more)  # type: ignore[arg-type]


def _refuse_errors(request: _Request, publishing: Publishing, candidate: _Candidate) -> NoReturn:
    """Record and report errors, which no reason overrules: calls could not be taken."""
    errors = list(filter(is_fatal, candidate.problems))
    lines = tuple(str(problem) for problem in errors[:OBJECTIONS_SHOWN])
    # A refusal is in the history, too: that a release was tried matters to an audit.
    entry = publishing.refuse(_entry(request, "refuse", version=candidate.version, overruled=lines))
    if request.as_json:
        click.echo(_as_json({"published": False, "version": candidate.version, "objections": list(map(str, errors))}))
    else:
        click.echo(report_of(errors), err=True)
        refused = f"Refused (entry {entry.number} of ivr versions): the flows have errors."
        click.echo(f"{refused} Nothing has changed.", err=True)
    raise click.exceptions.Exit(1)


def _refuse(
    request: _Request,
    publishing: Publishing,
    candidate: _Candidate,
    objections: Sequence[str],
    changes: Sequence[str],
    cure: str,
) -> NoReturn:
    more = {"version": candidate.version, "overruled": tuple(objections[:OBJECTIONS_SHOWN]), "changes": tuple(changes)}
    entry = publishing.refuse(_entry(request, "refuse", **more))
    if request.as_json:
        click.echo(_as_json({"published": False, "version": candidate.version, "objections": list(objections)}))
    else:
        click.echo(
            f"Refused (entry {entry.number} of ivr versions): {len(objections)} objections. Nothing has changed.\n"
            f'{cure} If it must go live all the same: --overrule "REASON".',
            err=True,
        )
    raise click.exceptions.Exit(1)


def _with_reason(request: _Request) -> _Request:
    """Ask a person for the reason."""
    if request.why or not _at_terminal(request):
        return request
    return replace(request, why=click.prompt("Why", default="", show_default=False))


def _ask(request: _Request) -> None:
    """Ask a person whether to go on."""
    if not request.draft and _at_terminal(request):
        click.confirm("Publish?", abort=True)


def _at_terminal(request: _Request) -> bool:
    return not request.yes and not request.as_json and sys.stdin.isatty() and sys.stdout.isatty()


def _go_live(
    request: _Request,
    publishing: Publishing,
    release: Release,
    publication: Publication,
    objections: Sequence[str],
    changes: Sequence[str],
) -> None:
    # The version that was live when the changes were shown. If another operator published meanwhile, the store refuses.
    expected = publication.version
    entry = _entry(
        request,
        request.action,
        share=request.share or 0.0,
        planned_at=request.at or 0.0,
        draft=request.draft,
        overruled=tuple(objections[:OBJECTIONS_SHOWN]),
        overrule_reason=request.overrule if objections else "",
        changes=tuple(changes),
    )
    match request.action:
        case "draft":
            done = publishing.save_draft(release, entry)
            words = f"Release {done.version} is stored as {request.draft}. Publish it with: ivr publish {request.draft}"
        case "stage":
            done = publishing.stage(release, entry, expected=expected)
            words = (
                f"Release {done.version} is live for {request.share:.0%} of new calls. "
                f"Publish it for all with: ivr publish {done.version}"
            )
        case "plan":
            done = publishing.plan(release, entry, expected=expected)
            words = (
                f"Release {done.version} goes live at {moment_text(request.at or 0.0)}. "
                "Withdraw it with: ivr rollback --planned"
            )
        case _:
            done = publishing.publish(release, entry, expected=expected)
            words = f"Release {done.version} is live for all new calls. Go back with: ivr rollback"
    dropped = _dropped(publication) if request.action == "publish" else ""
    published = {"published": request.action != "draft", "action": done.action, "version": done.version}
    _tell(
        request, {**published, "before": done.before, "entry": done.number, "changes": list(changes)}, words + dropped
    )


def _dropped(publication: Publication) -> str:
    """Return what else ends with a publication."""
    staged = f"\nRelease {publication.staged.version} is no longer tried." if publication.staged else ""
    planned = f"\nRelease {publication.planned.version} is no longer planned." if publication.planned else ""
    return staged + planned


def _tell(request: _Request, result: dict[str, object], words: str) -> None:
    click.echo(_as_json(result) if request.as_json else words)


def _as_json(result: dict[str, object]) -> str:
    return json.dumps(result, ensure_ascii=False)
