"""`ivr where`: each use of a step, flow, variable, text, number or desk."""

from __future__ import annotations

from pathlib import Path

import click

from ._names import folder_option, name_uses
from ._options import JSON_OPTION, write_json
from ._refused import Refused


@click.command(short_help="List where a step, value, text, number or desk is used.")
@click.argument("name")
@folder_option
@JSON_OPTION
def command(name: str, flows: Path | None, as_json: bool) -> None:
    """List where NAME is defined and used, in flows, line.yaml and conversations.

    \b
    Example:
      ivr where after_balance
      ivr where account --json
    """  # noqa: D301
    uses, _ = name_uses(name, flows)
    if not uses:
        raise Refused(f'no step, flow, value, text, number or desk is called "{name}".')
    if as_json:
        rows = [(use.place, use) for use in uses]
        write_json(
            [
                {"file": place.file, "line": place.line, "column": place.column, "kind": use.kind, "flow": use.flow}
                | {"defines": use.defines}
                for place, use in rows
            ]
        )
        return
    for use in uses:
        of = f" of {use.flow}" if use.flow else ""
        click.echo(f"{use.place}: {use.kind}{of}{', defined here' if use.defines else ''}")
