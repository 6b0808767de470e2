"""`ivr schema`: write the JSON Schema with which a text editor completes and checks flow files."""

from __future__ import annotations

import json
from pathlib import Path

import click


@click.command(short_help="Write the JSON Schema for editors.")
@click.option("-o", "--output", type=click.Path(dir_okay=False, path_type=Path), help="Write to a file.")
@click.option("--line", "of", flag_value="line", help="The schema of line.yaml instead of flow files.")
@click.option("--lookups", "of", flag_value="lookups", help="The schema of lookups.yaml.")
@click.option("--phrases", "of", flag_value="phrases", help="The schema of phrases.yaml.")
def command(output: Path | None, of: str | None) -> None:
    """Write the JSON Schema (draft-07) of flow files, generated from the installed step kinds.

    \b
    Example:
      ivr schema -o flows/.schema/flow.json
      ivr schema --line -o flows/.schema/line.json
      ivr schema --lookups -o flows/.schema/lookups.json

    A text editor with YAML support then completes keys, explains them and marks errors. It finds the schema by the
    first line of a flow file:

    \b
      # yaml-language-server: $schema=.schema/flow.json
    """  # noqa: D301
    from ivr.flow.own_phrases import phrases_schema
    from ivr.flow.schema import flow_schema, line_schema, lookups_schema
    from ivr.session.step_registry import catalogue

    makers = {"line": line_schema, "lookups": lookups_schema, "phrases": phrases_schema}
    schema = makers[of]() if of else flow_schema(catalogue())
    text = json.dumps(schema, ensure_ascii=False, indent=2)
    if output is None:
        click.echo(text)
        return
    output.parent.mkdir(parents=True, exist_ok=True)
    output.write_text(text + "\n", encoding="utf-8")
    click.echo(f"wrote {output.as_posix()}", err=True)
