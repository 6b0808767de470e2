"""What the tests of voices share: the pack of Mandarin syllables, built once from the test assets."""

from __future__ import annotations

import fcntl
import os
import re
from pathlib import Path

import pytest

from ivr.catalogue import catalogue
from ivr.flow import phrasebook
from ivr.flow.loader import load
from ivr.flow.model import within
from ivr.flow.text import Text

ROOT = Path(__file__).resolve().parent.parent.parent


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
    from ivr.speech.models import catalogue as known
    from ivr.speech.models import install_from, installed

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
    words = {"yes_words", "no_words"}
    texts += [phrasebook.phrase("zh-CN", key) for key in phrasebook.keys("zh-CN") if key not in words]
    return sorted({text for text in texts if text and re.search("[\u4e00-\u9fff]", text) and "{" not in text})
