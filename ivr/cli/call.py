"""`ivr call`: a telephone in the terminal, to the flows here or to any running server, signed as the carrier signs."""

from __future__ import annotations

import os
import shutil
import time
from collections.abc import Iterator, Sequence
from contextlib import nullcontext
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

import click

from ._listening import is_loopback
from ._texts import TextMessages
from .test import BASE_URL, MONDAY_AT_TEN, failure_lines, new_token, play_one, transcript, wired

if TYPE_CHECKING:
    from ivr.app import Ivr
    from ivr.phone.carrier import Exchange
    from ivr.phone.conversation import Conversation
    from ivr.phone.recordings import Recordings
    from ivr.phone.scripted import Played

FLOW = "main_menu"
CALLER = "+8613800000001"
_NEXT = (
    ("call {flow} --save-test my_call.yaml", "keep a call as a conversation to play again"),
    ("call {flow} --from +8613800000003", "another customer: this one is 72"),
    ("test", "play all conversations"),
)


@click.command(short_help="Call a flow from this terminal.")
@click.argument("flow", required=False)
@click.option("--from", "caller", metavar="NUMBER", default=CALLER, show_default=True, help="The caller's number.")
@click.option("--to", "called", metavar="NUMBER", default="", help="The number called; without FLOW it chooses one.")
@click.option("--url", default="", help="Call a running server, signed with TWILIO_AUTH_TOKEN, as the carrier would.")
@click.option("--script", type=click.Path(exists=True, dir_okay=False, path_type=Path), help="Play this conversation.")
@click.option("--save-test", "save", type=click.Path(dir_okay=False, path_type=Path), help="Keep the call as a test.")
@click.option(
    "--speak",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    multiple=True,
    metavar="FILE.wav",
    help="Answer with this sound, heard by the local recogniser; again for the next answer.",
)
def command(
    flow: str | None,
    caller: str,
    called: str,
    url: str,
    script: Path | None,
    save: Path | None,
    speak: tuple[Path, ...],
) -> None:
    """Call FLOW (default: main_menu) and talk to it.

    \b
    Example:
      ivr call main_menu
      ivr call --url http://127.0.0.1:8080 --from +8613800000002
      printf '1\\n0128\\n135790\\n' | ivr call
      ivr call --speak balance.wav

    Digits, * and # are keys, other words are speech, an empty line is silence, and Ctrl-D hangs up. Without --url the
    engine, its webhooks and a demo bank run in this process for the call, and text messages are shown, not sent.

    A sound of --speak is said where the call records it, and keys that sound in it are pressed. With --url, the server
    must fetch recordings from this phone: set TWILIO_API_URL to one address such as http://127.0.0.1:8090 for both.
    """  # noqa: D301
    if script and save:
        raise click.UsageError("--script plays a conversation and --save-test keeps one; give one of them")
    if url and urlsplit(url).scheme not in ("http", "https"):
        raise click.UsageError(f"--url {url} is no address; write for example http://127.0.0.1:8080")
    if script and speak:
        raise click.UsageError("--script plays a conversation and --speak answers with sound; give one of them")
    flow = flow if flow is not None else "" if called else FLOW
    if script:
        _play(script, url)
    else:
        _talk(flow, caller, called, url, save, _sounds(speak))


def _talk(flow: str, caller: str, called: str, url: str, save: Path | None, spoken: list[bytes]) -> None:
    from ivr.phone.text import run_phone

    if url:
        with _recordings(_token(), _port(url)) if spoken else nullcontext() as kept:
            result = run_phone(
                url, _token(), caller, flow,
                called=called, public_url=_public(url), save=save, spoken=spoken, recordings=kept,
            )  # fmt: skip
    else:
        token = new_token()
        with (
            _recordings(token) if spoken else nullcontext() as kept,
            wired(token=token, more=_hearing(kept)) as whole,
        ):
            ivr, transport = whole.ivr()
            news = TextMessages(ivr.store, ivr.seal)
            if spoken:
                _tell_unheard(ivr)
            result = run_phone(
                BASE_URL, whole.token, caller, flow,
                called=called, transport=transport, save=save, news=news, spoken=spoken, recordings=kept,
            )  # fmt: skip
    if not result.documents:
        raise click.exceptions.Exit(2)
    if result.faults:
        raise click.exceptions.Exit(1)
    _tell_next(flow or FLOW)


def _sounds(files: Sequence[Path]) -> list[bytes]:
    """Read WAV files. Raises UsageError for one that is none, or that says nothing."""
    if not files:
        return []
    from ivr.speech.audio import read_wav

    sounds = []
    for file in files:
        data = file.read_bytes()
        try:
            seconds = read_wav(data).seconds
        except ValueError as fault:
            raise click.UsageError(f"--speak {file}: {fault}") from None
        if not seconds:
            raise click.UsageError(f"--speak {file}: the file holds no sound")
        sounds.append(data)
    return sounds


def _recordings(token: str, port: int = 0) -> Recordings:
    from ivr.phone.recordings import Recordings
    from ivr.settings import Settings

    account = Settings.from_environment().account_sid if port else ""
    return Recordings(token, account, port=port) if account else Recordings(token, port=port)


def _tell_unheard(ivr: Ivr) -> None:
    """Load what hears, so that the first answer is not late, and say what it cannot hear."""
    for sentence in ivr.ears.unknown_words(ivr.release):
        click.echo(sentence, err=True)
    for what, reason in ivr.ears.troubles(ivr.release):
        click.echo(f"{what}: {reason}", err=True)


def _port(url: str) -> int:
    """Return the port where the server looks for recordings. Raises UsageError when it looks at the carrier's."""
    address = urlsplit(os.environ.get("TWILIO_API_URL", ""))
    if not (address.port and is_loopback(address.hostname or "")):
        raise click.UsageError(
            f"--speak: the server at {url} would look for recordings at the carrier; set TWILIO_API_URL, there and "
            "here, to an address on this machine such as http://127.0.0.1:8090"
        )
    return address.port


def _hearing(kept: Recordings | None) -> dict[str, str]:
    """Return the settings of an engine that hears what this phone records."""
    if kept is None:
        return {}
    return {"IVR_ASR": "local", "TWILIO_API_URL": kept.url, "TWILIO_ACCOUNT_SID": kept.account}


def _tell_next(flow: str) -> None:
    program = "ivr" if shutil.which("ivr") else "python3 -m ivr"
    lines = [(f"{program} {words.format(flow=flow)}", why) for words, why in _NEXT]
    width = max(len(line) for line, _ in lines)
    click.echo("\n".join(["\nWhat to try next:", *(f"  {line:{width}}  {why}" for line, why in lines)]))


def _play(script: Path, url: str) -> None:
    """Play the conversations of a file. Time is virtual on this side of the line, here and over the network."""
    from ivr.phone.reading import read

    failed = False
    for played in _remote(read([script]), url) if url else _local(read([script])):
        click.echo(f"{played.conversation.title}: {'passed' if played.passed else 'FAILED'}")
        click.echo("\n".join(f"  {line}" for line in transcript(played)))
        if not played.passed:
            click.echo("\n".join(failure_lines(played)))
        if played.unchecked:
            names = ", ".join(dict.fromkeys(wish.name for wish in played.unchecked))
            click.echo(f"not checked here, since the server runs elsewhere: {names}")
        failed |= not played.passed
    raise click.exceptions.Exit(int(failed))


def _local(conversations: Sequence[Conversation]) -> Iterator[Played]:
    from ivr.phone.clock import VirtualClock

    clock = VirtualClock(MONDAY_AT_TEN)
    with wired(clock.now) as whole:
        for conversation in conversations:
            yield play_one(whole, clock, conversation)


def _remote(conversations: Sequence[Conversation], url: str) -> Iterator[Played]:
    from ivr.phone.clock import VirtualClock
    from ivr.phone.scripted import play
    from ivr.phone.text import advice
    from ivr.phone.transport import HttpTransport

    transport = HttpTransport()
    try:
        for conversation in conversations:
            told: list[Exchange] = []
            clock = VirtualClock(time.time())
            yield play(
                conversation, transport, clock,
                base_url=url, token=_token(), public_url=_public(url), watch=told.append,
            )  # fmt: skip
            if advised := advice(next((one for one in told if one.status not in (200, 204)), None), url, _token()):
                click.echo(advised)
    finally:
        transport.close()


def _token() -> str:
    from ivr.settings import Settings

    return Settings.from_environment().auth_token.reveal()


def _public(url: str) -> str:
    """Return the address that a server on this machine signs over, when it is another one than `url`."""
    public = os.environ.get("IVR_PUBLIC_URL", "").strip().rstrip("/")
    return public if is_loopback(urlsplit(url).hostname or "") else ""
