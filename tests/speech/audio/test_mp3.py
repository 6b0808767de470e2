"""MP3 files are read; what is no sound file is refused."""

from __future__ import annotations

import pytest

from ivr.speech.audio import (
    read_mp3,
    read_sound,
)


@pytest.mark.parametrize("data", [b"", b"hello", b"\xff\xfb\x90\0nothing"])
def test_a_sound_file_of_no_known_kind_is_refused(data: bytes) -> None:
    with pytest.raises(ValueError, match=r"neither WAV nor MP3|no MP3 file"):
        read_sound(data)


def test_mp3_is_read(recordings) -> None:
    file = recordings / "64k" / "syllabs" / "cmn-ma3.mp3"
    found = read_sound(file.read_bytes())
    assert found == read_mp3(file.read_bytes())
    assert (found.rate, round(found.seconds, 1)) == (48000, 1.4)
