"""`ivr line`: a telephone line without a carrier. Must not know flows and the engine: only the server does."""

from __future__ import annotations

import os
import signal
import sys
import threading
from collections.abc import Sequence
from contextlib import ExitStack
from pathlib import Path
from typing import TYPE_CHECKING

import click

from ivr.net.reachability import is_loopback
from ivr.telemetry import log

from ._refused import Refused, need_extras
from ._sockets import Address, claim_port

if TYPE_CHECKING:
    from ivr.carrier.line.rest_api import LineApi
    from ivr.carrier.line.switch import LineOptions, Switch
    from ivr.settings import Settings

_API_PORT = 8090
_JOURNAL, _RECORDINGS = Path("var") / "line-calls.jsonl", Path("var") / "line-recordings"


@click.command(short_help="Answer SIP calls without a carrier.")
@click.option("--url", default="http://127.0.0.1:8080", show_default=True, help="The server of the webhooks.")
@click.option("--bind", type=Address(), default="127.0.0.1:5060", show_default=True, help="Where SIP is taken (UDP).")
@click.option("--allow", multiple=True, help="An address or network that may call, such as 10.1.2.0/24. Repeatable.")
@click.option("--peer", default="", help="HOST[:PORT] of the exchange that numbers are dialled through.")
@click.option("--number", "numbers", multiple=True, help="NUMBER=ADDRESS: dial a SIP address for a number. Repeatable.")
@click.option("--desk", default="", help="The number that is dialled when the server does not answer.")
@click.option("--flow", default="", help="The flow of all calls.  [default: that of the called number]")
@click.option("--country", default="86", show_default=True, help="The country code of national numbers.")
@click.option("--calls", type=click.IntRange(1, 1000), default=120, show_default=True, help="Most calls at once.")
@click.option("--rate", type=click.IntRange(1, 1000), default=20, show_default=True, help="Most new calls a second.")
@click.option("--api", type=click.IntRange(0, 65535), default=_API_PORT, show_default=True, help="The API's port.")
@click.option("--sip/--no-sip", default=True, show_default=True, help="Take SIP calls.")
@click.option("--phone", type=Address(), help="HOST:PORT of a telephone in the browser, at /phone.  [default: off]")
def command(
    url: str,
    bind: tuple[str, int],
    allow: Sequence[str],
    peer: str,
    numbers: Sequence[str],
    desk: str,
    flow: str,
    country: str,
    calls: int,
    rate: int,
    api: int,
    sip: bool,
    phone: tuple[str, int] | None,
) -> None:
    """Answer SIP calls and play them by the webhooks of a server, as a carrier does.

    \b
    Example:
      ivr demo --sip                      # all of it on this machine; a softphone dials sip:ivr@127.0.0.1
      ivr line --url http://127.0.0.1:8080 --bind 10.1.2.3:5060 --allow 10.1.2.4 --peer 10.1.2.4

    Set TWILIO_AUTH_TOKEN here and at the server, and TWILIO_API_URL at the server to http://127.0.0.1:8090, so that it
    can move calls, ring agents and fetch recordings. SIGTERM takes no new call and lets those under way end; a second
    one ends them.
    """  # noqa: D301
    need_extras(*extras_of_line(sip=sip))

    from ivr.carrier.line.switch import LineOptions
    from ivr.settings import Settings

    settings = Settings.from_environment()
    if not is_loopback(bind[0]) and not allow:
        raise Refused(f"--bind {bind[0]}: say with --allow who may call; everyone else gets no answer.")
    options = LineOptions(
        url.rstrip("/"),
        settings.auth_token.reveal(),
        **({"account": settings.account_sid} if settings.account_sid else {}),
        public_url=settings.public_url,
        flow=flow,
        country=country,
        numbers=_numbers(numbers),
        most_calls=calls,
        most_per_second=rate,
    )
    if not (sip or phone):
        raise click.UsageError("--no-sip without --phone leaves no telephone")
    if phone and not is_loopback(phone[0]) and not settings.phone_password:
        raise Refused(f"--phone {phone[0]}: set IVR_PHONE_PASSWORD; it is asked for on other addresses than loopback.")
    _quiet_natives()
    log.to_stderr()
    with ExitStack() as stack:
        switch, served = _start(stack, options, settings, desk, claim_port("127.0.0.1", api, "--api"))
        if sip:
            _listen(stack, switch, bind, allow, peer, calls)
            click.echo(f"Listening on sip:ivr@{bind[0]}:{bind[1]}; calls go to {options.server}.")
        if phone:
            click.echo(f"A telephone in the browser: {_browser(stack, switch, served, settings, phone, desk)}")
        click.echo(f"The carrier's API is {served.url} (TWILIO_API_URL of the server).")
        _stay(switch)


def extras_of_line(*, sip: bool) -> tuple[str, ...]:
    """Return the extras that a line needs, first the one that installs the others."""
    return ("sip", "speech") if sip else ("speech",)


def _quiet_natives() -> None:
    """Let only this program write to stderr: baresip prints a line per malformed packet, which a peer could send."""
    try:
        number = sys.stderr.fileno()
    except OSError:  # in a test, stderr is no file
        return
    own = os.dup(number)
    with Path(os.devnull).open("wb") as nothing:
        os.dup2(nothing.fileno(), number)
    sys.stderr = os.fdopen(own, "w", buffering=1, encoding="utf-8")


def _numbers(pairs: Sequence[str]) -> dict[str, str]:
    numbers = {}
    for pair in pairs:
        number, equals, address = pair.partition("=")
        if not (number and equals and address):
            raise click.UsageError(f"--number {pair}: write NUMBER=ADDRESS, such as +861085550100=sip:desk@127.0.0.1")
        numbers[number] = address
    return numbers


def _start(stack: ExitStack, options: LineOptions, settings: Settings, desk: str, port: int) -> tuple[Switch, LineApi]:
    """Start the switch and its API, with the voices and recognisers of this machine."""
    from ivr.carrier.http_transport import HttpTransport
    from ivr.carrier.line.call_journal import CallJournal
    from ivr.carrier.line.line_services import LineServices, apologies
    from ivr.carrier.line.media_pump import MediaPump
    from ivr.carrier.line.prompt_sounds import PromptSounds
    from ivr.carrier.line.recording_folder import RecordingFolder
    from ivr.carrier.line.rest_api import LineApi
    from ivr.carrier.line.switch import Switch
    from ivr.speech.asr import recognizers
    from ivr.speech.prompts.voices import Voices
    from ivr.speech.tts import local_voices

    voices = Voices(local_voices(settings.models, address=settings.voice_url))
    stack.callback(voices.close)
    transport = HttpTransport()
    stack.callback(transport.close)
    sounds = PromptSounds(transport, lambda text, language, rate: voices.say(text, language, rate, 10.0))
    switch = Switch(options, CallJournal(_JOURNAL))
    served = stack.enter_context(
        LineApi(switch, options.token, options.account, port=port, kept=RecordingFolder(_RECORDINGS))
    )
    apology, farewell = apologies(sounds, desk)
    switch.use(
        LineServices(
            transport,
            sounds,
            stack.enter_context(MediaPump()),
            switch.dial,
            served,
            recognizers([settings.models]),
            desk=desk,
            apology=apology,
            farewell=farewell,
        )
    )
    return switch, served


def _listen(
    stack: ExitStack, switch: Switch, bind: tuple[str, int], allow: Sequence[str], peer: str, calls: int
) -> None:
    from ivr.carrier.line.peer_filter import NoFilter
    from ivr.carrier.line.sip_line import NoSipLine, SipLine, SipOptions

    try:
        line = SipLine(SipOptions(bind[0], bind[1], allow, peer, most_calls=2 * calls), switch.arrived)
        switch.lines.append(stack.enter_context(line))
    except (NoSipLine, NoFilter, ValueError) as fault:
        raise Refused(f"{fault}.") from None


def _browser(
    stack: ExitStack, switch: Switch, served: LineApi, settings: Settings, phone: tuple[str, int], desk: str
) -> str:
    """Serve the telephone in the browser; return its address."""
    from ivr.carrier.line.browser_line import BrowserLine, BrowserOptions

    host, port = phone
    password = settings.phone_password.reveal()
    line = BrowserLine(BrowserOptions(host, claim_port(host, port, "--phone"), password, desk=desk), switch.arrived)
    stack.enter_context(line)
    switch.lines.insert(0, line)
    served.texted = line.texted
    return line.url


def _stay(switch: Switch) -> None:
    """Wait for SIGTERM or SIGINT, then drain; a second signal ends the calls under way."""
    first, second = threading.Event(), threading.Event()

    def end(number: int, frame: object) -> None:  # noqa: ARG001
        (second if first.is_set() else first).set()

    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, end)
    first.wait()
    if switch.under_way:
        click.echo(f"Taking no new calls; {switch.under_way} under way.", err=True)
    # Callers under way are talking to an agent or waiting for one; only a second signal takes that from them.
    while not second.is_set() and not switch.drain(0.2):
        pass
    switch.end_all()
