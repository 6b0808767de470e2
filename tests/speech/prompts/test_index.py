"""The index of rendered prompts: atomic, read again when it changed, and no reason for silence when it is damaged."""

from __future__ import annotations

import pytest

from ivr.speech.prompts.catalogue import sound_of
from ivr.speech.prompts.index import LOOK_SECONDS, RECORDING, PromptIndex, PromptPiece, file_of, key_of, write_whole

HELLO = PromptPiece("test.hello", "zh-CN", "您好", 1.0, "hum", "rendered/zh-CN/a.wav", 1.0)
SPOKEN = PromptPiece("test.hello", "zh-CN", "您好", 1.0, RECORDING, "rendered/zh-CN/b.wav", 1.2)
SOUND = sound_of("您好", "zh-CN", 1.0)


def test_a_file_is_named_by_what_it_holds():
    assert key_of("a", 1) == key_of("a", 1) != key_of("a", 2)
    assert file_of("zh-CN", key_of("a")) == f"rendered/zh-CN/{key_of('a')}.wav"


def test_a_recording_and_a_rendering_of_one_text_are_told_apart(folder):
    index = PromptIndex(folder)
    index.keep([HELLO, SPOKEN])
    assert index.find(SOUND, recorded=False) == HELLO
    assert index.find(SOUND, recorded=True) == SPOKEN
    assert index.find(sound_of("再见", "zh-CN", 1.0), recorded=False) is None
    assert index.any_recorded


def test_another_process_s_index_is_seen_after_a_moment(folder):
    now = 0.0
    index, other = PromptIndex(folder, lambda: now), PromptIndex(folder)
    assert index.pieces() == []
    other.keep([HELLO])
    assert index.pieces() == []
    now += LOOK_SECONDS
    assert index.pieces() == [HELLO]
    assert not index.any_recorded


@pytest.mark.parametrize("content", [b"", b"{", b'{"prompts": [{"id": 1}]}'])
def test_an_index_that_is_damaged_or_gone_holds_nothing(folder, content):
    index = PromptIndex(folder)
    index.keep([HELLO])
    (folder / "rendered" / "prompts.json").write_bytes(content)
    assert PromptIndex(folder).pieces() == []
    (folder / "rendered" / "prompts.json").unlink()
    assert PromptIndex(folder).pieces() == []


def test_the_same_prompts_give_the_same_bytes_in_any_order(folder):
    file = folder / "rendered" / "prompts.json"
    PromptIndex(folder).keep([HELLO, SPOKEN])
    first = file.read_bytes()
    PromptIndex(folder).keep([SPOKEN, HELLO])
    assert file.read_bytes() == first
    assert (folder / "rendered" / ".gitignore").read_text().endswith("*\n")


def test_a_file_that_cannot_be_written_leaves_the_old_one_and_nothing_beside_it(tmp_path):
    place = tmp_path / "a folder"
    place.mkdir()
    with pytest.raises(OSError, match="directory"):
        write_whole(place, b"new")
    assert [path.name for path in tmp_path.iterdir()] == ["a folder"]


def test_a_file_is_replaced_whole_with_the_rights_that_are_asked_for(tmp_path):
    write_whole(tmp_path / "deep" / "file", b"old")
    write_whole(tmp_path / "deep" / "file", b"new", 0o600)
    assert (tmp_path / "deep" / "file").read_bytes() == b"new"
    assert (tmp_path / "deep" / "file").stat().st_mode & 0o777 == 0o600
