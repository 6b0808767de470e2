"""`ivr tokens`: create, list and revoke tokens of the API. A token is shown once, when it is created."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict
from typing import TYPE_CHECKING

import click

from ._datetime_param import moment_text
from ._options import JSON_OPTION, write_json
from ._refused import Refused
from ._stores import kept_store, operator, settings_for

if TYPE_CHECKING:
    from ivr.services.api_tokens import ApiTokens


@click.group(short_help="Create and revoke tokens of the API.")
def command() -> None:
    """Create, list and revoke tokens of the API, by role.

    \b
    Example:
      ivr tokens create li.na --role agent
      ivr tokens list
      ivr tokens revoke 3f0c9a2b7d41

    An agent's token changes the state of the agent of its name and wraps up talks. A supervisor's token also reads the
    queue, agents and recordings and works on complaints and tasks. One for operations also adds agents and marks
    callers at risk. Reads and writes the store of IVR_STORE. Exit code: 2 if a change is refused.
    """  # noqa: D301


@command.command()
@click.argument("name")
@click.option("--role", required=True, type=click.Choice(["agent", "supervisor", "operations"]), help="What it may do.")
def create(name: str, role: str) -> None:
    """Create a token and print it. It cannot be shown again: only its hash is stored.

    \b
    Example:
      ivr tokens create wallboard --role supervisor
    """  # noqa: D301
    with _tokens() as tokens:
        try:
            click.echo(tokens.create(name, role, operator(), time.time()))
        except ValueError as fault:
            raise Refused(f"{fault}.") from None


@command.command(name="list")
@JSON_OPTION
def list_tokens(as_json: bool) -> None:
    """List the tokens: id, name, role, who created it and when, and who revoked it."""
    with _tokens() as tokens:
        listed = sorted(tokens.listed(), key=lambda token: token.at)
    if as_json:
        write_json([asdict(token) for token in listed])
        return
    for token in listed:
        over = f"  revoked {moment_text(token.revoked)} by {token.revoked_by}" if token.revoked else ""
        click.echo(f"{token.id}  {token.role:<10}  {token.name}  created {moment_text(token.at)} by {token.by}{over}")


@command.command()
@click.argument("token_id", metavar="ID")
def revoke(token_id: str) -> None:
    """Revoke a token by its id; the next request with it is refused."""
    with _tokens() as tokens:
        if not tokens.revoke(token_id, operator(), time.time()):
            raise Refused(f"there is no valid token {token_id}; ivr tokens list shows the ids.")
    click.echo(f"{token_id} is revoked.")


@contextmanager
def _tokens() -> Iterator[ApiTokens]:
    from ivr.services.api_tokens import ApiTokens

    with kept_store(settings_for()) as store:
        yield ApiTokens(store)
