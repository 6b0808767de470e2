"""`ivr queue`: show waiting callers, agents and call backs, and simulate days of them."""

from __future__ import annotations

import sys
import time
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import click

from ._duration_param import clock_text
from ._open_queue import kept_queue
from ._options import write_json
from ._queue_simulation import simulate_days
from ._refused import Refused

if TYPE_CHECKING:
    from rich.console import RenderableType
    from rich.table import Table

_EVERY = 1.0
"""Seconds between two refreshes."""


@click.group(invoke_without_command=True, short_help="Show who waits for an agent.")
@click.option("--json", "as_json", is_flag=True, help="Write one JSON object.")
@click.option("--once", is_flag=True, help="Show it once instead of refreshing until Ctrl-C.")
@click.pass_context
def command(ctx: click.Context, as_json: bool, once: bool) -> None:
    """Show the desks, waiting callers in queue order, calls with agents, and promised call backs.

    \b
    Example:
      ivr queue
      ivr queue --json
      ivr queue done 11234913
      ivr queue simulate --calls 100 --agents general=10 --agents vip=2

    Refreshes each second on a terminal. Reads the store of IVR_STORE. Without the carrier's account in the settings,
    nothing calls back automatically: agents make the listed calls and close them with "ivr queue done".
    """  # noqa: D301
    if ctx.invoked_subcommand:
        return
    if as_json or once or not sys.stdout.isatty():
        view = _view()
        if as_json:
            write_json(view)
        else:
            _print(view)
        return
    _follow()


@command.command()
@click.argument("reference")
def done(reference: str) -> None:
    """Close a call back that was made by hand.

    \b
    Example:
      ivr queue done 11234913
    """  # noqa: D301
    with kept_queue() as queue:
        if not queue.called_back_by_hand(reference, time.time()):
            raise Refused(f"there is no open call back {reference}; ivr queue lists them.")
    click.echo(f"Call back {reference} is closed.")


command.add_command(simulate_days)


def _view() -> Mapping[str, Any]:
    with kept_queue(reads=True) as queue:
        return queue.view(time.time())


def _follow() -> None:
    from rich.live import Live

    with kept_queue() as queue, Live(_page(queue.view(time.time())), screen=True, auto_refresh=False) as live:
        try:
            while True:
                live.update(_page(queue.view(time.time())), refresh=True)
                time.sleep(_EVERY)
        except KeyboardInterrupt:
            return


def _print(view: Mapping[str, Any]) -> None:
    from rich.console import Console

    # rich takes 80 columns where there is no terminal, and would cut the numbers of callers.
    Console(width=None if sys.stdout.isatty() else 120).print(_page(view))


def _page(view: Mapping[str, Any]) -> RenderableType:
    from rich.console import Group

    tables = [_desks(view["desks"])]
    if view["waiting"]:
        tables.append(_people("Waiting", view["waiting"]))
    if view["with_agents"]:
        tables.append(_people("With agents", view["with_agents"]))
    if view["call_backs"]:
        tables.append(_call_backs(view["call_backs"]))
    return Group(*tables, "" if view["waiting"] else "No caller is waiting.")


def _desks(desks: list[Mapping[str, Any]]) -> Table:
    table = _table("Desks", "desk", "waiting", "longest", "expected", "ready", "busy", "signed on")
    for desk in desks:
        wait = "" if desk["minutes"] is None else f"{desk['minutes']} min"
        counts = (str(desk[name]) for name in ("ready", "busy", "signed_on"))
        table.add_row(desk["desk"], str(desk["waiting"]), clock_text(desk["longest"]), wait, *counts)
    return table


def _people(title: str, people: list[Mapping[str, Any]]) -> Table:
    table = _table(title, "place", "waited", "desk", "priority", "caller", "level", "about", "agent")
    for waiter in people:
        who = " ".join(filter(None, (waiter["name"], waiter["number"])))
        place = "" if waiter["position"] is None else str(waiter["position"])
        about = (waiter["reason"], waiter["agent"])
        table.add_row(
            place, clock_text(waiter["waited"]), waiter["desk"], waiter["priority"], who, f"L{waiter['level']}", *about
        )
    return table


def _call_backs(backs: list[Mapping[str, Any]]) -> Table:
    table = _table("Call backs", "reference", "by", "desk", "priority", "caller", "tries", "about")
    for promise in backs:
        by = promise["by"][11:16] + (" overdue" if promise["overdue"] else "")
        who = " ".join(filter(None, (promise["name"], promise["number"])))
        table.add_row(
            promise["reference"],
            by,
            promise["desk"],
            promise["priority"],
            who,
            str(promise["tries"]),
            promise["reason"],
        )
    return table


def _table(title: str, *columns: str) -> Table:
    from rich.table import Table

    table = Table(title=title, title_justify="left", box=None, pad_edge=False)
    for column in columns:
        table.add_column(column)
    return table
