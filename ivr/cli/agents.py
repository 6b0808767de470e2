"""`ivr agents`: add agents and sign them on and off. Must not route calls; the queue does."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING

import click

from ._open_queue import kept_queue
from ._options import write_json
from ._refused import Refused
from ._stores import kept_store, settings_for

if TYPE_CHECKING:
    from ivr.services.queue.agents import Agents
    from ivr.services.queue.state import Agent

_RESULTS = ("solved", "follow_up", "unsolved")


@click.group(short_help="Sign agents on and off.")
def command() -> None:
    """Add agents, and sign them on and off while calls run.

    \b
    Example:
      ivr agents add li.na --number +861085550121 --desk vip --desk general
      ivr agents ready li.na
      ivr agents list

    A ready agent's telephone rings when a caller is next; the agent hears who calls and presses 1 to take the call. An
    agent who does not pick up gets no more calls until "ivr agents ready". Desks and sites are those of line.yaml.
    Reads and writes the store of IVR_STORE. Exit code: 2 if a change is refused.
    """  # noqa: D301


@command.command()
@click.argument("name")
@click.option("--number", required=True, help="The telephone number (+86...) or a SIP address.")
@click.option("--desk", "desks", multiple=True, required=True, help="A desk of line.yaml; may be repeated.")
@click.option("--language", "languages", multiple=True, help="A language spoken, such as en-US. Default: zh-CN.")
@click.option("--site", default="", help="The site of line.yaml where the agent works.")
def add(name: str, number: str, desks: Sequence[str], languages: Sequence[str], site: str) -> None:
    """Add an agent, signed off, or change one.

    \b
    Example:
      ivr agents add li.na --number +861085550121 --desk vip --language zh-CN --language en-US
    """  # noqa: D301
    with _agents() as agents:
        agent = agents.add(name, number, desks, languages=languages, site=site)
    click.echo(_line(agent, time.time()))


@command.command()
@click.argument("name")
def remove(name: str) -> None:
    """Remove an agent; a call in progress continues."""
    with _agents() as agents:
        agents.remove(name)
    click.echo(f"{name} is removed.")


@command.command()
@click.argument("name")
def ready(name: str) -> None:
    """Sign an agent on, or end a break or the wrap-up time."""
    _change(lambda agents, now: agents.ready(name, now))


@command.command()
@click.argument("name")
@click.option("--why", default="break", show_default=True, help="The reason, in a few words.")
def pause(name: str, why: str) -> None:
    """Give an agent no more calls until ready; a call in progress continues."""
    _change(lambda agents, now: agents.pause(name, now, why=why))


@command.command()
@click.argument("name")
def off(name: str) -> None:
    """Sign an agent off; a call in progress continues."""
    _change(lambda agents, now: agents.off(name, now))


@command.command()
@click.argument("name")
@click.argument("state", type=click.Choice(["up", "down"]))
def site(name: str, state: str) -> None:
    """Skip a site while it is down, for example when its telephone lines fail.

    \b
    Example:
      ivr agents site chengdu down
    """  # noqa: D301
    with _agents() as agents:
        agents.site(name, down=state == "down")
    click.echo(f"Site {name} is {state}.")


@command.command("wrap-up")
@click.argument("name")
@click.argument("call")
@click.option("--reason", required=True, help="What the call was about, by a word of the menus such as lost_card.")
@click.option("--result", type=click.Choice(_RESULTS), required=True, help="Whether it was solved.")
@click.option("--note", default="", help="A note for colleagues, without card and ID numbers.")
def wrap_up_call(name: str, call: str, reason: str, result: str, note: str) -> None:
    """Note the reason and the result of a talk; first contact resolution is judged by it, too.

    \b
    Example:
      ivr agents wrap-up li.na CA0123456789abcdef --reason lost_card --result solved --note 已补卡
    """  # noqa: D301
    from ivr.services.staff_words import StaffError
    from ivr.services.wrap_ups import WrapUps

    with kept_store(settings_for()) as store:
        try:
            WrapUps(store).add(call, name, reason=reason, result=result, note=note, now=time.time())
        except StaffError as fault:
            raise Refused(f"{fault}.") from None
    click.echo(f"{call} is wrapped up.")


@command.command("list")
@click.option("--json", "as_json", is_flag=True, help="Write one JSON array.")
def list_agents(as_json: bool) -> None:
    """List the agents, their state and how long they have been in it."""
    from ivr.services.queue.view import agent_view

    with _agents(reads=True) as register:
        agents = register.agents()
    now = time.time()
    if as_json:
        write_json([agent_view(agent, now) for agent in agents])
        return
    if not agents:
        click.echo("There are no agents: callers are connected with the numbers of the desks in line.yaml.")
    for agent in agents:
        click.echo(_line(agent, now))


def _line(agent: Agent, now: float) -> str:
    from ivr.services.queue.view import agent_view

    view = agent_view(agent, now)
    why = f" ({view['why']})" if view["why"] and view["state"] == "paused" else ""
    since = f" for {view['seconds'] // 60} min" if view["seconds"] is not None and view["state"] != "off" else ""
    site = f" at {agent.site}" if agent.site else ""
    return f"{agent.id:<16} {view['state'] + why + since:<32} {', '.join(agent.desks)}{site}  {agent.number}"


def _change(update: Callable[[Agents, float], Agent]) -> None:
    now = time.time()
    with _agents() as agents:
        agent = update(agents, now)
    click.echo(_line(agent, now))


@contextmanager
def _agents(*, reads: bool = False) -> Iterator[Agents]:
    from ivr.services.queue.agents import AgentsError

    with kept_queue(reads=reads) as queue:
        try:
            yield queue.agents
        except AgentsError as fault:
            raise Refused(f"{fault}.") from None
