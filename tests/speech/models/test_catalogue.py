"""The list of models is pinned, and a model is meant by its name or its language."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from ivr.speech.models import chosen, installed, missing, model_catalogue


def test_every_model_of_the_list_is_pinned_in_full() -> None:
    for model in model_catalogue().values():
        assert re.fullmatch("[0-9a-f]{64}", model.sha256)
        if not model.parts:
            assert model.url.startswith("https://")
            assert model.url.endswith("/")
        for part in model.parts:
            assert re.fullmatch("[0-9a-f]{64}", part.sha256)
            assert part.url.startswith("https://") or part.packages
        assert model.size > 1_000_000
        assert model.licence
        assert len(model.files) == len(set(model.files)) >= 1
    assert model_catalogue()["zh-syllables"].made == "syllables.zip"


@pytest.mark.parametrize(
    ("wanted", "names"),
    [
        ("zh", ["kokoro", "zh-syllables", "vosk-zh", "sphinx-zh"]),
        ("cmn-Hans-CN", ["kokoro", "zh-syllables", "vosk-zh", "sphinx-zh"]),
        ("en_US", ["kokoro", "vosk-en"]),
        ("vosk-zh", ["vosk-zh"]),
        ("fr", []),
    ],
)
def test_models_are_meant_by_language_or_name(wanted: str, names: list[str]) -> None:
    assert [model.name for model in chosen(wanted)] == names


def test_what_is_missing_is_a_sentence_with_the_cure(tmp_path: Path) -> None:
    assert str(missing("recogniser", "zh-CN", tmp_path)).endswith("ivr models download vosk-zh")
    assert "no voice model of ko" in str(missing("voice", "ko", tmp_path))
    (tmp_path / "vosk-zh" / "am").mkdir(parents=True)
    (tmp_path / "vosk-zh" / "am" / "final.mdl").write_bytes(b"")
    assert missing("recogniser", "zh-CN", tmp_path) is None


def test_the_recordings_are_those_that_are_pinned(models: Path, recordings: Path, tmp_path: Path) -> None:
    known = model_catalogue()["zh-syllables"]
    folder = recordings / "64k" / "syllabs"
    assert sum((folder / name).stat().st_size for name in known.files) == known.size
    assert installed(known, models) is not None
