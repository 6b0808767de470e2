"""A voice that hums as long as its text takes; flows given as text; prompts and workshops in folders of their own."""

from __future__ import annotations

import os
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any, Self

import numpy as np
import pytest

from ivr.crypto import Seal
from ivr.errors import VoiceFailed
from ivr.flow.loader import reload
from ivr.flow.model import Release
from ivr.session.step_registry import catalogue
from ivr.speech.audio import Audio, write_wav
from ivr.speech.prompts import KnownPrompt, Prompts, Workshop, known_prompts, open_prompts, open_workshop
from ivr.speech.prompts.builder import Standing
from ivr.speech.prompts.duration import seconds_at
from ivr.speech.tts import Voice

ALL = ("recordings", "cloud", "local")
LINE = """
lines: {default: test}
desks: {general: "+861000000001"}
desk: general
announcements:
  emergency:
    outage: {zh-CN: 系统正在维护。, en-US: We are repairing something.}
"""
AGENT = """
  agent: {transfer: general, otherwise: bye}
  bye: {hangup: 再见。}
"""
STEPS = "\n  start: {say: 您好，欢迎致电。, next: bye}\n"
NAME = "test.start.say"
"""The prompt of STEPS."""


def hum(seconds: float, pitch: float = 220.0) -> Audio:
    """Return a tone as loud as prompts are."""
    time = np.arange(round(seconds * 8000)) / 8000
    return Audio((5900 * np.sin(2 * np.pi * pitch * time)).astype(np.int16))


class Hum(Voice):
    """Hums as long as the text takes. `stuck` is waited for first; `broken` says why it fails."""

    kind = "hum"

    def __init__(self, kind: str = "hum", languages: str = "zh en", version: int = 1) -> None:
        self.kind = kind  # type: ignore[misc]
        self.languages, self.version = languages.split(), version
        self.said: list[str] = []
        self.stuck = threading.Event()
        self.stuck.set()
        self.broken: Exception | None = None

    @classmethod
    def open(cls, models: Path) -> Self:
        return cls()

    def speaks(self, language: str) -> bool:
        return language.split("-")[0] in self.languages

    def identity(self, language: str) -> str:
        return f"{self.kind}-{self.version}"

    def why_not(self, language: str) -> str | None:
        return None if language.split("-")[0] in self.languages else f"{self.kind} does not speak {language}"

    def render(self, text: str, language: str, *, rate: float = 1.0, deadline: float = 10.0) -> Audio:
        self.said.append(text)
        self.stuck.wait(20)
        if self.broken:
            raise self.broken
        if "囍" in text:
            raise VoiceFailed("there is no sound for 囍")
        return hum(seconds_at(text, (200.0, 150.0), rate))


def release_of(steps: str, head: str = "", **more: str) -> Release:
    """Return a release of one flow called test, and others by name."""
    flow = steps if steps.startswith("flow:") else f"flow: test\n{head}\nstart: start\nsteps:{steps}{AGENT}"
    return reload(
        {"line.yaml": LINE, "test.yaml": flow, **{f"{n}.yaml": text for n, text in more.items()}}, catalogue()
    )


def few_prompts(steps: str, **more: Any) -> list[KnownPrompt]:
    """Return the prompts of a flow, and of the engine's own the one that stands in for others."""
    return [one for one in known_prompts(release_of(steps, **more)) if one.flow or one.id == "phrases.unreadable"]


def standing(workshop: Workshop, name: str = NAME) -> Standing:
    """Return how a prompt stands."""
    return next(standing for standing in workshop.standings() if standing.prompt.id == name)


def record(folder: Path, name: str, audio: Audio) -> Path:
    """Put a recording of a Mandarin prompt into the folder."""
    (folder / "zh-CN").mkdir(exist_ok=True)
    path = folder / "zh-CN" / f"{name}.wav"
    path.write_bytes(write_wav(audio))
    return path


@pytest.fixture
def voice():
    found = Hum()
    yield found
    found.stuck.set()


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "audio").mkdir()
    return tmp_path / "audio"


@pytest.fixture
def workshop(folder: Path, voice: Hum) -> Callable[..., Workshop]:
    """Return a function that gives the workshop of a flow."""

    def make(steps: str, *voices: Voice, order: tuple[str, ...] = ALL, **more: Any) -> Workshop:
        return open_workshop(few_prompts(steps, **more), order, folder, voices or (voice,))

    return make


@pytest.fixture
def prompts(folder: Path, tmp_path: Path, voice: Hum):
    """Return a function that gives what calls play; rendering may take its time unless a test says otherwise."""
    made: list[Prompts] = []

    def make(*order: str, voices: tuple[Voice, ...] | None = None, seconds: float = 30.0, **more: Any) -> Prompts:
        seal, clock = more.get("seal", Seal(b"k" * 32)), more.get("clock", lambda: 1_795_399_200.0)
        private = more.get("private", tmp_path / "private")
        found = open_prompts(order or ALL, folder, private, (voice,) if voices is None else voices, seal, clock)
        made.append(Prompts(found.order, found.index, found.maker, found.links, seconds))
        return made[-1]

    yield make
    for one in made:
        one.close()


@pytest.fixture(scope="session")
def assets() -> Path:
    found = os.environ.get("IVR_TEST_ASSETS", "")
    if not found:
        pytest.skip("IVR_TEST_ASSETS is not set: the recorded syllables are not here")
    return Path(found)
