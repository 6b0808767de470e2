"""`ivr demo`: run a demo bank, a server and a telephone on this machine. Must not contact other machines."""

from __future__ import annotations

import os
import secrets
import signal
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from types import FrameType

import click

from ivr.demo.files import demo_folder

from ._children import Child, child
from ._program import program
from ._sms import TextMessages, text_messages
from ._sockets import claim_port, url_of

HOST = "127.0.0.1"
_FLOW = "main_menu"
_CALLER = "+8613800000001"
HOME = Path("var")
NEXT = """\

What to try next:
  {ivr} demo             call again; for the balance the card ends in 0128 and the PIN is 135790
  {ivr} demo --headless  keep the server running, and see how to call and load it
  {change}"""


@dataclass(frozen=True)
class Running:
    """The demo's server and bank. A token from the environment (`own_token` is False) is not shown."""

    url: str
    bank_url: str
    token: str
    own_token: bool
    children: tuple[Child, ...]
    texts: TextMessages | None


@click.command(short_help="Call a bank's hotline that runs on this machine.")
@click.option("--headless", is_flag=True, help="Start the bank and the server, print their addresses and keep running.")
@click.option("--port", type=click.IntRange(1, 65535), help="The server's port.  [default: a free one]")
def command(headless: bool, port: int | None) -> None:
    """Start a demo bank and a server on this machine, and call it.

    \b
    Example:
      ivr demo
      ivr demo --headless --port 8080

    Digits are keys, words are speech, an empty line is silence, and Ctrl-D hangs up. No account is needed, and no data
    leaves this machine: text messages, such as one-time codes, are shown in the terminal.
    """  # noqa: D301
    with _quiet_end(), ExitStack() as stack:
        running = _start(stack, port or 0)
        if headless:
            _stay(running)
        _call(running)


def _start(stack: ExitStack, requested_port: int) -> Running:
    port = claim_port(HOST, requested_port, "--port")
    bank_port = claim_port(HOST, 0, "--port")
    own_token = os.environ.get("TWILIO_AUTH_TOKEN", "").strip()
    token = own_token or secrets.token_hex(16)
    HOME.mkdir(exist_ok=True)
    # Every demo starts anew, without cards that were reported lost in an earlier one, and without its calls.
    book = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="demo-", dir=HOME)))
    env = _environment(os.environ, token, url_of(HOST, bank_port), book)
    started = [
        stack.enter_context(child(arguments, env, HOME / f"demo-{arguments[0]}.log"))
        for arguments in (
            ["bank", "--bind", f"{HOST}:{bank_port}", "--database", str(book / "bank.db")],
            ["serve", "--bind", f"{HOST}:{port}"],
        )
    ]
    url, bank_url = url_of(HOST, port), url_of(HOST, bank_port)
    for process, health in zip(started, (f"{bank_url}/health", f"{url}/health/ready"), strict=True):
        process.wait_for(health)
    texts = stack.enter_context(text_messages(env))
    return Running(url, bank_url, token, not own_token, tuple(started), texts)


_NOT_OURS = frozenset(
    {
        *("IVR_PUBLIC_URL", "IVR_ALARM_URL", "TWILIO_AUTH_TOKEN_FILE", "TWILIO_SMS_FROM", "TWILIO_CALL_FROM"),
        *("TWILIO_TASKROUTER_WORKFLOW_SID", "TWILIO_API_URL", "IVR_ASR"),
    }
)
"""Settings that the demo ignores: it has its own address, and must not send messages or alarms, or place calls."""


def _environment(environment: Mapping[str, str], token: str, bank_url: str, book: Path) -> dict[str, str]:
    """Return the environment of the demo's server: the given one, with the demo's own addresses and token."""
    env = {name: value for name, value in environment.items() if name not in _NOT_OURS}
    defaults = {"IVR_STORE": f"sqlite:///{book}/ivr.db"}
    for name, folder in (("IVR_FLOWS", "flows"), ("IVR_AUDIO", "audio")):
        if not Path(folder).is_dir():
            defaults[name] = str(demo_folder(folder))
    return {**defaults, **env, "TWILIO_AUTH_TOKEN": token, "IVR_BANK_URL": bank_url}


def _call(running: Running) -> None:
    from ivr.carrier.terminal.phone import run_phone

    run_phone(running.url, running.token, _CALLER, _FLOW, news=running.texts or tuple)
    click.echo(NEXT.format(ivr=program(), change=_how_to_change()))


def _how_to_change() -> str:
    """Return a sentence about the files with the prompts: in this folder, or in one to be created by `ivr new`."""
    flow, width = Path("flows") / f"{_FLOW}.yaml", len(program()) + 16
    if flow.is_file():
        return f"{flow.as_posix():{width}}  what the caller hears stands here; change it and call again"
    return f"{f'{program()} new my-line':{width}}  a folder of your own with these flows; change them and call again"


def _stay(running: Running) -> None:
    """Print the settings for another terminal, and wait for Ctrl-C or the end of a child."""
    lines = [
        f"# The demo's server; its bank is {running.bank_url}. In another terminal:",
        f"export IVR_PUBLIC_URL={running.url}",
        *([f"export TWILIO_AUTH_TOKEN={running.token}"] if running.own_token else []),
        f"# {program()} call {_FLOW} --url {running.url}",
        f"# {program()} load {_FLOW} --url {running.url} --users 50 --duration 10s",
        "# Ctrl-C ends it.",
    ]
    click.echo("\n".join(lines))
    sys.stdout.flush()
    while True:
        time.sleep(0.5)
        for message in running.texts() if running.texts else ():
            click.echo(message)
            sys.stdout.flush()
        for process in running.children:
            process.check()


@contextmanager
def _quiet_end() -> Iterator[None]:
    """End the demo in order and without a message on SIGINT, SIGTERM or a closed terminal."""

    def end(number: int, frame: FrameType | None) -> None:  # noqa: ARG001
        raise KeyboardInterrupt

    for number in (signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, end)
    try:
        yield
    except KeyboardInterrupt:
        click.echo(err=True)
