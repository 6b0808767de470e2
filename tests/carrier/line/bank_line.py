"""The shipped flows behind a SIP line in this process: a real engine, a real bank, signed webhooks, tones for words.

Every prompt is a tone of its own pitch: the softphone's recording says which prompts were heard, in which order.
"""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path

import numpy as np

from ivr.app import Ivr, ServerJobs, build
from ivr.carrier.carrier_options import CarrierOptions
from ivr.carrier.line.browser_line import BrowserLine, BrowserOptions
from ivr.carrier.line.call_journal import CallJournal
from ivr.carrier.line.line_services import LineServices
from ivr.carrier.line.media_pump import MediaPump
from ivr.carrier.line.prompt_sounds import PromptSounds, tone
from ivr.carrier.line.rest_api import LineApi
from ivr.carrier.line.sip_line import SipLine, SipOptions
from ivr.carrier.line.switch import LineOptions, Switch
from ivr.carrier.requests import DEMO_ACCOUNT
from ivr.carrier.transport import WsgiTransport
from ivr.demo.bank.serving import BackgroundBank
from ivr.flow.model import Release
from ivr.settings import Settings
from ivr.speech.audio import RATE, Audio
from ivr.web import web_app

from .softphone import free_ports

TOKEN = "fedcba9876543210fedcba9876543210"
BASE = "http://ivr.test"
OURS = "+861085550199"
BEEP, STEP = 1000, 20
PITCHES = [pitch for pitch in range(500, 3300, STEP) if pitch != BEEP]
"""The pitches of prompts in Hz: above the ringing tone, without the tone before a recording."""
SECONDS = 0.3


@dataclass
class Tones:
    """Speaks every text as a tone; the words of a pitch are kept."""

    words: list[str] = field(default_factory=list)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def speak(self, text: str, language: str, rate: float) -> Audio:
        with self._lock:
            if text not in self.words:
                assert len(self.words) < len(PITCHES)
                self.words.append(text)
            return tone((float(PITCHES[self.words.index(text)]),), SECONDS)

    def heard(self, audio: Audio) -> list[str]:
        """Return the texts whose tone is in a recording, in order."""
        size = RATE // 10
        texts: list[str] = []
        words = dict(zip(PITCHES, self.words, strict=False))
        for start in range(0, len(audio.samples) - size, size // 2):
            window = audio.samples[start : start + size] * np.hanning(size)
            spectrum = np.abs(np.fft.rfft(window, RATE))
            pitch = int(spectrum.argmax())
            nearest = STEP * round(pitch / STEP)
            text = words.get(nearest) if abs(pitch - nearest) <= 5 and spectrum.max() > 1e5 else None
            if text and texts[-1:] != [text]:
                texts.append(text)
        return texts


@dataclass
class BankLine:
    ivr: Ivr
    switch: Switch
    api: LineApi
    tones: Tones
    sip: tuple[str, int]
    browser: BrowserLine | None = None

    @property
    def address(self) -> str:
        return f"sip:ivr@{self.sip[0]}:{self.sip[1]}"


@contextmanager
def bank_line(
    folder: Path, release: Release, *, sip: bool = True, numbers: dict[str, str] | None = None
) -> Iterator[BankLine]:
    """Run the bank, the engine with its jobs, and the line; conversations of the general desk are recorded."""
    with ExitStack() as stack:
        tones, port = Tones(), free_ports(2)
        switch = Switch(LineOptions(BASE, TOKEN, numbers=numbers or {}), CallJournal(None))
        api = stack.enter_context(LineApi(switch, TOKEN))
        bank = stack.enter_context(BackgroundBank())
        desks = release.line.desks
        recorded = {**desks, "general": replace(desks["general"], record=True)}
        ivr = build(
            Settings.from_environment(
                {
                    "IVR_STORE": f"sqlite:///{folder}/ivr.db",
                    "IVR_TTS": "cloud",
                    "IVR_PUBLIC_URL": BASE,
                    "TWILIO_AUTH_TOKEN": TOKEN,
                    "TWILIO_ACCOUNT_SID": DEMO_ACCOUNT,
                    "TWILIO_CALL_FROM": OURS,
                    "TWILIO_API_URL": api.url,
                    "IVR_BANK_URL": bank.url,
                    "TWILIO_SMS_FROM": OURS,
                }
            ),
            release=replace(release, line=replace(release.line, desks=recorded)),
        )
        stack.callback(ivr.close)
        jobs = ServerJobs(ivr)
        jobs.start()
        stack.callback(jobs.stop)
        transport = WsgiTransport(web_app(ivr))
        sounds, pump = PromptSounds(transport, tones.speak), stack.enter_context(MediaPump())
        switch.use(LineServices(transport, sounds, pump, switch.dial, api, carrier_options=CarrierOptions()))
        browser = None
        if sip:
            switch.lines.append(stack.enter_context(SipLine(SipOptions("127.0.0.1", port), switch.arrived)))
        else:
            browser = stack.enter_context(BrowserLine(BrowserOptions(desk="+861085550100"), switch.arrived))
            api.texted = browser.texted
            switch.lines.append(browser)
        stack.callback(switch.end_all)
        yield BankLine(ivr, switch, api, tones, ("127.0.0.1", port), browser)
