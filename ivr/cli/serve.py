"""`ivr serve`: run the webhook server under granian. Must not start with invalid flows or unchecked signatures."""

from __future__ import annotations

import functools
import os
import tempfile
from collections.abc import Iterable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from ivr.net.reachability import is_loopback

from ._sockets import Address, Refused, claim_port, url_of

if TYPE_CHECKING:
    from ivr.channels.base import Channel
    from ivr.errors import FlowError
    from ivr.settings import Settings

_THREADS = 64
"""Turns in progress in one worker: a turn that waits for a slow bank must not delay others. Few of them compute at once
(`ivr.net.turnstile`, with the measurements), which shortened the tail where fewer threads did not."""
BACKLOG = 2048
LONGEST_GOODBYE = 15
"""Seconds that turns may still take when the server stops: as long as the carrier waits for an answer."""
_LOGS = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"plain": {"format": "ivr serve: %(message)s"}},
    "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": "plain", "stream": "ext://sys.stderr"}},
    "loggers": {
        name: {"handlers": ["stderr"], "level": "ERROR", "propagate": False} for name in ("_granian", "granian.access")
    },
}
_TRY_OUT = "Set it, or try things out on this machine with: ivr serve --insecure"


@click.command(short_help="Run the webhook server.")
@click.option("--bind", type=Address(), default="127.0.0.1:8080", show_default=True, help="Where to listen.")
@click.option("--workers", type=click.IntRange(1, 64), default=1, show_default=True, help="Processes; one per core.")
@click.option("--insecure", is_flag=True, help="Start without a token and accept every request.")
def command(bind: tuple[str, int], workers: int, insecure: bool) -> None:
    """Run the webhook server.

    \b
    Example:
      export TWILIO_AUTH_TOKEN=... IVR_PUBLIC_URL=https://ivr.example.com
      ivr serve --workers 2

    Put a proxy with a certificate in front: the carrier requests IVR_PUBLIC_URL, and signatures are computed over it.
    The server runs until SIGINT or SIGTERM and finishes turns in progress. One line of JSON per turn goes to stderr.
    """  # noqa: D301
    with _shared_figures(workers):
        _run(*bind, workers, insecure)


def _run(host: str, wanted: int, workers: int, insecure: bool) -> None:
    from ivr.channels.registry import unsigned
    from ivr.errors import FlowError
    from ivr.settings import Settings

    settings = Settings.from_environment(insecure=insecure or None)
    if insecure and not is_loopback(host):
        raise Refused(
            f"--insecure accepts every request, so it listens on loopback only, such as --bind 127.0.0.1:{wanted}."
        )
    if not insecure and (lacking := unsigned(settings)):
        raise Refused(f"{lacking}\n{_TRY_OUT}")
    if workers > 1 and settings.store.startswith("memory:"):
        raise Refused("a store in memory is not shared between processes; use --workers 1 or set IVR_STORE.")
    try:
        channels = _try_out(settings)
    except FlowError as fault:
        raise Refused(_report(fault)) from None
    port = claim_port(host, wanted, "--bind")
    click.echo(_welcome(url_of(host, port), settings, channels))
    for warning in _warnings(settings, channels):
        click.echo(f"Warning: {warning}", err=True)
    _serve(host, port, workers, settings)


def _try_out(settings: Settings) -> list[Channel[Any]]:
    """Build everything once, so that errors are reported before any worker starts; return the channels."""
    from ivr.app import build

    with closing(build(settings)) as ivr:
        return list(ivr.channels.values())


def _serve(host: str, port: int, workers: int, settings: Settings) -> None:
    from granian import Granian
    from granian.constants import HTTPModes, Interfaces
    from granian.log import LogLevels

    from ivr.app import create_app

    Granian(
        "ivr",
        address=host,
        port=port,
        interface=Interfaces.WSGI,
        http=HTTPModes.http1,
        workers=workers,
        blocking_threads=_THREADS,
        backlog=BACKLOG,
        websockets=False,
        respawn_failed_workers=True,
        workers_kill_timeout=LONGEST_GOODBYE,
        log_level=LogLevels.error,
        log_dictconfig=_LOGS,
    ).serve(target_loader=functools.partial(create_app, settings), wrap_loader=False)


@contextmanager
def _shared_figures(workers: int) -> Iterator[None]:
    """Let several workers share metrics, through prometheus-client's files in a temporary folder.

    The client decides when it is imported whether values are shared, and `ivr.app` imports it.
    """
    name = "PROMETHEUS_MULTIPROC_DIR"
    if workers == 1 or name in os.environ:
        yield
        return
    with tempfile.TemporaryDirectory(prefix="ivr-metrics-") as folder:
        os.environ[name] = folder
        try:
            yield
        finally:
            del os.environ[name]


def _report(fault: FlowError) -> str:
    from ivr.diagnostics import render

    sources: dict[str, Any] = {}
    for problem in fault.problems:
        file = Path(problem.place.file)
        if file.is_file():
            sources[problem.place.file] = file.read_text(encoding="utf-8", errors="replace")
    return "the flows cannot be used.\n\n" + render("text", fault.problems, sources)


def _warnings(settings: Settings, channels: Iterable[Channel[Any]]) -> Iterator[str]:
    for channel in channels:
        yield from channel.warnings()
    if settings.store.startswith("memory:"):
        yield "IVR_STORE is memory: calls, complaints and locks are lost when the server ends."


def _welcome(url: str, settings: Settings, channels: Iterable[Channel[Any]]) -> str:
    public = settings.public_url or url
    lines = [f"Listening on {url}"]
    for setup in (channel.carrier_setup(public) for channel in channels):
        lines.append(f"Set at {setup.place}:")
        lines.extend(f"  {event:<21}  {address}" for event, address in setup.addresses)
    if not settings.public_url:
        lines.append("IVR_PUBLIC_URL is not set: set it to the address that the carrier can reach.")
    return "\n".join(lines)
