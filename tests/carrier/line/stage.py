"""A line without a network: telephones in memory, hand-written TwiML, and the real player, pump and sounds."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from typing import Any

from ivr.carrier.carrier_options import CallResult
from ivr.carrier.line.handset import Handset
from ivr.carrier.line.line_call import CallEnd, CallWatcher, CannotDial, LineFacts
from ivr.carrier.line.line_services import LineServices
from ivr.carrier.line.live_player import LivePlayer
from ivr.carrier.line.media_pump import MediaPump
from ivr.carrier.line.prompt_sounds import PromptSounds, pcm_of, tone
from ivr.carrier.recordings import CarrierRecordings
from ivr.carrier.requests import PhoneLine
from ivr.carrier.transport import WsgiTransport
from ivr.errors import IvrError
from ivr.net.threads import in_background
from ivr.speech.audio import Audio, write_wav
from tests.carrier.fixtures import TOKEN, Page, Server
from tests.waiting import wait_until

BASE = "https://bank.example"
SHORT = 0.06


class ServerWithSounds(Server):
    """Serves sounds without a signature, as a server does."""

    def __call__(self, environ: dict[str, Any], start: Callable[..., Any]) -> Iterable[bytes]:
        page = self.pages.get(environ["PATH_INFO"])
        if environ["REQUEST_METHOD"] == "GET" and isinstance(page, tuple):
            start(f"{page[0]} X", [("Content-Type", page[1])])
            return [page[2]]
        return super().__call__(environ, start)


def mark(hertz: float, seconds: float = SHORT) -> Audio:
    """Return a prompt with a tone of its own."""
    return tone((hertz,), seconds)


def sound(hertz: float, seconds: float = SHORT) -> Page:
    """Return a page with a prompt."""
    return (200, "audio/x-wav", write_wav(mark(hertz, seconds)))


@dataclass
class PhoneInMemory:
    """A telephone. `heard` is the sound it got, `says` what its microphone gives; a dialled one answers by itself."""

    facts: LineFacts = field(default_factory=lambda: LineFacts("+8613800000001", "+861055550000"))
    picks_up: bool = True
    refuses: CallEnd | None = None
    heard: bytearray = field(default_factory=bytearray)
    says: bytes = b""
    shown: list[str] = field(default_factory=list)
    flushes: int = 0
    reads: int = 0
    end: CallEnd | None = None
    watcher: CallWatcher | None = None
    is_answered: bool = False

    def watch(self, watcher: CallWatcher) -> None:
        self.watcher = watcher
        if self.is_answered:
            watcher.answered()
        if self.end:
            watcher.ended(self.end)

    def answer(self) -> None:
        if not self.is_answered:
            self.is_answered = True
            if self.watcher:
                self.watcher.answered()

    def hang_up(self, *, busy: bool = False) -> None:
        self.ends("busy" if busy else "completed")

    def ends(self, how: CallEnd = "completed") -> None:
        if self.end is None:
            self.end = how
            if self.watcher:
                self.watcher.ended(how)

    def press(self, keys: str) -> None:
        assert self.watcher
        for key in keys:
            self.watcher.pressed(key)

    def write(self, pcm: bytes) -> int:
        self.heard += pcm
        return len(pcm)

    def flush(self) -> None:
        self.flushes += 1

    def read(self) -> bytes:
        said, self.says = self.says, b""
        self.reads += 1
        return said

    def speak(self, audio: Audio) -> None:
        """Say something, and return when it has been read and handed on."""
        self.says = pcm_of(audio)
        wait_until(lambda: not self.says)
        reads = self.reads
        wait_until(lambda: self.reads > reads)

    def show(self, text: str) -> None:
        self.shown.append(text)

    def has_heard(self, audio: Audio) -> bool:
        return pcm_of(audio) in bytes(self.heard)

    def until_heard(self, audio: Audio) -> None:
        wait_until(lambda: self.has_heard(audio))


@dataclass
class Stage:
    """The parts of a line, and the telephones that can be dialled, by number."""

    pump: MediaPump
    server: Server
    services: LineServices
    recordings: CarrierRecordings
    phones: dict[str, PhoneInMemory] = field(default_factory=dict)
    shown_numbers: list[str] = field(default_factory=list)

    def dial(self, number: str, shown: str) -> PhoneInMemory:
        self.shown_numbers.append(shown)
        if number not in self.phones:
            raise CannotDial("no such telephone")
        phone = self.phones[number]
        if phone.refuses:
            phone.ends(phone.refuses)
        elif phone.picks_up:
            phone.answer()
        return phone

    def line(self, **more: str) -> PhoneLine:
        facts = {"status_url": f"{BASE}/status", "fallback_url": f"{BASE}/fallback", **more}
        return PhoneLine(f"{BASE}/voice", token=TOKEN, **facts)

    def player(self, phone: PhoneInMemory, **more: str) -> LivePlayer:
        return LivePlayer(self.line(**more), Handset(phone, self.pump), self.services)

    @contextmanager
    def call(self, pages: dict[str, Page], phone: PhoneInMemory | None = None) -> Iterator[LiveCall]:
        """Play a call in a thread; at the end of the block the caller hangs up."""
        self.server.pages = {"/status": "", **pages}
        phone = phone or PhoneInMemory()
        player = self.player(phone)
        call = LiveCall(self, phone, player, in_background(player.call, "test-call"))
        try:
            yield call
        finally:
            phone.ends()
            call.result()

    def until_asked(self, path: str, times: int = 1) -> dict[str, str]:
        """Return the form of a request to a path, once it has come so often."""
        wait_until(lambda: len(self.server.asked(path)) >= times)
        return self.server.asked(path)[times - 1]

    def with_(self, **more: object) -> Stage:
        """Return the stage with other services."""
        return replace(self, services=replace(self.services, **more))


@dataclass
class LiveCall:
    stage: Stage
    phone: PhoneInMemory
    player: LivePlayer
    future: Future[CallResult]

    def result(self) -> CallResult:
        return self.future.result(60)


def spoken(text: str, language: str, rate: float) -> Audio:
    """Return a tone for a text: its number of letters is the pitch in 100 Hz."""
    if language != "zh-CN":
        raise IvrError(f"no voice speaks {language}")
    return mark(100.0 * len(text))


@contextmanager
def line_stage(speak: Callable[[str, str, float], Audio] = spoken) -> Iterator[Stage]:
    """Run a pump and a server of recordings."""
    server = ServerWithSounds({})
    transport = WsgiTransport(server)
    lock = threading.Lock()
    with MediaPump() as pump, CarrierRecordings(TOKEN, not_ready=0) as recordings:
        stages: list[Stage] = []

        def dial(number: str, shown: str) -> PhoneInMemory:
            with lock:
                return stages[0].dial(number, shown)

        services = LineServices(transport, PromptSounds(transport, speak), pump, dial, recordings)
        stages.append(Stage(pump, server, services, recordings))
        yield stages[0]
