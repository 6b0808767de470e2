"""The voice of pyttsx3 in its child processes, for real: rate, voice, length, and everything that can go wrong."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import sys
import textwrap
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from ivr.errors import VoiceFailed
from ivr.speech.audio import loudness
from ivr.speech.tts import local_voices
from ivr.speech.tts._espeak_children import COMMAND, Children
from ivr.speech.tts.pyttsx3 import Pyttsx3
from tests.waiting import wait_until

ENGLISH = [
    "Welcome to the demo bank. For your balance, press one. For recent transactions, press two.",
    "Please enter the last four digits of your card.",
    "Your balance is twelve thousand three hundred forty-five yuan and sixty-seven fen.",
    "I did not hear you. Please try again, or press zero for an agent.",
]
MANDARIN = "您尾号零幺二八的账户，余额为一万二千三百四十五元六角七分。"


@pytest.fixture(scope="module")
def voice() -> Iterator[Pyttsx3]:
    real = Pyttsx3()
    yield real
    real.close()


@pytest.fixture
def played(tmp_path: Path) -> Iterator[Callable[[str], Pyttsx3]]:
    """Return a voice whose child is a program of the test's own."""
    made: list[Pyttsx3] = []

    def voice_of(program: str) -> Pyttsx3:
        file = tmp_path / "child.py"
        file.write_text(textwrap.dedent(program), encoding="utf-8")
        made.append(Pyttsx3([sys.executable, "-P", str(file)]))
        return made[-1]

    yield voice_of
    for each in made:
        each.close()


def words(text: str) -> int:
    return len(re.findall("[a-z]+", text.lower()))


@pytest.mark.parametrize(("rate", "slowest", "fastest"), [(1.0, 145, 185), (0.75, 110, 140)])
def test_english_is_as_fast_as_the_profile_says_and_all_of_one_level(
    voice: Pyttsx3, rate: float, slowest: float, fastest: float
) -> None:
    sounds = [voice.render(text, "en-US", rate=rate) for text in ENGLISH]
    minutes = sum(sound.seconds for sound in sounds) / 60
    assert slowest <= sum(map(words, ENGLISH)) / minutes <= fastest
    levels = [loudness(sound) for sound in sounds]
    assert max(levels) - min(levels) <= 2


def test_many_sentences_in_a_row_have_each_the_length_that_is_theirs(voice: Pyttsx3) -> None:
    texts = [ENGLISH[1], ENGLISH[2], MANDARIN]
    rates = [1.0, 0.75]
    lengths: dict[tuple[str, float], set[float]] = {}
    for number in range(60):
        text, rate = texts[number % 3], rates[number % 2]
        sound = voice.render(text, "zh-CN" if text is MANDARIN else "en-US", rate=rate)
        lengths.setdefault((text, rate), set()).add(sound.seconds)
    assert len(lengths) == 6
    for found in lengths.values():
        assert max(found) - min(found) < 0.05
    for text in texts:
        assert min(lengths[text, 0.75]) > 1.2 * max(lengths[text, 1.0])


def test_mandarin_is_really_mandarin(voice: Pyttsx3) -> None:
    sound = voice.render(MANDARIN, "zh-CN")
    assert 26 / sound.seconds * 60 == pytest.approx(165, rel=0.25)
    assert "cmn-latn-pinyin" in voice.identity("zh-CN")
    assert "en-us" in voice.identity("en-US")
    assert re.match(r"pyttsx3-2\.\d+-espeak-1\.\d+", voice.identity("en-US"))


def test_a_voice_that_espeak_does_not_have_is_no_english(voice: Pyttsx3) -> None:
    children = Children()
    try:
        with pytest.raises(VoiceFailed, match="instead of sit/klingon"):
            children.ask({"text": "hello", "voice": "sit/klingon", "rate": 160}, time.monotonic() + 10, len)
        assert children.ask({"text": "hello", "voice": "gmw/en-us", "rate": 160}, time.monotonic() + 10, len) > 5000
    finally:
        children.close()


def test_what_cannot_be_said_is_a_failure_with_a_reason(voice: Pyttsx3) -> None:
    for text, language, reason in (
        ("bonjour", "fr-FR", "not fr-FR"),
        ("...", "en-US", "nothing in the text"),
        ("，", "zh-CN", "nothing in the text"),
        ("打开 Mobile Banking", "zh-CN", "English words"),
        ("100℃是", "zh-CN", "cannot read"),
        ("a" * 5000, "en-US", "5000 characters"),
    ):
        with pytest.raises(VoiceFailed, match=reason):
            voice.render(text, language)


def test_threads_share_the_children(voice: Pyttsx3) -> None:
    with ThreadPoolExecutor(6) as pool:
        sounds = list(pool.map(lambda number: voice.render(ENGLISH[number % 4], "en-US"), range(24)))
    assert all(sounds[number].seconds == pytest.approx(sounds[number % 4].seconds, abs=0.05) for number in range(24))
    assert 1 <= len(voice._children._idle) <= 2


def test_a_child_that_is_killed_is_replaced_within_the_same_sentence(voice: Pyttsx3) -> None:
    voice.render(ENGLISH[0], "en-US")
    killed = [child.process.pid for child in voice._children._idle]
    for pid in killed:
        os.kill(pid, signal.SIGKILL)
    assert voice.render(ENGLISH[1], "en-US").seconds > 1
    assert not set(killed) & {child.process.pid for child in voice._children._idle}


def test_a_child_that_is_killed_while_it_speaks_is_replaced_too() -> None:
    voice = Pyttsx3()
    try:
        voice.render("ready", "en-US")
        (child,) = voice._children._idle
        threading.Timer(0.01, child.process.kill).start()
        assert voice.render(" ".join(ENGLISH * 8), "en-US", deadline=30).seconds > 60
    finally:
        voice.close()


def test_a_child_that_hangs_is_left_behind_within_the_deadline() -> None:
    voice = Pyttsx3()
    try:
        voice.render("ready", "en-US")
        stopped = list(voice._children._idle)
        for child in stopped:
            os.kill(child.process.pid, signal.SIGSTOP)
        assert voice.render(ENGLISH[1], "en-US", deadline=8.0).seconds > 1  # it raises when the deadline has passed
        assert stopped
        assert not set(stopped) & set(voice._children._idle)
    finally:
        voice.close()


@pytest.mark.parametrize(
    ("program", "reason"),
    [
        ("import time; time.sleep(60)", "in time"),
        ("", "has ended"),
        ("print('nonsense')", "invalid answer"),
        ('print(\'{"fault": "no data"}\')', "no data"),
        ("import os; os.kill(os.getpid(), 11)", "has ended"),
        (
            "print('{\"ready\": \"x\"}', flush=True); input(); print('{\"bytes\": 4}', flush=True); print('abc')",
            "no WAV",
        ),
        ('print(\'{"ready": "x"}\', flush=True); input(); import time; time.sleep(60)', "in time"),
    ],
)
def test_whatever_a_child_does_the_voice_fails_in_time(
    played: Callable[[str], Pyttsx3], program: str, reason: str
) -> None:
    deadline = 1.5 if "sleep" in program else 20.0
    with pytest.raises(VoiceFailed, match=reason):
        played(program).render(ENGLISH[0], "en-US", deadline=deadline)


SPEAKS = """\
import io, json, sys, wave
print('{"ready": "x"}', flush=True)
for line in sys.stdin:
    made = io.BytesIO()
    with wave.open(made, "wb") as file:
        file.setnchannels(1); file.setsampwidth(2); file.setframerate(22050)
        file.writeframes(bytes(range(1, 255, 2)) * %d)
    print(json.dumps({"bytes": len(made.getvalue())}), flush=True)
    sys.stdout.buffer.write(made.getvalue()); sys.stdout.flush()
"""


@pytest.mark.parametrize(("blocks", "what"), [(10, "spoke 0.0 s"), (20_000, "spoke 57.6 s"), (0, "spoke 0.0 s")])
def test_a_sound_of_the_wrong_length_is_not_played(played: Callable[[str], Pyttsx3], blocks: int, what: str) -> None:
    with pytest.raises(VoiceFailed, match=re.escape(what)):
        played(SPEAKS % blocks).render(ENGLISH[0], "en-US", deadline=10)


def test_an_engine_without_its_data_is_a_sentence_with_the_cure(tmp_path: Path, monkeypatch) -> None:
    package = tmp_path / "espeakng_loader"
    package.mkdir()
    (package / "__init__.py").write_text("def get_data_path(): raise RuntimeError('data path not exists')\n")
    monkeypatch.setenv("PYTHONPATH", str(tmp_path))
    voice = Pyttsx3()
    try:
        reason = voice.why_not("en-US")
        if reason is None:
            pytest.skip("this machine has an espeak-ng of its own")
        assert "install the packages pyttsx3 and espeakng-loader" in reason
        with pytest.raises(VoiceFailed, match="does not start"):
            voice.render("hello", "en-US")
    finally:
        voice.close()


def test_a_program_that_is_not_there_is_a_sentence_too() -> None:
    voice = Pyttsx3(["/nowhere/python"])
    assert "does not start" in str(voice.why_not("en-US"))
    assert "none" in voice.identity("en-US")


def test_a_child_gets_no_secret(played: Callable[[str], Pyttsx3], monkeypatch) -> None:
    monkeypatch.setenv("TWILIO_AUTH_TOKEN", "hush")
    voice = played("import json, os; print(json.dumps({'ready': ' '.join(os.environ)}), flush=True); input()")
    assert "TWILIO" not in voice.identity("en-US")
    assert "PATH" in voice.identity("en-US")


def test_no_child_outlives_its_parent() -> None:
    program = (
        "from ivr.speech.tts.pyttsx3 import Pyttsx3; import os, signal; v = Pyttsx3(); v.render('hello', 'en-US');"
    )
    program += "print(v._children._idle[0].process.pid, flush=True); os.kill(os.getpid(), signal.SIGKILL)"
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=False)
    child = Path("/proc") / done.stdout.strip()
    assert child.name.isdigit(), done.stderr
    wait_until(lambda: not child.exists())


def test_closing_ends_the_children_and_the_voice_speaks_again_afterwards() -> None:
    voice = Pyttsx3()
    voice.render("hello", "en-US")
    (child,) = voice._children._idle
    voice.close()
    assert child.process.poll() is not None
    assert voice.render("hello", "en-US").seconds > 0.2
    voice.close()


def test_nothing_of_pyttsx3_is_loaded_here() -> None:
    program = "import sys, ivr.speech.tts.pyttsx3, pathlib; from ivr.speech.tts import local_voices;"
    program += (
        "local_voices(pathlib.Path('var')); sys.exit(1 if {'pyttsx3', 'espeakng_loader'} & set(sys.modules) else 0)"
    )
    assert subprocess.run([sys.executable, "-c", program], check=False).returncode == 0
    assert COMMAND[1] == "-P"


def test_the_voices_are_found_the_best_first(tmp_path: Path) -> None:
    kinds = [voice.kind for voice in local_voices(tmp_path)]
    assert sorted(("kokoro", "syllables", "pyttsx3"), key=kinds.index) == ["kokoro", "syllables", "pyttsx3"]


def test_english_words_in_a_mandarin_text_are_said_by_the_english_voice(models: Path) -> None:
    voices = [voice for voice in local_voices(models) if voice.kind in ("syllables", "pyttsx3")]
    try:
        mixed = voices[0].render("请打开 Mobile Banking 查询", "zh-CN")
        plain = voices[0].render("请打开查询", "zh-CN")
        assert mixed.seconds > plain.seconds + 0.6
        assert "espeak" in voices[0].identity("zh-CN")
    finally:
        for voice in voices:
            voice.close()
