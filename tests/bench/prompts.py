"""What it costs to speak: the first prompt of a process, values in calls, the cache, renderings a second."""

from __future__ import annotations

import os
import statistics
import tempfile
import time
from collections.abc import Callable, Sequence
from pathlib import Path

from ivr.crypto import Seal
from ivr.engine.verbs import Gather, Play, Say
from ivr.flow.loader import load
from ivr.session.step_registry import catalogue
from ivr.speech.prompts import KnownPrompt, Prompts, known_prompts, open_prompts, open_workshop
from ivr.speech.tts import local_voices
from ivr.speech.verbalize import Reader

from . import ours

MODELS = Path(os.environ.get("IVR_MODELS", "var/models"))
VALUES = 40
BUILT = 60
"""Prompts of each language that are rendered."""


def run(rounds: int, calls: int) -> None:
    """Print every figure for the voices that are installed here."""
    del rounds, calls
    release = load(ours.FLOWS, catalogue())
    began = time.perf_counter()
    known = known_prompts(release)
    print(f"\n{len(known)} prompts known beforehand, listed in {time.perf_counter() - began:.2f} s")
    for language in ("zh-CN", "en-US"):
        with tempfile.TemporaryDirectory(prefix="ivr-bench-") as folder:
            _language(language, [prompt for prompt in known if prompt.language == language], Path(folder))


def _language(language: str, known: Sequence[KnownPrompt], folder: Path) -> None:
    voices = local_voices(MODELS)
    able = [voice for voice in voices if voice.speaks(language) and voice.why_not(language) is None]
    for voice in voices:
        voice.close()
    print(f"\n{language}, spoken by {able[0].name if able else 'nobody'}")
    if not able:
        return
    _calls(language, folder)
    workshop = open_workshop(known[:BUILT], ("local",), folder, local_voices(MODELS))
    began = time.perf_counter()
    built = workshop.build()
    took = time.perf_counter() - began
    seconds = sum(piece.seconds for piece in workshop.index.pieces())
    size = sum(path.stat().st_size for path in folder.glob("rendered/*/*.wav"))
    print(
        f"  build                {built.made / took:8.1f} prompts a second, {seconds / took:.0f} s of speech a second"
    )
    print(f"  size                 {size / seconds:8.0f} bytes a second of speech (16-bit samples: 16000)")
    began = time.perf_counter()
    again = workshop.build()
    print(
        f"  build again          {again.kept / (time.perf_counter() - began):8.0f} prompts a second, {again.made} made"
    )
    workshop.voices.close()


def _calls(language: str, folder: Path) -> None:
    """Speak balances as calls do, each sentence new at first and heard again afterwards."""
    prompts = open_prompts(("local",), folder, folder / "private", local_voices(MODELS), Seal(b"k" * 32), time.time)
    # Half a minute for each prompt: the budget of a call would replace slow voices by the carrier's, and hide their
    # time.
    patient = Prompts(prompts.order, prompts.index, prompts.maker, prompts.links, 30.0)
    # Steps of 37 yuan give each amount other digits, so each sentence is new to the cache.
    amounts = [Reader()(f"{1000 + 37 * number}.{number:02}", "amount", "", language) for number in range(VALUES)]
    frame = (
        "您尾号零幺二八的账户，余额为{}。"
        if language == "zh-CN"
        else "Your account ending in 0128 has a balance of {}."
    )
    says = [Say(frame.format(amount), language) for amount in amounts]
    first = _timed(lambda: patient.ready(Gather((says[0],))))
    print(f"  first prompt, cold   {first * 1000:8.1f} ms")
    fresh = sorted(_timed(lambda say=say: patient.ready(Gather((say,)))) for say in says[1:])
    worst = f"(worst of {len(fresh)}: {fresh[-1] * 1000:.1f})"
    print(f"  a new value          {statistics.median(fresh) * 1000:8.1f} ms {worst}")
    again = sorted(_timed(lambda say=say: _fetched(prompts, say)) for say in says)
    print(f"  again, and fetched   {statistics.median(again) * 1000:8.2f} ms")
    kept = prompts.maker.kept
    asked = kept.hits + kept.misses
    print(f"  cache                {kept.hits / asked:8.0%} hits of {asked}: each value said, said again, and fetched")
    prompts.close()


def _fetched(prompts: Prompts, say: Say) -> None:
    """Speak a value, and fetch its sound as the carrier does."""
    for play in prompts.ready(Gather((say,))).prompts:
        if isinstance(play, Play):
            prompts.heard(play.url.removeprefix("/audio/spoken/").removesuffix(".wav"))


def _timed(work: Callable[[], object]) -> float:
    began = time.perf_counter()
    work()
    return time.perf_counter() - began
