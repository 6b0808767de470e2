"""Options that several commands for staff have."""

from __future__ import annotations

import click

from ._stores import operator

BY_OPTION = click.option(
    "--by", default=operator, show_default="your user name", help="Who does it; stored in the history."
)
JSON_OPTION = click.option("--json", "as_json", is_flag=True, help="Write JSON.")
