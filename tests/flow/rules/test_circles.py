"""The proofs of circles agree with walks of every call through the real engine, on random small flows."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from ivr.errors import FlowError
from ivr.flow.loader import check_folder

from .random_flows import FAILURES, LANGUAGE, SILENCE, random_files, walked

SEEDS = 60


def proved(folder: Path, files: dict[str, str]) -> set[str]:
    for name, text in files.items():
        (folder / name).write_text(text, encoding="utf-8")
    return {problem.rule for problem in check_folder(folder, LANGUAGE, date(2026, 11, 30))[1]}


@pytest.mark.parametrize("seed", range(SEEDS))
def test_a_circle_is_proved_exactly_where_calls_go_round(seed, tmp_path):
    files = random_files(seed)
    try:
        walk = walked(files)
    except FlowError:
        pytest.skip("these flows cannot be loaded")
    rules = proved(tmp_path, files)
    if walk.stuck and "deep-nesting" in rules:
        return
    silent = walk.stuck or walk.goes_round(SILENCE)
    assert ("silent-circle" in rules) == silent, files
    if not silent:
        assert ("wrong-keys-circle" in rules) == walk.goes_round(FAILURES), files
