"""The end of a command that cannot run: exit code 2 and a sentence that says why and what to change."""

from __future__ import annotations

import click


class Refused(click.ClickException):
    """The command cannot run; the text says why and what to change. Exit code 2."""

    exit_code = 2


def need_extras(*extras: str) -> None:
    """Raise Refused, with the command that installs it, for the first extra that is not installed."""
    from ivr.settings.extras import missing_extra

    for extra in extras:
        if missing := missing_extra(extra):
            raise Refused(missing)
