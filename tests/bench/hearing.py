"""What hearing costs: the gate, keys in sound, recognitions a second on one thread and on four, a model's memory."""

from __future__ import annotations

import os
import resource
import statistics
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from ivr.speech.asr import Expected, RecognizedPhrase
from ivr.speech.asr.gate import refused
from ivr.speech.asr.pocketsphinx import SphinxRecognizer
from ivr.speech.asr.vosk import VoskRecognizer
from ivr.speech.audio import Audio, read_wav
from ivr.speech.dtmf import decode

LANGUAGE = "ko-KR"
MENU = ("잔액 조회", "카드 분실 신고", "상담원 연결", "계좌 이체", "대출 상담", "비밀번호 변경")
MANDARIN = ("查询余额", "挂失银行卡", "转人工", "信用卡", "投诉")
THREADS = 4
LONG = 60.0


def run(rounds: int, calls: int) -> None:
    """Measure on the recorded callers of IVR_TEST_ASSETS, with the Korean model."""
    folder = Path(os.environ.get("IVR_TEST_ASSETS", "")) / "speech"
    if not folder.is_dir():
        print("IVR_TEST_ASSETS is not set, so there are no callers to listen to")
        return
    sounds = {path.name: read_wav(path.read_bytes()) for path in sorted(folder.glob("*.wav"))}
    _pure(list(sounds.values()))
    _sphinx(folder.parent / "hearing" / "zh-cmu-8k", sounds)
    vosk = VoskRecognizer(workers=THREADS)
    if reason := vosk.why_not(LANGUAGE):
        print(reason)
        return
    _load(vosk)
    said = [sounds[name] for name in ("ko_menu_3.wav", "ko_menu_4.wav", "ko_menu_5.wav")]
    _recognise(vosk, said, rounds, calls)


def _pure(sounds: list[Audio]) -> None:
    seconds = sum(sound.seconds for sound in sounds)
    for title, work in (("gate", refused), ("keys in sound", decode)):
        took = _timed(lambda work=work: [work(sound) for sound in sounds])  # type: ignore[misc]
        print(f"{title}: {took / len(sounds) * 1e3:.1f} ms an answer, {seconds / took:.0f} times real time")


def _sphinx(model: Path, sounds: dict[str, Audio]) -> None:
    """Measure the recogniser of Mandarin on the recorded callers."""
    sphinx = SphinxRecognizer([model])
    if reason := sphinx.why_not("zh-CN"):
        print(reason)
        return
    before = _memory()
    # A model is loaded at its first use, which is this look-up of words; nothing is recognised yet.
    took = _timed(lambda: sphinx.unknown_words(Expected("zh-CN", MANDARIN)))
    print(f"pocketsphinx: the model is loaded in {took:.1f} s and takes {_memory() - before:.0f} MiB")
    said = [sound for name, sound in sounds.items() if name.startswith("zh_") and name.endswith("clean.wav")]
    began = time.process_time()
    for sound in said:
        sphinx.listen(sound, Expected("zh-CN", MANDARIN), LONG)
    cost = (time.process_time() - began) / sum(sound.seconds for sound in said)
    print(f"  {cost:.3f} s of processor time a second of sound")


def _load(vosk: VoskRecognizer) -> None:
    before = _memory()
    took = _timed(lambda: vosk.unknown_words(Expected(LANGUAGE, MENU)))
    print(f"vosk: the model is loaded in {took:.1f} s and takes {_memory() - before:.0f} MiB")


def _recognise(vosk: VoskRecognizer, said: list[Audio], rounds: int, calls: int) -> None:
    understood: list[bool] = []

    def recognised(number: int) -> float:
        sound = said[number % len(said)]
        started = time.perf_counter()
        understood.append(isinstance(vosk.listen(sound, Expected(LANGUAGE, MENU), LONG), RecognizedPhrase))
        return time.perf_counter() - started

    seconds = statistics.mean(sound.seconds for sound in said)
    for threads in (1, THREADS):
        rates, waits = [], []
        with ThreadPoolExecutor(threads) as pool:
            for _ in range(rounds):
                started = time.perf_counter()
                waits += list(pool.map(recognised, range(calls)))
                rates.append(calls / (time.perf_counter() - started))
        rate = statistics.median(rates)
        print(
            f"  {threads} at once: {rate:.1f} recognitions a second, {rate * seconds:.0f} times real time; "
            f"one takes {statistics.median(waits) * 1e3:.0f} ms, at most {max(waits) * 1e3:.0f}"
        )
    print(f"  {sum(understood)} of {len(understood)} understood; the model adds noise of its own, so a few may flip")


def _memory() -> float:
    # The most that was ever used, in KiB on Linux: a difference counts only what exceeds the earlier peak.
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def _timed(work: Callable[[], object]) -> float:
    started = time.perf_counter()
    work()
    return time.perf_counter() - started
