"""What people have recorded, and which words each file says."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest

from ivr.speech.audio import joined, loudness, read_wav, silence, write_wav
from ivr.speech.prompts.recordings import MANIFEST

from .conftest import NAME, STEPS, hum, record, standing


def test_a_recording_is_trimmed_levelled_and_heard_instead_of_a_voice(workshop, voice, folder):
    quiet = hum(2.0)
    quiet = replace(quiet, samples=quiet.samples // 8)
    record(folder, NAME, joined([silence(1.5), quiet, silence(2.0)]))
    built = workshop(STEPS)
    assert (standing(built).state, standing(built).remark) == ("missing", "recorded, and not built yet")
    assert not built.build().failed
    found = standing(built)
    assert (found.state, found.piece.engine) == ("ready", "recording")
    assert found.piece.seconds == pytest.approx(2.3, abs=0.1)
    assert -19 < loudness(read_wav((folder / found.piece.file).read_bytes())) < -17
    assert "您好，欢迎致电。" not in voice.said


def test_a_text_that_changed_after_it_was_recorded_makes_the_recording_stale(workshop, folder):
    record(folder, NAME, hum(2.0))
    workshop(STEPS).build()
    noted = json.loads((folder / "zh-CN" / MANIFEST).read_text("utf-8"))
    assert noted[NAME]["spoken"] == "您好，欢迎致电。"
    changed = workshop(STEPS.replace("欢迎致电", "这里是银行"))
    assert standing(changed).state == "stale"
    assert "您好，欢迎致电。" in standing(changed).remark
    assert changed.build().made == 1
    assert standing(changed).piece.engine == "hum"
    record(folder, NAME, hum(2.2))
    anew = workshop(STEPS.replace("欢迎致电", "这里是银行"))
    anew.build()
    assert (standing(anew).state, standing(anew).piece.engine) == ("ready", "recording")


def test_a_recording_that_was_taken_away_is_not_heard_any_more(workshop, folder):
    path = record(folder, NAME, hum(2.0))
    workshop(STEPS).build()
    path.unlink()
    built = workshop(STEPS)
    built.build()
    assert standing(built).piece.engine == "hum"
    assert built.index.find(standing(built).prompt.sound, recorded=True) is None


def test_punctuation_makes_no_recording_stale_and_a_moved_step_keeps_its_own(workshop, folder):
    record(folder, NAME, hum(2.0))
    workshop(STEPS).build()
    moved = workshop("\n  start: {say: 请稍等。, next: hello}\n  hello: {say: 您好！欢迎致电, next: bye}\n")
    moved.build()
    assert standing(moved, "test.hello.say").piece.engine == "recording"


def test_an_empty_recording_is_refused_and_the_voice_speaks(workshop, voice, folder):
    path = record(folder, NAME, silence(2.0))
    (folder / "zh-CN" / "test.bye.hangup.wav").write_bytes(b"")
    built = workshop(STEPS)
    refused = built.build().refused
    assert f"{path}: it has no speech" in refused
    assert any("this is neither WAV nor MP3" in one for one in refused)
    assert standing(built).piece is None or standing(built).piece.engine == "hum"
    assert "您好，欢迎致电。" in voice.said


def test_a_file_that_is_called_like_no_prompt_is_named_with_the_nearest(workshop, folder):
    record(folder, "test.start.sya", hum(2.0))
    (warning,) = workshop(STEPS).build().warnings
    assert "no prompt is called test.start.sya; did you mean test.start.say?" in warning


def test_a_sound_in_a_format_that_is_not_read_is_named(workshop, folder):
    record(folder, NAME, hum(2.0)).rename(folder / "zh-CN" / f"{NAME}.m4a")
    (warning,) = workshop(STEPS).build().warnings
    assert f".m4a is not read; write it as WAV: ffmpeg -i {NAME}.m4a {NAME}.wav" in warning


def test_the_music_of_waiting_callers_is_no_recording_of_a_prompt(workshop, folder):
    (folder / "music").mkdir()
    (folder / "music" / "waiting.wav").write_bytes(write_wav(hum(2.0)))
    assert workshop(STEPS).build().warnings == ()


def test_a_recording_of_the_wrong_length_is_pointed_at(workshop, folder):
    record(folder, NAME, hum(9.0))
    built = workshop(STEPS)
    (warning,) = built.build().warnings
    assert NAME in warning
    assert standing(built).length_fault


def test_mp3_is_taken_as_well(workshop, folder, assets):
    (folder / "zh-CN").mkdir()
    clip = next((assets / "voices" / "zh-syllables" / "64k" / "syllabs").glob("cmn-hao3.mp3"))
    (folder / "zh-CN" / f"{NAME}.mp3").write_bytes(clip.read_bytes())
    built = workshop(STEPS.replace("您好，欢迎致电", "好"))
    assert not built.build().refused
    assert standing(built).piece.engine == "recording"
