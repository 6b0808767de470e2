"""`ivr risk`: mark callers and customers who may be victims of fraud. Must not store a name in clear."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

import click

from ._datetime_param import Moment, moment_text
from ._refused import Refused
from ._stores import KEY_SETTINGS, NO_KEY, kept_store, operator, seal_of, settings_for

if TYPE_CHECKING:
    from ivr.services.identity.risk import Risks

_REFERENCE = 8


@click.group(short_help="Warn of callers who may be defrauded.")
def command() -> None:
    """Mark callers and customers who may be victims of fraud, as POST /api/risk does.

    \b
    Example:
      ivr risk on 13800000001 --until 18:00 --reason "grandchild scam reported by the branch"
      ivr risk list
      ivr risk off 13800000001

    They hear a warning on their next call and are led to an agent. Name a telephone number or the bank's customer
    number; only a fingerprint is stored. Reads and writes the store of IVR_STORE. Exit codes: 1 if there is no mark to
    remove, 2 for wrong usage.
    """  # noqa: D301


@command.command()
@click.argument("name", metavar="NUMBER|ACCOUNT")
@click.option("--until", type=Moment(), help='18:00, "2026-11-24 08:00" or 2h.  [default: until removed]')
@click.option(
    "--reason", default="", help="The reason, in a few words; it is stored, so it must not contain a card or ID number."
)
def on(name: str, until: float | None, reason: str) -> None:
    """Mark a caller or customer.

    \b
    Example:
      ivr risk on 13800000001 --until 18:00
    """  # noqa: D301
    with _risks() as risks:
        try:
            account = risks.mark(name, time.time(), until=until, reason=reason, by=operator())
        except ValueError as fault:
            raise click.BadParameter(str(fault), param_hint="NUMBER|ACCOUNT") from None
    click.echo(f"{account.shown} is at risk {f'until {moment_text(until)}' if until else 'until the mark is removed'}.")


@command.command()
@click.argument("name", metavar="NUMBER|ACCOUNT")
def off(name: str) -> None:
    """Remove a mark.

    \b
    Example:
      ivr risk off 13800000001
    """  # noqa: D301
    with _risks() as risks:
        try:
            was_marked = risks.clear(name)
        except ValueError as fault:
            raise click.BadParameter(str(fault), param_hint="NUMBER|ACCOUNT") from None
    if not was_marked:
        click.echo("There is no mark for this name.", err=True)
        raise click.exceptions.Exit(1)
    click.echo("The mark is removed.")


@command.command("list")
@click.option("--json", "as_json", is_flag=True, help="Write one JSON array.")
def list_(as_json: bool) -> None:
    """List the marks in force; names are masked.

    \b
    Example:
      ivr risk list --json
    """  # noqa: D301
    with _risks() as risks:
        warnings = [
            {
                "reference": key[:_REFERENCE],
                **mark,
                "since": moment_text(mark["since"]),
                "until": moment_text(mark["until"]) if mark["until"] else None,
            }
            for key, mark in risks.all(time.time())
        ]
    if as_json:
        click.echo(json.dumps(warnings, ensure_ascii=False))
        return
    click.echo(f"Marks: {len(warnings)}" if warnings else "No number or account is marked.")
    for warning in warnings:
        until = f"until {warning['until']}" if warning["until"] else "until removed"
        click.echo(
            f"  {warning['reference']}  {warning['name']:<12} since {warning['since']} {until}"
            f" by {warning['by']} {warning['reason']}"
        )


@contextmanager
def _risks() -> Iterator[Risks]:
    """Open the marks in the server's store. Raises Refused without its key, since names could not be matched."""
    from ivr.services.identity.risk import Risks

    settings = settings_for(*KEY_SETTINGS)
    with kept_store(settings) as store:
        seal = seal_of(settings)
        if seal is None:
            raise Refused(NO_KEY)
        yield Risks(store, seal)
