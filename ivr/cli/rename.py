"""`ivr rename`: a new name for a step, flow, variable, text, number or desk, everywhere at once."""

from __future__ import annotations

from pathlib import Path

import click

from ._names import folder_option, name_uses, refuse_unless_as_sound
from ._refused import Refused


@click.command(short_help="Rename a step, value, text, number or desk everywhere.")
@click.argument("old")
@click.argument("new")
@click.option("--in", "flow", metavar="FLOW", default="", help="The flow whose step or value is meant.")
@folder_option
def command(old: str, new: str, flow: str, flows: Path | None) -> None:
    """Rename OLD to NEW in flows, line.yaml and conversations. Nothing is changed if the flows would break by it.

    \b
    Example:
      ivr rename after_balance what_next
      ivr rename account konto --in main_menu
    """  # noqa: D301
    from ivr.flow.renaming import renamed

    uses, texts = name_uses(old, flows)
    chosen = [use for use in uses if not flow or use.flow in (flow, "")]
    defined = sorted({(use.kind, use.flow) for use in chosen if use.defines})
    if not defined:
        raise Refused(f'no step, flow, value, text, number or desk is called "{old}".')
    if len(defined) > 1:
        shown = ", ".join(f"a {kind} of {where}" if where else f"a {kind}" for kind, where in defined)
        raise Refused(f'"{old}" is {shown}; choose the flow with --in.')
    if name_uses(new, flows)[0]:
        raise Refused(f'"{new}" is used already; see: ivr where {new}')
    kind, of = defined[0]
    if kind == "flow":
        raise Refused("a flow is called like its file; rename the file, and the name at its top.")
    meant = [use for use in chosen if use.kind == kind and use.flow in (of, "")]
    changed, count = renamed(texts, meant, old, new)
    refuse_unless_as_sound(flows, texts, changed)
    for file, text in changed.items():
        Path(file).write_text(text, encoding="utf-8")
    click.echo(f"{count} places in {len(changed)} files")
