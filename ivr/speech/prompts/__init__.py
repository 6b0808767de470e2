"""Prompts: the texts that callers can hear, their sound files, and the choice of a file in a call.

Recordings come first, then the voices of `IVR_TTS`, in its order. Must not know channels, web servers or stores.
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
    """Return the prompts of calls: files of `audio`, and sounds rendered for one caller, cached in `private`."""
    maker = PromptRenderer(Voices(voices), SoundCache(private), seal.fingerprint)
    return Prompts(tuple(order), PromptIndex(audio), maker, SignedUrls(seal, clock))


def open_workshop(
    prompts: Sequence[KnownPrompt], order: Sequence[str], audio: Path, voices: Sequence[Voice]
) -> Workshop:
    """Return the workshop, which builds and judges the files of `audio`."""
    return Workshop(prompts, PromptIndex(audio), Voices(voices), tuple(order))
