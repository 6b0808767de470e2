"""`ivr demo`: run a demo bank, a server and a telephone on this machine. Must not contact other machines."""

from __future__ import annotations

import os
import secrets
import signal
import sys
import tempfile
import time
import webbrowser
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from types import FrameType

import click

from ivr.demo.files import demo_folder

from ._children import Child, child
from ._program import program
from ._refused import need_extras
from ._sms import TextMessages, text_messages
from ._sockets import claim_port, url_of
from ._stores import TOKEN
from .line import extras_of_line

HOST = "127.0.0.1"
_FLOW = "main_menu"
_CALLER = "+8613800000001"
HOME = Path("var")
SIP_PORT, _AGENT_PORT = 5060, 5070
_OWN_NUMBER, _DESK = "+861085550199", "+861085550100"
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
    phone_url: str = ""


@dataclass(frozen=True)
class _OwnLine:
    """The telephone line of the demo: SIP, a telephone in the browser, or both."""

    sip: bool
    phone: bool

    def __bool__(self) -> bool:
        return self.sip or self.phone


@click.command(short_help="Call a bank's hotline that runs on this machine.")
@click.option("--headless", is_flag=True, help="Start the bank and the server, print their addresses and keep running.")
@click.option("--port", type=click.IntRange(1, 65535), help="The server's port.  [default: a free one]")
@click.option("--browser", is_flag=True, help="Call from a telephone in the browser instead of the terminal.")
@click.option("--sip", is_flag=True, help="Take calls of softphones at sip:ivr@127.0.0.1 instead.")
def command(headless: bool, port: int | None, browser: bool, sip: bool) -> None:
    """Start a demo bank and a server on this machine, and call it.

    \b
    Example:
      ivr demo
      ivr demo --browser
      ivr demo --sip
      ivr demo --headless --port 8080

    Digits are keys, words are speech, an empty line is silence, and Ctrl-D hangs up. No account is needed, and no data
    leaves this machine: text messages, such as one-time codes, are shown in the terminal.
    """  # noqa: D301
    own_line = _OwnLine(sip, browser)
    if own_line:
        need_extras(*extras_of_line(sip=sip))
    with _quiet_end(), ExitStack() as stack:
        running = _start(stack, port or 0, own_line)
        if headless or own_line:
            if browser and not headless:
                webbrowser.open(running.phone_url)
            _stay(running, own_line)
        _call(running)


def _start(stack: ExitStack, requested_port: int, own_line: _OwnLine) -> Running:
    port = claim_port(HOST, requested_port, "--port")
    bank_port = claim_port(HOST, 0, "--port")
    # A token of the environment may be a real one, so it is used but never printed.
    own_token = os.environ.get(TOKEN, "").strip()
    token = own_token or secrets.token_hex(16)
    HOME.mkdir(exist_ok=True)
    # Every demo starts anew, without cards that were reported lost in an earlier one, and without its calls.
    book = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="demo-", dir=HOME)))
    env = _environment(os.environ, token, url_of(HOST, bank_port), book)
    api_port = claim_port(HOST, 0, "--port") if own_line else 0
    if own_line:
        env |= _carrier(url_of(HOST, port), api_port)
    if own_line == _OwnLine(sip=False, phone=True):
        env["TWILIO_SMS_FROM"] = _OWN_NUMBER  # so the page shows text messages; else the terminal does
    phone_port = claim_port(HOST, 0, "--port") if own_line.phone else 0
    phone_url = f"{url_of(HOST, phone_port)}/phone" if own_line.phone else ""
    env["IVR_PHONE_URL"] = phone_url
    started = [
        stack.enter_context(child(arguments, env, HOME / f"demo-{arguments[0]}.log"))
        for arguments in (
            ["bank", "--bind", f"{HOST}:{bank_port}", "--database", str(book / "bank.db")],
            ["serve", "--bind", f"{HOST}:{port}"],
        )
    ]
    url, bank_url = url_of(HOST, port), url_of(HOST, bank_port)
    # Both were started first and are waited for together, which takes the time of the slower one.
    for process, health in zip(started, (f"{bank_url}/health", f"{url}/health/ready"), strict=True):
        process.wait_for(health)
    if own_line:
        started.append(_line(stack, env, own_line, url, api_port, phone_port))
    texts = stack.enter_context(text_messages(env))
    return Running(url, bank_url, token, not own_token, tuple(started), texts, phone_url)


def _carrier(url: str, api_port: int) -> dict[str, str]:
    """Return the settings with which the server uses the demo's own line as its carrier."""
    from ivr.carrier.requests import DEMO_ACCOUNT

    return {
        "IVR_PUBLIC_URL": url,
        "TWILIO_ACCOUNT_SID": DEMO_ACCOUNT,
        "TWILIO_API_URL": url_of(HOST, api_port),
        "TWILIO_CALL_FROM": _OWN_NUMBER,
    }


def _line(
    stack: ExitStack, env: Mapping[str, str], own_line: _OwnLine, url: str, api_port: int, phone_port: int
) -> Child:
    """Start the line."""
    arguments = ["line", "--url", url, "--api", str(api_port), "--desk", _DESK]
    arguments += ["--phone", f"{HOST}:{phone_port}"] if own_line.phone else []
    arguments += ["--bind", f"{HOST}:{SIP_PORT}"] if own_line.sip else ["--no-sip"]
    if own_line.sip and not own_line.phone:
        arguments += ["--number", f"{_DESK}=sip:desk@{HOST}:{_AGENT_PORT}"]
    process = stack.enter_context(child(arguments, env, HOME / "demo-line.log"))
    process.wait_for(f"{url_of(HOST, api_port)}/health")
    return process


_NOT_OURS = frozenset({"IVR_PUBLIC_URL", "IVR_ALARM_URL", "IVR_ASR"})
"""Settings that the demo ignores, with those of carriers: it must not send messages or alarms, or place calls."""


def _environment(environment: Mapping[str, str], token: str, bank_url: str, book: Path) -> dict[str, str]:
    """Return the environment of the demo's server: the given one, with the demo's own addresses and token."""
    from ivr.channels.registry import carrier_variables

    ignored = _NOT_OURS | carrier_variables()
    env = {name: value for name, value in environment.items() if name not in ignored}
    defaults = {"IVR_STORE": f"sqlite:///{book}/ivr.db"}
    for name, folder in (("IVR_FLOWS", "flows"), ("IVR_AUDIO", "audio")):
        if not Path(folder).is_dir():
            defaults[name] = str(demo_folder(folder))
    return {**defaults, **env, TOKEN: token, "IVR_BANK_URL": bank_url}


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


def _stay(running: Running, own_line: _OwnLine) -> None:
    """Print the settings for another terminal, and wait for Ctrl-C or the end of a child."""
    lines = [
        *_how_to_dial(running, own_line),
        f"# The demo's server; its bank is {running.bank_url}. In another terminal:",
        f"export IVR_PUBLIC_URL={running.url}",
        *([f"export {TOKEN}={running.token}"] if running.own_token else []),
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


def _how_to_dial(running: Running, own_line: _OwnLine) -> list[str]:
    customer = f"For the balance of {_CALLER} the card ends in 0128 and the PIN is 135790."
    lines = []
    if own_line.phone:
        lines += [
            f"Call from the browser: {running.phone_url}",
            f"An agent's telephone, in a second tab: {running.phone_url}?side=agent",
        ]
    if own_line.sip:
        lines += [f"Call from a softphone: sip:ivr@{HOST}:{SIP_PORT} (UDP, PCMA or PCMU; no registration)"]
        if not own_line.phone:
            lines += [f"An agent's softphone, which the desk's calls ring: one that listens at {HOST}:{_AGENT_PORT}"]
    return [*lines, customer, ""] if lines else []


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
