"""Options that several commands for staff have, and the form of their JSON."""

from __future__ import annotations

import json
from typing import Any

import click

from ._stores import operator

BY_OPTION = click.option(
    "--by", default=operator, show_default="your user name", help="Who does it; stored in the history."
)
JSON_OPTION = click.option("--json", "as_json", is_flag=True, help="Write JSON.")


def write_json(value: Any) -> None:
    """Print a value as JSON for programs and for people."""
    click.echo(json.dumps(value, ensure_ascii=False, indent=2))
