"""`ivr migrate`: rewrite the old forms of the flow language. Comments and all other lines stay as they are."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from ._fixes import write_fixes
from ._refused import Refused

if TYPE_CHECKING:
    from ivr.flow.model import Release

_MOST_LISTED = 6


@click.command(short_help="Bring older flow files to today's language.")
@click.argument("folder", required=False, type=click.Path(exists=True, file_okay=False, path_type=Path))
@click.option("--dry-run", is_flag=True, help="Only list what would be changed; exit with 1 if there is anything.")
def command(folder: Path | None, dry_run: bool) -> None:
    """Rewrite what has a simpler form today in the flow files of FOLDER (default: that of IVR_FLOWS).

    \b
    Example:
      ivr migrate --dry-run
      ivr migrate flows

    Old forms are still read, and ivr check has a notice of each. Only they are changed: comments, order and blanks
    stay. A second run changes nothing. Folders with errors are refused. What needs a decision is listed, such as
    questions that lookups.yaml does not declare.
    """  # noqa: D301
    from ivr.flow.loader import inspect
    from ivr.flow.old_forms import OLD_FORM
    from ivr.session.step_registry import catalogue
    from ivr.settings import Settings

    folder = folder or Settings.from_environment().flows
    release, problems = inspect(folder, catalogue())
    if release is None or any(problem.level == "error" for problem in problems):
        raise Refused(f"the flows in {folder.as_posix()} have errors; ivr check shows them.")
    old = [problem for problem in problems if problem.rule == OLD_FORM]
    for problem in old if dry_run else ():
        click.echo(f"{problem.place}: {problem.message} {problem.cure}")
    if not dry_run:
        write_fixes(old)
    click.echo(f"{len(old)} old form{'' if len(old) == 1 else 's'} {'found' if dry_run else 'rewritten'}", err=True)
    _tell_undeclared(release)
    if dry_run and old:
        raise click.exceptions.Exit(1)


def _tell_undeclared(release: Release) -> None:
    """List the questions of outside services where the folder has no lookups.yaml."""
    from ivr.engine.service_ports import QUESTIONS

    asked = (step.asks() for flow in release.flows.values() for step in flow.written_steps())
    names = sorted({question.source.name for question in asked if question} - QUESTIONS.keys())
    if names and not release.lookups.declared:
        more = f" and {len(names) - _MOST_LISTED} more" if len(names) > _MOST_LISTED else ""
        listed = ", ".join(names[:_MOST_LISTED]) + more
        click.echo(f"Declare in lookups.yaml what flows ask, so that ivr check knows it: {listed}.", err=True)
