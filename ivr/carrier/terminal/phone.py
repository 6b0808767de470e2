"""The telephone as text: prompts are shown, typed lines are keys, words or silence."""

from __future__ import annotations

import time
import unicodedata
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from ivr.carrier import addresses
from ivr.carrier.caller import (
    DTMF_KEYS,
    Act,
    Caller,
    DeskAnswer,
    Gone,
    HeardPrompt,
    HeardRecording,
    HeardText,
    HeardTone,
    ListeningWindow,
    Press,
    Silence,
    Speak,
    Stretch,
    Talk,
)
from ivr.carrier.carrier_options import CallResult, CarrierOptions
from ivr.carrier.clock import Clock, RealClock, VirtualClock
from ivr.carrier.http_transport import HttpTransport
from ivr.carrier.player import Player
from ivr.carrier.requests import DEMO_ACCOUNT, Exchange, ExchangeWatch, PhoneLine
from ivr.carrier.transport import Transport

from .notes import Notes
from .streams import Console, Terminal, terminal

if TYPE_CHECKING:
    from ivr.carrier.recordings import CarrierRecordings

HELP = "0-9 * # are keys, other words are speech, an empty line is silence, Ctrl-D hangs up"
_DESK: dict[str, DeskAnswer] = {
    **dict.fromkeys(("", "a", "answer"), DeskAnswer()),
    **dict.fromkeys(("b", "busy"), DeskAnswer("busy")),
    **dict.fromkeys(("n", "no answer", "no-answer"), DeskAnswer("no-answer")),
    **dict.fromkeys(("f", "fail", "failed"), DeskAnswer("failed")),
    **dict.fromkeys(("r", "refuse"), DeskAnswer(press="2")),
}
_ENDS = {
    "server": "The call is over: the line hung up.",
    "caller": "The call is over: you hung up.",
    "fault": "The call failed: a carrier would play an error message here and hang up.",
    "limit": "The call is over: it lasted as long as a carrier lets a call last.",
}


Listen = Callable[[HeardPrompt], str]
"""Receives a prompt as sound, and returns the words of a recording, or ""."""
News = Callable[[], Sequence[str]]
"""Returns lines about new messages that reached the caller another way, such as text messages."""


@dataclass
class TextCaller:
    """A person at a terminal."""

    terminal: Terminal
    notes: Notes = field(default_factory=Notes)
    news: News = tuple
    play_prompt: Listen | None = None

    def early(self, stretch: Stretch) -> Act | None:
        """Return None, since typing never interrupts a prompt."""
        return None

    def hears(self, heard: HeardPrompt) -> None:
        """Show the prompt, then play it."""
        if isinstance(heard, HeardText):
            self.notes.heard.append(heard.text)
            self.terminal.show(f"  {heard.text}")
        elif isinstance(heard, HeardTone):
            self.terminal.show("  [tone]")
        words = self.play_prompt(heard) if self.play_prompt else ""
        if isinstance(heard, HeardRecording):
            self.terminal.show(f"  {words}" if words else f"  [recording {heard.url}]")

    def answers(self, listening: ListeningWindow) -> Act:
        """Show the expected input and the timeout, and read a line."""
        self.show_news()
        self.terminal.show(f"  ({_listens(listening)})")
        while True:
            line = self.terminal.ask("> ")
            if line is None:
                raise Gone
            act = _act(line, listening)
            if act is not None:
                self._note(act, listening)
                return act
            self.terminal.show("  (only keys are accepted here; an empty line is silence)")

    def acted(self, act: Act) -> None:
        """Ignore it."""

    def desk(self, numbers: Sequence[str]) -> DeskAnswer:
        """Ask for the outcome of the dialled leg."""
        self.show_news()
        self.terminal.show(f"  [ringing {', '.join(numbers)}]")
        while True:
            line = self.terminal.ask("the desk: answer, refuse, busy, no answer or fail? [answer] ")
            if line is None:
                raise Gone
            desk = _DESK.get(line.strip().lower())
            if desk is not None:
                self._note_desk(desk)
                return replace(desk, hears=self._agent_hears)

    def _note_desk(self, desk: DeskAnswer) -> None:
        if desk.press == "2":
            self.notes.did(agent="refuses")
            self.terminal.show("  [refused]")
            return
        self.notes.did(dial=desk.status)
        self.terminal.show("  [connected; the talk is over]" if desk.status == "completed" else f"  [{desk.status}]")

    def _agent_hears(self, heard: HeardPrompt) -> None:
        if isinstance(heard, HeardText):
            self.terminal.show(f"  [the agent hears: {heard.text}]")

    def show_news(self) -> None:
        """Show new messages before the caller needs them."""
        for line in self.news():
            self.terminal.show(f"  {line}")

    def _note(self, act: Act, listening: ListeningWindow) -> None:
        if isinstance(act, Press):
            self.notes.did(press=act.keys)
        elif isinstance(act, Speak):
            self.notes.did(say=act.text)
        elif isinstance(act, Talk):
            self.notes.did(record=f"{act.seconds:g}s")
        else:
            self.notes.did(**({"silence": True} if listening.records else {"wait": True}))


class _Interruptible(RealClock):
    """A clock that makes Ctrl-C during a wait hang up, so that the server is notified."""

    def sleep(self, seconds: float) -> None:
        try:
            super().sleep(seconds)
        except KeyboardInterrupt:
            raise Gone from None


def _act(line: str, listening: ListeningWindow) -> Act | None:
    """Read a line as an act; None for words where only keys are accepted."""
    # Input methods for Chinese type full-width digits.
    plain = unicodedata.normalize("NFKC", line).strip()
    keys = plain.replace(" ", "")
    if not keys:
        return Silence()
    if set(keys) <= DTMF_KEYS:
        return Press(keys)
    if listening.records:
        # About four characters a second, as Mandarin is spoken.
        return Talk(float(max(1, round(len(plain) / 4))))
    # High, because typed words are never misheard; conversations play low values.
    return Speak(plain, confidence=0.9) if listening.speech else None


def _listens(listening: ListeningWindow) -> str:
    if listening.records:
        ends = " ".join(listening.finish) if len(listening.finish) < 4 else "any key"
        return f"recording: type words; {ends} ends it, or {listening.timeout:g} s of silence"
    what = "1 key" if listening.most == 1 else f"up to {listening.most} keys" if listening.most else "keys"
    what += f", {listening.finish} ends them" if listening.finish and listening.most != 1 else ""
    if not listening.keys:
        what = "speech"
    elif listening.speech:
        what += ", or speech"
    return f"listening for {what}; {listening.timeout:g} s"


def call_url(url: str, flow: str) -> str:
    """Return the webhook's URL: `url` itself if it has a path, else the one for arrivals at `flow`."""
    if urlsplit(url).path.strip("/"):
        return url
    return url.rstrip("/") + addresses.voice(flow)


def advice(exchange: Exchange | None, url: str, token: str) -> str:
    """Return advice if the last request failed, or an empty text."""
    if exchange is None or exchange.status == 200:
        return ""
    if exchange.status == 403 and not token:
        return "The server refused the call (403): it was not signed. Set TWILIO_AUTH_TOKEN to the server's token."
    if exchange.status == 403:
        base = "{0.scheme}://{0.netloc}".format(urlsplit(url))
        return (
            "The server refused the signature (403). Either TWILIO_AUTH_TOKEN is not the same here and there, or the "
            f"server signs over another public URL than {base} (there: IVR_PUBLIC_URL)."
        )
    if exchange.status == 404:
        return f"The server has no {urlsplit(exchange.url).path} (404). Is the flow's name right?"
    if exchange.status == 0:
        return f"{exchange.problem}. Is the server running? `ivr demo --headless` starts one and prints its address."
    return f"The server answered with status {exchange.status}; a carrier takes only 200."


def run_phone(
    url: str,
    token: str = "",
    caller: str = "+8613800000001",
    flow: str = "main_menu",
    *,
    called: str = "",
    account: str = DEMO_ACCOUNT,
    public_url: str = "",
    transport: Transport | None = None,
    clock: Clock | None = None,
    screen: Terminal | None = None,
    save: Callable[[Notes, CallResult], str] | None = None,
    news: News = tuple,
    play_prompt: Listen | None = None,
    spoken: Sequence[bytes] = (),
    recordings: CarrierRecordings | None = None,
) -> CallResult:
    """Make one call from the terminal, and return its result.

    `url` is the URL of a server or of a webhook. `save` returns a message that is shown, as are the lines of `news`;
    `play_prompt` receives every prompt as sound. `spoken` are WAV files that answer first, in order; `recordings`
    serves the recordings.
    """
    screen = screen or terminal()
    voice = call_url(url, flow)
    base = "{0.scheme}://{0.netloc}".format(urlsplit(voice))
    line = PhoneLine(
        voice_url=voice,
        caller=caller,
        called=called or PhoneLine.called,
        token=token,
        account=account,
        status_url=base + addresses.STATUS,
        fallback_url=base + addresses.FALLBACK,
        public_url=public_url,
    )
    person = TextCaller(screen, news=news, play_prompt=play_prompt)
    failures: list[Exchange] = []
    screen.show(f"{caller} calls {called or flow or voice}  ({HELP})")
    clock = clock or (_Interruptible(longest=0.3) if isinstance(screen, Console) else VirtualClock(time.time()))
    way = transport or HttpTransport()
    try:
        mouth = _voiced(person, screen, spoken) if spoken else person
        carrier_options, watch = CarrierOptions(ring=0.4), _failed(failures)
        result = Player(
            line, way, mouth, clock, carrier_options=carrier_options, watch=watch, recordings=recordings
        ).call()
    finally:
        if isinstance(way, HttpTransport) and transport is None:
            way.close()
    person.show_news()
    screen.show(_ENDS[result.ended_by])
    for fault in dict.fromkeys(map(str, result.faults)):
        screen.show(f"  fault {fault}")
    if advised := advice(failures[0] if failures else None, voice, token):
        screen.show(advised)
    if save is not None:
        screen.show(save(person.notes, result))
    return result


def _voiced(person: Caller, screen: Terminal, spoken: Sequence[bytes]) -> Caller:
    from .audio_in import AudioCaller  # imports numpy, which calls without sound do not need

    return AudioCaller(person, screen, spoken)


def _failed(failures: list[Exchange]) -> ExchangeWatch:
    def watch(exchange: Exchange) -> None:
        # Only requests that the caller hears of: a carrier goes on after a failed report.
        if exchange.status != 200 and exchange.purpose not in ("status", "recording", "agent"):
            failures.append(exchange)

    return watch
