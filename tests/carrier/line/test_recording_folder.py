"""Recordings on disk: for this user only, found again by a new process, gone when deleted."""

from __future__ import annotations

import stat
from pathlib import Path

import pytest

from ivr.carrier.line.recording_folder import RecordingFolder


def test_a_recording_is_kept_found_again_and_deleted(tmp_path: Path) -> None:
    folder = tmp_path / "recordings"
    RecordingFolder(folder)["RE12"] = b"RIFF"
    again = RecordingFolder(folder)
    assert (again["RE12"], list(again), len(again)) == (b"RIFF", ["RE12"], 1)
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700
    assert stat.S_IMODE((folder / "RE12.wav").stat().st_mode) == 0o600
    del again["RE12"]
    assert "RE12" not in again
    with pytest.raises(KeyError):
        del again["RE12"]


@pytest.mark.parametrize("sid", ["../x", "RE/../x", "", "CA12"])
def test_other_names_are_refused(tmp_path: Path, sid: str) -> None:
    kept = RecordingFolder(tmp_path)
    with pytest.raises(KeyError):
        kept[sid] = b""
    assert sid not in kept
