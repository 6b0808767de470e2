"""Sounds of one caller: kept within a bound, unreadable for others, and no reason for silence."""

from __future__ import annotations

import gc
import os
import time

from ivr.speech.prompts.cache import SoundCache


def test_the_cache_is_bounded_by_bytes_the_least_heard_goes_first_and_all_expires(tmp_path):
    now = time.time()
    kept = SoundCache(tmp_path / "kept", most=3000, seconds=3600, clock=lambda: now)
    for number in range(3):
        kept.put(f"n{number}", b"x" * 900)
    stamps = {f"n{number}": now - 100 + number for number in range(3)}
    for name, stamp in stamps.items():
        os.utime(tmp_path / "kept" / f"{name}.wav", (stamp, stamp))
    assert kept.get("n0")
    kept.put("n3", b"x" * 900)
    kept.sweep()
    assert (kept.get("n1"), kept.get("n0") is not None) == (None, True)
    now += 3601
    assert kept.get("n0") is None
    kept.sweep()
    assert not list((tmp_path / "kept").glob("*.wav"))


def test_without_a_folder_the_sounds_go_with_the_process():
    kept = SoundCache(None)
    assert kept.put("name", b"sound")
    folder = kept.folder
    assert kept.get("name") == b"sound"
    del kept
    gc.collect()
    assert not folder.exists()


def test_hits_and_misses_are_counted_and_only_this_user_may_read(tmp_path):
    kept = SoundCache(tmp_path / "kept")
    assert kept.get("name") is None
    kept.put("name", b"sound")
    assert kept.get("name") == b"sound"
    assert (kept.hits, kept.misses) == (1, 1)
    assert (tmp_path / "kept").stat().st_mode & 0o777 == 0o700
    assert (tmp_path / "kept" / "name.wav").stat().st_mode & 0o777 == 0o600


def test_a_folder_that_cannot_be_made_keeps_nothing(tmp_path):
    (tmp_path / "file").write_text("")
    kept = SoundCache(tmp_path / "file" / "kept")
    assert not kept.put("name", b"sound")
    assert kept.get("name") is None
