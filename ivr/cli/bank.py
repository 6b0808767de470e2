"""`ivr bank`: run only the demo bank, for development and tests. Listens on loopback by default."""

from __future__ import annotations

from pathlib import Path

import click

from ._refused import Refused
from ._sockets import Address


@click.command(
    name="bank", short_help="Run the demo bank alone.", context_settings={"help_option_names": ["-h", "--help"]}
)
@click.option(
    "--bind",
    metavar="HOST:PORT",
    type=Address(),
    default="127.0.0.1:8700",
    show_default=True,
    help="Where to listen; 0 picks a free port.",
)
@click.option("--slow", metavar="MS", type=float, default=0, help="Wait before each answer.")
@click.option("--fail", metavar="RATE", type=float, default=0, help="Share of requests that fail, 0 to 1.")
@click.option(
    "--database",
    metavar="FILE",
    type=click.Path(dir_okay=False, path_type=Path),
    default=Path("var/demo_bank.db"),
    show_default=True,
    help="The bank's database; created and filled if it is missing.",
)
def command(bind: tuple[str, int], slow: float, fail: float, database: Path) -> None:
    """Run only the demo bank.

    \b
    Example:
      ivr bank --slow 800 --fail 0.1
      curl -d '{"number": "+8613800000001"}' http://127.0.0.1:8700/caller

    Prints its address once it answers, and runs until it is interrupted. The six customers are invented and always the
    same. POST /admin/reset restores the data; POST /admin/faults makes answers slow or faulty.
    """  # noqa: D301 - click keeps the lines of a paragraph that begins with a backspace
    import sqlite3

    from ivr.demo.bank.serving import CannotListen, serve

    host, port = bind
    try:
        serve(host, port, database, slow_ms=slow, fail_rate=fail, listening=click.echo)
    except ValueError as fault:
        raise click.BadParameter(f"{fault}.", param_hint=["--slow", "--fail"]) from None
    except CannotListen as fault:
        raise Refused(
            f"cannot listen on {host}:{port}: {fault.strerror}. Choose another address with --bind."
        ) from None
    except (OSError, sqlite3.Error) as fault:
        reason = fault.strerror if isinstance(fault, OSError) else fault
        raise Refused(f"cannot use {database}: {reason}. Name another file with --database.") from None
