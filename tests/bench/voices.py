"""What the local voices cost: first prompt, prompts a second, and a thousand in a row without one lost."""

from __future__ import annotations

import os
import resource
import statistics
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from ivr.speech.audio import loudness
from ivr.speech.models import install_from, model_catalogue
from ivr.speech.tts import Voice, VoiceSources
from ivr.speech.tts.kokoro import Kokoro
from ivr.speech.tts.pyttsx3 import Pyttsx3
from ivr.speech.tts.syllables import Syllables

ROW = 1000
ENGLISH = (
    "Welcome to the demo bank. For your balance, press one. For recent transactions, press two.",
    "Please enter the last four digits of your card.",
    "Your balance is twelve thousand three hundred forty-five yuan and sixty-seven fen.",
    "I did not hear you. Please try again, or press zero for an agent.",
)
MANDARIN = (
    "查询余额，请按1；最近交易，请按2；银行卡挂失，请按3；人工服务，请按0。",
    "请输入您银行卡的最后四位数字。",
    "您尾号零幺二八的账户，余额为一万二千三百四十五元六角七分。",
    "对不起，我没有听清楚。请再说一遍。",
)


def run(rounds: int, calls: int) -> None:
    """Measure both voices; the Mandarin one needs the recordings of IVR_TEST_ASSETS."""
    del rounds, calls
    english = Pyttsx3()
    _measure("pyttsx3, English", english, ENGLISH, "en-US")
    _in_a_row(english)
    english.close()
    _kokoro()
    assets = os.environ.get("IVR_TEST_ASSETS")
    if not assets:
        print("IVR_TEST_ASSETS is not set, so there are no recorded syllables to measure")
        return
    with tempfile.TemporaryDirectory(prefix="ivr-bench-") as folder:
        models = Path(folder)
        took = _timed(
            lambda: install_from(model_catalogue()["zh-syllables"], Path(assets) / "voices" / "zh-syllables", models)
        )
        print(f"syllables: the pack is made in {took:.1f} s")
        _measure("syllables, Mandarin", Syllables.open(VoiceSources(models)), MANDARIN, "zh-CN")


def _kokoro() -> None:
    """Measure the neural voice with the pack of IVR_MODELS, one rendering of each text: it takes its time."""
    voice = Kokoro.open(VoiceSources(Path(os.environ.get("IVR_MODELS", "var/models"))))
    for language, texts in (("zh-CN", MANDARIN), ("en-US", ENGLISH)):
        if reason := voice.why_not(language):
            print(reason)
            continue
        first = _timed(lambda: voice.render(texts[1], language, deadline=600))  # noqa: B023 - called at once
        before = time.process_time()
        sounds = [voice.render(text, language, deadline=600) for text in texts]
        cost = (time.process_time() - before) / sum(sound.seconds for sound in sounds)
        memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
        print(
            f"kokoro, {language}: first prompt {first:.1f} s, {cost:.2f} s of processor time a second, {memory:.0f} MiB"
        )
    voice.close()


def _measure(title: str, voice: Voice, texts: tuple[str, ...], language: str) -> None:
    # The first prompt starts the voice's process or reads its pack, hence the long deadline.
    first = _timed(lambda: voice.render(texts[0], language, deadline=30))
    cold = [_timed(lambda text=text: voice.render(text, language)) for text in texts[1:]]  # type: ignore[misc]
    sounds = [voice.render(text, language) for text in texts]
    count = 200
    warm = _timed(lambda: [voice.render(texts[n % len(texts)], language) for n in range(count)]) / count
    seconds = statistics.mean(sound.seconds for sound in sounds)
    levels = [loudness(sound) for sound in sounds]
    print(f"{title}: first prompt {first * 1e3:.0f} ms, a new one {statistics.mean(cold) * 1e3:.0f} ms")
    apart = max(levels) - min(levels)
    print(f"  {1 / warm:.0f} prompts a second, {seconds / warm:.0f} times real time; levels differ {apart:.2f} dB")


def _in_a_row(voice: Voice) -> None:
    lengths: dict[tuple[str, float], list[float]] = {}
    started = time.perf_counter()
    for number in range(ROW):
        # Four and three have no common factor, so each text is spoken at each rate.
        text, rate = ENGLISH[number % 4], (1.0, 0.75, 1.2)[number % 3]
        lengths.setdefault((text, rate), []).append(voice.render(text, "en-US", rate=rate).seconds)
    took = time.perf_counter() - started
    spread = max(max(same) - min(same) for same in lengths.values())
    # A prompt that is cut off, or holds a part of another, has another length than the rest.
    wrong = sum(abs(each - statistics.median(same)) > 0.05 for same in lengths.values() for each in same)
    print(f"  {ROW} in a row in {took:.1f} s: none lost, {wrong} of a wrong length (by {spread * 1e3:.0f} ms at most)")


def _timed(work: Callable[[], object]) -> float:
    started = time.perf_counter()
    work()
    return time.perf_counter() - started
