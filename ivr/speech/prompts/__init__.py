"""Prompts: what callers can hear, the files that say it, and which of them a call plays.

Recordings come first, then the voices that `IVR_TTS` names, in its order. Knows no channel, no web server, no store.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

from ivr.crypto import Seal
from ivr.speech.tts import Voice

from .builder import Built, Standing, Workshop
from .cache import SoundCache
from .catalogue import KnownPrompt, known_prompts
from .index import PromptIndex
from .renderer import PromptRenderer
from .resolver import Prompts
from .signed_urls import SignedUrls
from .voices import Voices

__all__ = [
    "Built",
    "KnownPrompt",
    "Prompts",
    "Standing",
    "Workshop",
    "known_prompts",
    "open_prompts",
    "open_workshop",
]


def open_prompts(
    order: Sequence[str],
    audio: Path,
    private: Path | None,
    voices: Sequence[Voice],
    seal: Seal,
    clock: Callable[[], float],
) -> Prompts:
    """Return what calls play: files of `audio`, and what is rendered for one caller, kept for a while in `private`."""
    maker = PromptRenderer(Voices(voices), SoundCache(private), seal.fingerprint)
    return Prompts(tuple(order), PromptIndex(audio), maker, SignedUrls(seal, clock))


def open_workshop(
    prompts: Sequence[KnownPrompt], order: Sequence[str], audio: Path, voices: Sequence[Voice]
) -> Workshop:
    """Return what builds and judges the files of `audio`."""
    return Workshop(prompts, PromptIndex(audio), Voices(voices), tuple(order))
