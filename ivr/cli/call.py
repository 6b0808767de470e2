"""`ivr call`: a telephone in the terminal that calls local flows or a running server, with signed requests."""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import nullcontext
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

import click

from ivr.errors import IvrError
from ivr.net.reachability import is_loopback

from ._audio_out import audio_out
from ._back_ends import bank_option
from ._datetime_param import Moment
from ._program import program
from ._sms import TextMessages
from ._speak import hearing, port_of, recordings, sounds, tell_unheard
from ._stores import TOKEN, kept_store, lacks_store
from ._test_report import failure_lines, transcript
from .test import BASE_URL, MONDAY_AT_TEN, new_token, play_one, wired

if TYPE_CHECKING:
    from ivr.carrier.requests import Exchange
    from ivr.conversations.model import Conversation
    from ivr.conversations.result import ConversationResult
    from ivr.flow.model import Release
    from ivr.stores import Store

_FLOW = "main_menu"
_CALLER = "+8613800000001"
_AS_ELDERLY = "call {flow} --from +8613800000003"
"""A customer of the demo bank, whom the demo's flows treat as elderly."""
_NEXT = (
    ("call {flow} --save-test my_call.yaml", "save a call as a conversation"),
    (_AS_ELDERLY, "call as a customer aged 72"),
    ("test", "play all conversations"),
)


@click.command(short_help="Call a flow from this terminal.")
@click.argument("flow", required=False)
@click.option("--from", "caller", metavar="NUMBER", default=_CALLER, show_default=True, help="The caller's number.")
@click.option(
    "--to", "called", metavar="NUMBER", default="", help="The called number; without FLOW it selects the flow."
)
@click.option("--url", default="", help=f"Call a running server, signed with {TOKEN}.")
@click.option("--script", type=click.Path(exists=True, dir_okay=False, path_type=Path), help="Play this conversation.")
@click.option(
    "--save-test", "save", type=click.Path(dir_okay=False, path_type=Path), help="Save the call as a conversation."
)
@click.option(
    "--speak",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    multiple=True,
    metavar="FILE.wav",
    help="Answer with this sound, recognised locally. May be repeated.",
)
@click.option("--listen", is_flag=True, help="Play prompts on this machine's loudspeaker.")
@click.option(
    "--record", type=click.Path(dir_okay=False, path_type=Path), metavar="FILE.wav",
    help="Write what the caller hears to a WAV file.",
)  # fmt: skip
@click.option(
    "--at",
    type=Moment(past=True),
    metavar="TIME",
    help='Call at another time, such as "2026-10-01 10:00"; the clock of the call goes on from there.',
)
@bank_option
def command(
    flow: str | None,
    caller: str,
    called: str,
    url: str,
    script: Path | None,
    save: Path | None,
    listen: bool,
    record: Path | None,
    speak: tuple[Path, ...],
    at: float | None,
    banks: tuple[tuple[str, str], ...],
) -> None:
    """Call FLOW (default: main_menu) from this terminal.

    \b
    Example:
      ivr call main_menu
      ivr call --url http://127.0.0.1:8080 --from +8613800000002
      printf '1\\n0128\\n135790\\n' | ivr call
      ivr call --speak balance.wav
      IVR_TTS=local ivr call --record call.wav

    Digits, * and # are keys, other words are speech, an empty line is silence, and Ctrl-D hangs up. Without --url, the
    engine and its webhooks run in this process, and text messages are shown, not sent; the demo bank answers, or the
    samples of lookups.yaml, or the service at an address of --bank. Announcements that are on in IVR_STORE are heard.

    A sound of --speak is spoken where the call records; DTMF tones in it are pressed as keys. With --url, the server
    must fetch recordings from this phone: set TWILIO_API_URL to the same address for both, such as
    http://127.0.0.1:8090.
    """  # noqa: D301
    if script and save:
        raise click.UsageError("--script plays a conversation and --save-test saves one; give one of them")
    if url and urlsplit(url).scheme not in ("http", "https"):
        raise click.UsageError(f"--url {url} is no address; write for example http://127.0.0.1:8080")
    if at is not None and (url or script):
        raise click.UsageError("--at sets the clock of a call in this process; leave --url and --script out")
    if url and banks:
        raise click.UsageError("the server of --url has back ends of its own; leave --bank out")
    if script and speak:
        raise click.UsageError("--script plays a conversation and --speak answers with sound; give one of them")
    if script and (listen or record):
        raise click.UsageError("--script plays in virtual time without sound; leave --listen and --record out")
    if record and not record.parent.is_dir():
        raise click.UsageError(f"--record {record}: there is no folder {record.parent}")
    if flow and flow.endswith(".wav"):
        raise click.UsageError(f"{flow} is no flow; to write what is heard to a file: --record {flow}")
    flow = flow if flow is not None else "" if called else _FLOW
    if script:
        _play(script, url, dict(banks))
    else:
        _talk(flow, caller, called, url, save, sounds(speak), listen, record, dict(banks), at)


def _talk(
    flow: str,
    caller: str,
    called: str,
    url: str,
    save: Path | None,
    spoken: list[bytes],
    listen: bool,
    record: Path | None,
    banks: dict[str, str],
    at: float | None,
) -> None:
    from ivr.carrier.http_transport import HttpTransport
    from ivr.carrier.terminal.phone import run_phone
    from ivr.conversations.recorder import saving_to

    saved = saving_to(save, caller=caller, flow=flow, called=called) if save else None
    if url:
        with (
            recordings(_token(), port_of(url)) if spoken else nullcontext() as served,
            audio_out(url, HttpTransport(), None, aloud=listen, record=record) as play_sound,
        ):
            result = run_phone(
                url, _token(), caller, flow,
                called=called, public_url=_public(url), save=saved, play_prompt=play_sound, spoken=spoken,
                recordings=served,
            )  # fmt: skip
    else:
        token = new_token()
        with (
            recordings(token) if spoken else nullcontext() as served,
            wired(_clock(at), token=token, more={**_voices(), **hearing(served)}, banks=banks) as whole,
        ):
            ivr, transport = whole.ivr()
            _copy_announcements(ivr.store, ivr.clock())
            _refuse_unknown_flow(flow, ivr.release)
            news = TextMessages(ivr.store, ivr.seal)
            if spoken:
                tell_unheard(ivr)
            with audio_out(BASE_URL, transport, ivr, aloud=listen, record=record) as play_sound:
                result = run_phone(
                    BASE_URL, whole.token, caller, flow,
                    called=called, transport=transport, save=saved,
                    news=news, play_prompt=play_sound, spoken=spoken, recordings=served,
                )  # fmt: skip
    # Not one document was played: there was no call, which is more than a call with faults.
    if not result.documents:
        raise click.exceptions.Exit(2)
    if result.faults:
        raise click.exceptions.Exit(1)
    _tell_next(flow or _FLOW)


def _clock(at: float | None) -> Callable[[], float]:
    """Return the clock of a call that begins at a time; the usual one without it."""
    if at is None:
        return time.time
    ahead = at - time.time()
    return lambda: time.time() + ahead


def _copy_announcements(store: Store, now: float) -> None:
    """Switch on what is on in the configured store: who tries a call hears what callers hear."""
    from ivr.services.announcements import switch_on, switched_on
    from ivr.settings import Settings, store_kind

    settings = Settings.from_environment()
    if store_kind(settings.store) == "memory" or lacks_store(settings):
        return
    try:
        with kept_store(settings) as live:
            for slot, announcement in switched_on(live, now).items():
                switch_on(store, slot, announcement)
    except IvrError as fault:
        click.echo(f"Announcements cannot be read, so none is heard: {fault}", err=True)


def _refuse_unknown_flow(flow: str, release: Release) -> None:
    """Raise UsageError for a flow that is not there; the flow of the number would be played instead."""
    from ivr.yamlfile.suggest import did_you_mean

    if flow and flow not in release.flows:
        cure = did_you_mean(flow, release.flows) or f"The flows are {', '.join(sorted(release.flows))}."
        raise click.UsageError(f'there is no flow "{flow}". {cure}')


def _voices() -> dict[str, str]:
    """Return the setting IVR_TTS, or its default."""
    from ivr.settings import VOICE_ORDER

    return {"IVR_TTS": os.environ.get("IVR_TTS", "").strip() or ",".join(VOICE_ORDER)}


def _tell_next(flow: str) -> None:
    ivr = program()
    demo = _elderly_flow().is_file()
    lines = [(f"{ivr} {words.format(flow=flow)}", why) for words, why in _NEXT if demo or words != _AS_ELDERLY]
    width = max(len(line) for line, _ in lines)
    click.echo("\n".join(["\nWhat to try next:", *(f"  {line:{width}}  {why}" for line, why in lines)]))


def _elderly_flow() -> Path:
    return Path(os.environ.get("IVR_FLOWS", "").strip() or "flows") / "elderly_simple.yaml"


def _play(script: Path, url: str, banks: dict[str, str]) -> None:
    """Play the conversations of a file in virtual time; the server of --url keeps its own clock."""
    from ivr.conversations.reader import read_conversations

    failed = False
    for played in _remote(read_conversations([script]), url) if url else _local(read_conversations([script]), banks):
        click.echo(f"{played.conversation.title}: {'passed' if played.passed else 'FAILED'}")
        click.echo("\n".join(f"  {line}" for line in transcript(played)))
        if not played.passed:
            click.echo("\n".join(failure_lines(played)))
        if played.unchecked:
            names = ", ".join(dict.fromkeys(expectation.name for expectation in played.unchecked))
            click.echo(f"not checked, since the server runs elsewhere: {names}")
        failed |= not played.passed
    raise click.exceptions.Exit(int(failed))


def _local(conversations: Sequence[Conversation], banks: dict[str, str]) -> Iterator[ConversationResult]:
    from ivr.carrier.clock import VirtualClock

    clock = VirtualClock(MONDAY_AT_TEN)
    with wired(clock.now, sleep=clock.sleep, banks=banks) as whole:
        for conversation in conversations:
            yield play_one(whole, clock, conversation)


def _remote(conversations: Sequence[Conversation], url: str) -> Iterator[ConversationResult]:
    from ivr.carrier.clock import VirtualClock
    from ivr.carrier.http_transport import HttpTransport
    from ivr.carrier.terminal.phone import advice
    from ivr.conversations.play import play_conversation

    transport = HttpTransport()
    try:
        for conversation in conversations:
            failures: list[Exchange] = []
            clock = VirtualClock(time.time())
            yield play_conversation(
                conversation, transport, clock,
                base_url=url, token=_token(), public_url=_public(url), watch=failures.append,
            )  # fmt: skip
            if advised := advice(
                next((exchange for exchange in failures if exchange.status not in (200, 204)), None), url, _token()
            ):
                click.echo(advised)
    finally:
        transport.close()


def _token() -> str:
    from ivr.settings import Settings

    return Settings.from_environment().auth_token.reveal()


def _public(url: str) -> str:
    """Return the public URL over which a server on this machine signs; "" for other servers."""
    # A server signs over its public address, also when it is called on this machine.
    public = os.environ.get("IVR_PUBLIC_URL", "").strip().rstrip("/")
    return public if is_loopback(urlsplit(url).hostname or "") else ""
