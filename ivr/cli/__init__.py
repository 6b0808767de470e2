"""The command line `ivr`: every module in this package is one command, discovered by name and imported on use."""

from __future__ import annotations

import importlib
import os
import pkgutil
import sys
import traceback
from difflib import get_close_matches
from typing import Any

try:
    import click
except ModuleNotFoundError:
    raise SystemExit(
        f"The packages of ivr are not installed for {sys.executable}. In a clone, start `python3 -m ivr` instead of "
        "`python3 -m ivr.cli`: it sets up .venv first. Elsewhere: pip install ivr-flows"
    ) from None

from ivr.calendar import use_calendar
from ivr.errors import IvrError

from ._folder_line import folder_calendar

HELP_NAMES = {"help_option_names": ["-h", "--help"]}


class Commands(click.Group):
    """Discovers commands by file name, and reports errors as one sentence instead of a traceback."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Return the commands: the modules of this package without underscore."""
        # By file names, without importing: `ivr --help` would otherwise load the engine, Locust and the voices.
        return sorted(module.name for module in pkgutil.iter_modules(__path__) if not module.name.startswith("_"))

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Import one command."""
        if cmd_name not in self.list_commands(ctx):
            return None
        command: click.Command = importlib.import_module(f"{__name__}.{cmd_name}").command
        command.name = cmd_name
        command.context_settings = {**HELP_NAMES, **command.context_settings}
        return command

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """Return the command that was typed, or fail with the most similar name."""
        names = self.list_commands(ctx)
        if args and args[0] not in names and not args[0].startswith("-"):
            near = get_close_matches(args[0], names, 1)
            hint = f'did you mean "ivr {near[0]}"?' if near else f"the commands are {', '.join(names)}"
            ctx.fail(f"there is no command {args[0]!r}; {hint}")
        return super().resolve_command(ctx, args)

    def invoke(self, ctx: click.Context) -> Any:
        """Run a command; an unexpected exception ends it with exit code 2 and one sentence."""
        use_calendar(folder_calendar)
        try:
            return super().invoke(ctx)
        # A pipe that `head` has closed is an end, and no fault; click knows how to end for it.
        except (click.ClickException, click.exceptions.Exit, click.Abort, BrokenPipeError):
            raise
        except Exception as fault:
            if os.environ.get("IVR_DEBUG"):
                traceback.print_exc()
            text = str(fault) if isinstance(fault, IvrError) else _unexpected(fault)
            click.echo(text if "\n" in text else f"Error: {text}", err=True)
            return ctx.exit(2)


def _unexpected(fault: Exception) -> str:
    """Return the type and place of an exception; its text is left out, since it could contain what a caller typed."""
    if isinstance(fault, ModuleNotFoundError):
        from ivr.settings.extras import not_installed

        return not_installed(fault.name or "")
    # The last frame, where it was raised: type and line are enough for a report, and hold no data.
    place = traceback.extract_tb(sys.exc_info()[2])[-1]
    what = f"{type(fault).__name__} in {os.path.basename(place.filename)}:{place.lineno}"
    if isinstance(fault, OSError) and fault.strerror:
        what = f"{fault.strerror}{f': {fault.filename}' if fault.filename else ''}"
    return f"This did not work: {what}. Set IVR_DEBUG=1 to see where."


@click.group(cls=Commands, context_settings=HELP_NAMES)
@click.version_option(package_name="ivr-flows", prog_name="ivr")
def main() -> None:
    """Telephone voice menus: call one, check one, serve them.

    \b
    Example: ivr demo
    """  # noqa: D301
