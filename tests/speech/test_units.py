"""The pack of recorded syllables: made once, licensed, and refused with a cure where it is damaged."""

from __future__ import annotations

import zipfile
from pathlib import Path

import pytest

from ivr.errors import VoiceFailed
from ivr.speech.units import FILE, build_pack, read_pack, unit_name


def test_a_pack_carries_its_licence_and_what_was_changed(models: Path) -> None:
    with zipfile.ZipFile(models / "zh-syllables" / "syllables.zip") as pack:
        notice = pack.read("NOTICE.txt").decode()
    for words in ("CC-BY-SA-3.0", "by-sa/3.0", "ff9ed3d0c631195bd2c06f39450f3264c7124040", "trimmed, resampled"):
        assert words in notice


def mp3s(recordings: Path, *names: str) -> list[Path]:
    return [recordings / "64k" / "syllabs" / f"cmn-{name}.mp3" for name in names]


def test_the_same_recordings_give_the_same_file_and_version(recordings: Path, tmp_path: Path) -> None:
    files = mp3s(recordings, "ma1", "hao3")
    assert build_pack(files, tmp_path / "a" / FILE) == build_pack(files[::-1], tmp_path / "b" / FILE) == 2
    assert (tmp_path / "a" / FILE).read_bytes() == (tmp_path / "b" / FILE).read_bytes()
    assert [path.name for path in (tmp_path / "a").iterdir()] == [FILE]


def test_a_syllable_is_found_by_its_name_at_the_telephones_rate(recordings: Path, tmp_path: Path) -> None:
    build_pack(mp3s(recordings, "ma1", "hao3"), tmp_path / FILE)
    units = read_pack(tmp_path / FILE)
    assert ("hao3" in units, "hao5" in units) == (True, False)
    assert (units.sound("hao3").rate, units.sound("hao3").seconds > 0.1) == (8000, True)
    with pytest.raises(KeyError):
        units.sound("hao5")


def test_files_of_lists_and_of_sounds_that_are_no_words_are_left_out() -> None:
    with pytest.raises(ValueError, match="there is no file cmn-<syllable>"):
        build_pack([Path("cmn-ma5.mp3"), Path("cmn-_hm1.mp3")], Path(FILE))
    assert unit_name(Path("cmn-jv4.mp3")) == "ju4"


def test_a_recording_that_cannot_be_read_is_named_and_leaves_no_pack(tmp_path: Path) -> None:
    (tmp_path / "cmn-ma1.mp3").write_bytes(b"nonsense")
    with pytest.raises(ValueError, match=r"cmn-ma1\.mp3: "):
        build_pack([tmp_path / "cmn-ma1.mp3"], tmp_path / FILE)
    assert not (tmp_path / FILE).exists()


@pytest.mark.parametrize(
    ("index", "fault"),
    [
        ('{"format": 2}', "of another format"),
        ('{"format": 1, "version": "x"}', "damaged"),
        ("[]", "damaged"),
        ("{", "damaged"),
    ],
)
def test_a_pack_of_another_format_or_a_damaged_one_says_so(tmp_path: Path, index: str, fault: str) -> None:
    with zipfile.ZipFile(tmp_path / FILE, "w") as pack:
        pack.writestr("index.json", index)
        pack.writestr("syllables.mulaw", b"")
    with pytest.raises(VoiceFailed, match=fault):
        read_pack(tmp_path / FILE)


def test_a_pack_that_is_not_there_or_no_archive_says_so(tmp_path: Path) -> None:
    with pytest.raises(VoiceFailed, match="cannot be read"):
        read_pack(tmp_path / FILE)
    (tmp_path / FILE).write_bytes(b"nonsense")
    with pytest.raises(VoiceFailed, match="damaged; delete it and download it again"):
        read_pack(tmp_path / FILE)
