"""`ivr calls`: list calls, show one in detail, and delete old ones. Must not show what was typed."""

from __future__ import annotations

import json
import time
from collections.abc import Mapping, Sequence
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from ._refused import Refused
from ._stores import TOKEN, kept_store, operator, settings_for

if TYPE_CHECKING:
    from ivr.stores import Store

USUAL = 20


class OrACall(click.Group):
    """A group that takes an unknown command as the id of a call."""

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """Return the command, or `show` with the argument as call id."""
        # No id of a call is the name of a command: carriers begin them with CA.
        return super().resolve_command(ctx, args if args[0] in self.commands else ["show", *args])


@click.group(cls=OrACall, invoke_without_command=True, short_help="Show live and past calls.")
@click.option("--live", "which", flag_value="live", help="Only live calls.")
@click.option("--past", "which", flag_value="past", help="Only calls that have ended.")
@click.option(
    "--limit",
    type=click.IntRange(1, 10_000),
    default=USUAL,
    show_default=True,
    help="How many live and past calls each.",
)
@click.option("--numbers", is_flag=True, help="Show callers' numbers in full.")
@click.option("--json", "as_json", is_flag=True, help="Write one JSON array.")
@click.pass_context
def command(ctx: click.Context, which: str | None, limit: int, numbers: bool, as_json: bool) -> None:
    """List live and past calls, the newest first.

    \b
    Example:
      ivr calls --live
      ivr calls CA0123456789abcdef --json
      ivr calls prune --before 2026-01-01

    With a call's id: its path, reasons, identity level, tickets, messages and survey. Numbers are masked without
    --numbers; what was typed is not stored at all. Reads the store of IVR_STORE. Exit codes: 1 if there is no such
    call, 2 for wrong usage.
    """  # noqa: D301
    if ctx.invoked_subcommand is not None:
        return
    with kept_store(settings_for(), reads=True) as store:
        details = [
            _context(store, call_id, numbers=numbers)
            for live in (True, False)
            if which in (None, "live" if live else "past")
            for call_id in store.calls(live=live, limit=limit)
        ]
    if as_json:
        click.echo(json.dumps([_short(context) for context in details], ensure_ascii=False))
        return
    if not details:
        click.echo("There are no calls.")
    for context in details:
        click.echo(_line(context))


@command.command(hidden=True)
@click.argument("call_id", metavar="CALL_ID")
@click.option("--numbers", is_flag=True, help="Show the caller's number in full.")
@click.option("--json", "as_json", is_flag=True, help="Write one JSON object.")
@click.option("--recordings", is_flag=True, help="List the call's recordings instead: messages, and talks with agents.")
@click.option("--save", type=click.Path(file_okay=False), help="Fetch them from the carrier into this folder.")
@click.option("--by", default=operator, show_default="your user name", help="Who listens; stored with the call.")
def show(call_id: str, numbers: bool, as_json: bool, recordings: bool, save: str | None, by: str) -> None:
    """Show one call in detail, or its recordings.

    \b
    Example:
      ivr calls CA0123456789abcdef --json
      ivr calls CA0123456789abcdef --recordings --save /tmp/words
    """  # noqa: D301
    if recordings or save:
        _recordings(call_id, save, by, as_json=as_json)
        return
    with kept_store(settings_for()) as store:
        exists = store.load(call_id) is not None
        context = _context(store, call_id, numbers=numbers)
    if not exists:
        click.echo(f"There is no call {call_id!r}; ivr calls lists the calls.", err=True)
        raise click.exceptions.Exit(1)
    if as_json:
        click.echo(json.dumps(context, ensure_ascii=False))
        return
    for line in _detail_lines(context):
        click.echo(line)


@command.command()
@click.option("--before", metavar="DAY", required=True, help="The first day to keep, such as 2026-01-01.")
@click.option("--yes", is_flag=True, help="Do not ask.")
def prune(before: str, yes: bool) -> None:
    """Delete calls that ended before a day, and their journal. This cannot be undone.

    \b
    Example:
      ivr calls prune --before 2026-01-01

    The server itself deletes calls older than IVR_RETENTION_DAYS. Complaints, surveys and call backs are kept.
    """  # noqa: D301
    from ivr.calendar import staff_calendar
    from ivr.jobs.housekeeping import forget_before

    try:
        day = datetime.strptime(before, "%Y-%m-%d").replace(tzinfo=staff_calendar().zone)
    except ValueError:
        raise click.BadParameter(f'"{before}" is no day; write 2026-01-01', param_hint="--before") from None
    if day > datetime.now(staff_calendar().zone):
        raise Refused(f"{before} is in the future.")
    if not yes:
        click.confirm(f"Delete all calls from before {before}?", abort=True, err=True)
    with kept_store(settings_for()) as store:
        gone = forget_before(store, day.timestamp())
    click.echo(f"{gone} journal rows are deleted, and the calls without any left.")


def _recordings(call_id: str, folder: str | None, by: str, *, as_json: bool) -> None:
    """List the recordings of a call, or fetch them into a folder; each fetch is noted in the call's journal."""
    from ivr.channels.registry import open_channels, recording_source
    from ivr.services.recordings import CallRecordings

    settings = settings_for(TOKEN, f"{TOKEN}_FILE", "TWILIO_ACCOUNT_SID", "TWILIO_API_URL")
    with kept_store(settings) as store:
        of_calls = CallRecordings(store, recording_source(open_channels(settings, lambda _: "")))
        kept = of_calls.of_call(call_id)
        for recording in kept if folder else ():
            sound = of_calls.fetch(call_id, recording.recording, by=by, now=time.time())
            place = Path(folder or ".") / f"{recording.recording}.wav"
            place.parent.mkdir(parents=True, exist_ok=True)
            place.write_bytes(sound)
            click.echo(f"{place} is written.", err=True)
    if as_json:
        rows = [{"recording": row.recording, "kind": row.kind, "seconds": row.seconds} for row in kept]
        click.echo(json.dumps(rows))
        return
    if not kept:
        click.echo(f"The call {call_id} has no recordings.")
    for row in kept:
        click.echo(f"{row.recording}  {row.kind:<12} {row.seconds:>6.0f} s")


def _context(store: Store, call_id: str, *, numbers: bool) -> dict[str, Any]:
    from ivr.engine.journal import journal_rows
    from ivr.reporting.call_detail import detail_of

    return detail_of(call_id, journal_rows(store, call_id), numbers=numbers)


def _short(context: Mapping[str, Any]) -> dict[str, Any]:
    """Return the fields of a call that the list shows."""
    names = ("call", "caller", "called", "tier", "started", "ended", "ended_by", "seconds", "reasons")
    return {**{name: context[name] for name in names}, "at": _place(context["path"])}


def _place(path: Sequence[Mapping[str, Any]]) -> str:
    return str(path[-1]["to"]) if path else ""


def _line(context: Mapping[str, Any]) -> str:
    short = _short(context)
    state = f"ended: {short['ended_by']}" if short["ended"] else f"live, at {short['at'] or 'its start'}"
    about = f"  {', '.join(short['reasons'])}" if short["reasons"] else ""
    started = str(short["started"] or "?")[:16]
    return f"{started}  {short['call']}  {short['caller']:<12} {short['seconds']:>6.0f} s  {state}{about}"


def _detail_lines(context: Mapping[str, Any]) -> list[str]:
    lines = [_line(context), f"  identity: L{context['identity']['level']}"]
    lines += [
        f"  {entry['at']:>6} s  {entry['flow']}.{entry['step']}: {entry['outcome']} -> {entry['to']}"
        for entry in context["path"]
    ]
    for name in ("go_on", "people", "dials_in_vain", "tickets", "messages", "failed_lookups"):
        for entry in context[name]:
            facts = ", ".join(f"{key} {value}" for key, value in entry.items() if key != "at")
            lines.append(f"  {entry['at']:>6} s  {name.replace('_', ' ')}: {facts}")
    if cut_off := context["cut_off"]:
        lines.append(f"  {cut_off['at']:>6} s  cut off at {cut_off['flow']}.{cut_off['step']}")
    if context["survey"]:
        lines.append(f"  survey: {', '.join(f'{key} {value}' for key, value in context['survey'].items())}")
    return lines
