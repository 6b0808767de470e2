"""`ivr serve`: run the webhook server. Must not start with invalid flows or unchecked signatures."""

from __future__ import annotations

import functools
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterable, Iterator, Sequence
from contextlib import closing, contextmanager, nullcontext, suppress
from dataclasses import dataclass
from socket import socket
from typing import TYPE_CHECKING, Any

import click

from ivr.net.reachability import is_loopback

from ._refused import Refused
from ._sockets import Address, claim_port, url_of

if TYPE_CHECKING:
    from ivr.channels.base import Channel
    from ivr.flow.model import Release
    from ivr.server.succession import Succession
    from ivr.settings import Settings

_TRY_OUT = "Set it, or try things out on this machine with: ivr serve --insecure"
_FIGURES = "PROMETHEUS_MULTIPROC_DIR"
_AGAIN_SECONDS = 1.0
"""The pause before a server that is being replaced tries again to start."""


def default_workers() -> int:
    """Return two where there are two cores: calls go on while one worker starts again. More cores do not change it."""
    return min(2, len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1)


@dataclass(frozen=True)
class _Options:
    host: str
    port: int
    workers: int | None
    insecure: bool
    watch: bool = False

    def workers_for(self, settings: Settings) -> int:
        """Return the number of workers."""
        return self.workers or _workers_for(settings)


@click.command(short_help="Run the webhook server.")
@click.option("--bind", type=Address(), default="127.0.0.1:8080", show_default=True, help="Where to listen.")
@click.option("--workers", type=click.IntRange(1, 64), help="Processes; one per core.  [default: 2, with two cores]")
@click.option("--insecure", is_flag=True, help="Start without a token and accept every request.")
@click.option("--print-fallback", is_flag=True, help="Print a document for a fallback outside this server, and end.")
@click.option("--without-history", is_flag=True, help="Put the SQLite store aside, and start with an empty one.")
@click.option("--check", is_flag=True, help="Check settings, flows and store, and end.")
@click.option("--watch", is_flag=True, help="For development: publish the flow files whenever they change and pass.")
def command(
    bind: tuple[str, int],
    workers: int | None,
    insecure: bool,
    print_fallback: bool,
    without_history: bool,
    check: bool,
    watch: bool,
) -> None:
    """Run the webhook server.

    \b
    Example:
      export TWILIO_AUTH_TOKEN=... IVR_KEY=... IVR_PUBLIC_URL=https://ivr.example.com
      ivr serve --workers 2

    Put a proxy with a certificate in front: the carrier requests IVR_PUBLIC_URL, and signatures are computed over it.
    Calls get the flows that are published in the store; the first start publishes those of IVR_FLOWS, and after that
    `ivr publish` does. The server runs until SIGINT or SIGTERM and finishes turns in progress; SIGHUP starts it again
    in place, with a new version of ivr, and no call notices. One line of JSON per turn goes to stderr.
    """  # noqa: D301
    from ivr.server.succession import Succession, ending_in_order

    ends = check or print_fallback
    if not ends:
        signal.signal(signal.SIGHUP, signal.SIG_IGN)  # until the supervisor handles it: it must not end the server
    before = None if ends else Succession.take(os.environ)
    options = _Options(*bind, workers, insecure, watch)
    with nullcontext() if ends or before else ending_in_order(), _shared_figures(before):
        if without_history and not ends and before is None:
            _put_store_aside(*bind)
        # The first start must fail loudly. One that replaces a running server must not: calls are under way in it.
        settings, release, channels = _try_until_usable(options) if before else _try_out(options, ends=ends)
        if print_fallback:
            _print_fallback(release, channels)
        if not ends:
            _run(options, settings, release, channels, before)


def _put_store_aside(host: str, port: int) -> None:
    """Rename the file of a SQLite store and those beside it; print the new name. The key file stays.

    Raises Refused while a server runs at the address, or if the store is no file.
    """
    from ivr.settings import Settings, store_file

    settings = Settings.from_environment()
    file = store_file(settings.store)
    if file is None or not settings.store.startswith("sqlite:"):
        raise Refused("--without-history is for a store in a SQLite file.")
    claim_port(host, port, "--bind")
    aside = file.with_name(f"{file.name}.{time.strftime('%Y%m%d-%H%M%S')}")
    # The log first: a new database beside an old log would be "recovered" with the pages of another one.
    for ending in ("-wal", "-shm", ""):
        with suppress(FileNotFoundError):
            file.with_name(file.name + ending).rename(aside.with_name(aside.name + ending))
    if aside.exists():
        click.echo(f"The store was put aside as {aside}; calls in progress begin anew.", err=True)


def _print_fallback(release: Release, channels: Iterable[Channel[Any]]) -> None:
    """Print the document of the first channel that has one; it dials the default desk."""
    number = release.line.desks[release.line.desk].number
    documents = (channel.outside(number) for channel in channels)
    document = next((each for each in documents if each is not None), None)
    if document is None:
        raise Refused("no channel has a document for a fallback outside this server.")
    click.echo(document.decode())


def _workers_for(settings: Settings) -> int:
    """Return the default number of workers: one for a store in memory, which cannot be shared."""
    return 1 if settings.store.startswith("memory:") else default_workers()


def _run(
    options: _Options, settings: Settings, release: Release, channels: list[Channel[Any]], before: Succession | None
) -> None:
    from ivr.app import create_app
    from ivr.server.supervisor import Generation, Supervisor
    from ivr.telemetry import log

    listeners = _listeners(options.host, options.port, before)
    click.echo(_welcome(_address_of(listeners[0], options.host), settings, channels))
    for warning in _warnings(settings, release, channels):
        click.echo(f"Warning: {warning}", err=True)
    sys.stdout.flush()
    log.to_stderr()
    make = functools.partial(create_app, settings, prepared=release)
    figures = os.environ.get(_FIGURES, "") if before is None or before.figures else ""
    with _watching() if options.watch else nullcontext():
        number = options.workers_for(settings)
        Supervisor(Generation(number, make, listeners, _is_usable, figures), before).run()


@contextmanager
def _watching() -> Iterator[None]:
    """Run `ivr publish --watch` beside the server. It ends with the server, whose end closes its standard input."""
    arguments = [sys.executable, "-m", "ivr.cli", "publish", "--watch"]
    with subprocess.Popen(arguments, stdin=subprocess.PIPE, stdout=sys.stderr) as watch:  # noqa: S603
        try:
            yield
        finally:
            watch.terminate()


def _listeners(host: str, port: int, before: Succession | None) -> Sequence[socket]:
    """Return the sockets handed over, those of systemd, or a new one. Raises Refused if the port is taken."""
    from ivr.server.listening import listen_on, passed_on

    if before is not None:
        return [socket(fileno=descriptor) for descriptor in before.listeners]
    try:
        return passed_on(os.environ) or [listen_on(host, port)]
    except OSError as fault:
        reason = f"cannot listen on {host}:{port}: {fault.strerror}."
        raise Refused(f"{reason} Choose another address with --bind.") from None


def _address_of(listener: socket, host: str) -> str:
    """Return the address of a listener; `host` is the name to show where it listens on a port."""
    name = listener.getsockname()
    return f"unix:{name}" if isinstance(name, str) else url_of(host, name[1])


def _is_usable() -> bool:
    """Return whether this command could be started anew with what is published; print why not."""
    # In a process of its own, since this one has the old version of the program in memory.
    again = [sys.executable, *sys.orig_argv[1:], "--check"]
    return subprocess.run(again, stdin=subprocess.DEVNULL, check=False).returncode == 0  # noqa: S603 - our own command


def _try_until_usable(options: _Options) -> tuple[Settings, Release, list[Channel[Any]]]:
    """Try until it succeeds: earlier workers take the calls meanwhile, and would leave if this process ended.

    SIGTERM and SIGINT, which wait for the supervisor, end it in order.
    """
    from ivr.errors import IvrError
    from ivr.server.succession import is_to_end

    while not is_to_end():
        try:
            return _try_out(options, ends=False)
        except (Refused, IvrError, OSError) as fault:
            click.echo(f"Trying again: {fault}", err=True)
            time.sleep(_AGAIN_SECONDS)
    sys.exit(0)


def _try_out(options: _Options, *, ends: bool) -> tuple[Settings, Release, list[Channel[Any]]]:
    """Build everything once, so that errors are reported before any worker starts.

    A command that `ends` publishes nothing.
    """
    from ivr.app import build
    from ivr.backends.exposure import unsafe_services, unsafe_settings
    from ivr.channels.registry import unsigned
    from ivr.errors import FlowError
    from ivr.settings import Settings
    from ivr.web import web_app

    from ._published import report_of

    insecure = options.insecure
    settings = Settings.from_environment(insecure=insecure or None)
    if insecure and not is_loopback(options.host):
        only = f"so it listens on loopback only, such as --bind 127.0.0.1:{options.port}."
        raise Refused(f"--insecure accepts every request, {only}")
    if not insecure and (lacking := unsigned(settings)):
        raise Refused(f"{lacking}\n{_TRY_OUT}")
    if faults := unsafe_settings(settings, options.host):
        raise Refused("\n".join(faults))
    if (options.workers or 1) > 1 and settings.store.startswith("memory:"):
        raise Refused("a store in memory is not shared between processes; use --workers 1 or set IVR_STORE.")
    try:
        with closing(build(settings, release=_unpublished(settings) if ends else None)) as ivr:
            if faults := unsafe_services(settings, ivr.release.lookups):
                raise Refused("\n".join(faults))
            # Workers are forked from this process: they need not load again what it has loaded.
            web_app(ivr)
            if settings.asr != "local":  # whose models would be loaded by threads
                ivr.session.speech_input.warm(ivr.release)
            return settings, ivr.release, list(ivr.channels.values())
    except FlowError as fault:
        raise Refused(f"the flows cannot be used.\n\n{report_of(fault.problems)}") from None


def _unpublished(settings: Settings) -> Release | None:
    """Return the flow files where nothing is published yet, as the first start will publish them. Raises FlowError."""
    from ivr.flow.loader import load
    from ivr.session.step_registry import catalogue

    from ._published import publication_of

    if publication_of(settings).version:
        return None
    return load(settings.flows, catalogue())


@contextmanager
def _shared_figures(before: Succession | None) -> Iterator[None]:
    """Let several workers, and those that follow them, share metrics through prometheus-client's files in a folder.

    The client decides when it is imported whether values are shared, and `ivr.app` imports it. A folder of our own is
    handed over when the server starts again in place, and removed at its end.
    """
    # Read once, at the import of prometheus_client: a folder that is set later changes nothing.
    own = before.figures if before else "" if _FIGURES in os.environ else tempfile.mkdtemp(prefix="ivr-metrics-")
    if own:
        os.environ[_FIGURES] = own
    try:
        yield
    finally:
        if own:
            os.environ.pop(_FIGURES, None)
            shutil.rmtree(own, ignore_errors=True)


def _warnings(settings: Settings, release: Release, channels: Iterable[Channel[Any]]) -> Iterator[str]:
    from ivr.settings.misspelt import misspelt

    from ._published import folder_differs

    for channel in channels:
        yield from channel.warnings()
    for name, meant in misspelt(os.environ, release.lookups.settings()):
        yield f"{name} is no setting." + (f" Did you mean {meant}?" if meant else "")
    if settings.store.startswith("memory:"):
        yield "IVR_STORE is memory: calls, complaints and locks are lost when the server ends."
    if folder_differs(settings.flows, release):
        yield (
            f"the flow files in {settings.flows.as_posix()} are not what is live (release {release.version}). "
            "See the difference with: ivr diff. Let them go live with: ivr publish."
        )


def _welcome(url: str, settings: Settings, channels: Iterable[Channel[Any]]) -> str:
    public = settings.public_url or url
    lines = [f"Listening on {url}"]
    for setup in (channel.carrier_setup(public) for channel in channels):
        lines.append(f"Set at {setup.place}:")
        lines.extend(f"  {event:<21}  {address}" for event, address in setup.addresses)
    if not settings.public_url:
        lines.append("IVR_PUBLIC_URL is not set: set it to the address that the carrier can reach.")
    return "\n".join(lines)
