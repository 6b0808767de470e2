"""Rendering what is known: by content, only what changed, every failure named; recordings first."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest

from ivr.errors import VoiceFailed
from ivr.flow.loader import load
from ivr.session.step_registry import catalogue
from ivr.speech.audio import joined, loudness, read_wav, silence, write_wav
from ivr.speech.prompts import known_prompts, open_workshop
from ivr.speech.prompts.audio_qc import check_sound
from ivr.speech.prompts.duration import length_fault, seconds_of
from ivr.speech.prompts.recordings import MANIFEST
from ivr.speech.tts._mandarin import Word, read_mandarin
from ivr.speech.tts.syllables import Syllables
from ivr.speech.units import FILE, build_pack, unit_name

from .conftest import Hum, hum

STEPS = "\n  start: {say: 您好，欢迎致电。, next: bye}\n"
NAME = "test.start.say"


def standing(workshop, name=NAME):
    return next(one for one in workshop.standings() if one.prompt.id == name)


def record(folder, name, audio, suffix="wav"):
    (folder / "zh-CN").mkdir(exist_ok=True)
    path = folder / "zh-CN" / f"{name}.{suffix}"
    path.write_bytes(write_wav(audio))
    return path


def test_everything_is_rendered_once_and_then_only_what_changed(workshop, voice, folder):
    first = workshop(STEPS).build()
    assert first.made == len(voice.said) == 3
    assert not first.failed
    again = workshop(STEPS).build()
    assert (again.made, again.kept) == (0, first.made)
    changed = workshop(STEPS.replace("欢迎致电", "欢迎您的来电")).build()
    assert (changed.made, voice.said[-1]) == (1, "您好，欢迎您的来电。")
    assert len(list(folder.glob("rendered/zh-CN/*.wav"))) == first.made + 1


def test_files_are_mu_law_of_the_telephone_network_with_a_little_silence_at_both_ends(workshop, folder):
    built = workshop(STEPS)
    built.build()
    piece = standing(built).piece
    data = (folder / piece.file).read_bytes()
    assert data[20:22] == b"\x07\x00"
    assert seconds_of(data) == pytest.approx(read_wav(data).seconds) == pytest.approx(piece.seconds, abs=0.01)
    assert not read_wav(data).samples[:200].any()
    assert -19 < loudness(read_wav(data)) < -17


def test_what_is_no_longer_used_is_removed_only_when_asked(workshop, folder):
    workshop(STEPS).build()
    changed = workshop(STEPS.replace("您好", "你好"))
    changed.build()
    assert changed.build(prune=True).removed == 1
    assert {piece.file for piece in changed.shelf.pieces()} == {
        path.relative_to(folder).as_posix() for path in folder.glob("rendered/*/*.wav")
    }


def test_a_new_version_of_a_voice_renders_anew(workshop, voice):
    workshop(STEPS).build()
    newer = workshop(STEPS, Hum(version=2))
    assert (standing(newer).state, standing(newer).remark) == ("stale", "by another version of hum")
    assert newer.build().made == 3
    assert standing(newer).state == "ready"


def test_every_prompt_without_a_sound_is_named_and_the_next_voice_is_tried(workshop, voice):
    steps = STEPS.replace("欢迎致电", "囍")
    ((prompt, why),) = workshop(steps).build().failed
    assert (prompt.id, why) == (NAME, "there is no sound for 囍")
    voice.broken = VoiceFailed("the engine died")
    second = Hum("second")
    built = workshop(STEPS, voice, second)
    assert not built.build().failed
    assert standing(built).piece.engine == "second"


def test_a_voice_that_breaks_or_gives_no_speech_has_failed(workshop, voice):
    voice.broken = ZeroDivisionError("secret")
    assert {why for _, why in workshop(STEPS).build().failed} == {"the voice hum broke: ZeroDivisionError"}
    voice.broken = None
    voice.render = lambda *_, **__: silence(3)
    assert {why for _, why in workshop(STEPS).build().failed} == {"the voice hum gave a sound without speech"}


def test_a_language_that_no_voice_speaks_is_said_with_the_reason(workshop):
    built = workshop(STEPS, Hum(languages="en"))
    assert {why for _, why in built.build().failed} == {"hum does not speak zh-CN"}
    assert standing(built).state == "missing"


def test_a_folder_that_cannot_be_written_fails_with_the_reason(workshop, folder):
    (folder / "rendered").mkdir()
    (folder / "rendered" / "zh-CN").write_text("in the way")
    failed = workshop(STEPS).build().failed
    assert len(failed) == 3
    assert "File exists" in failed[0][1] or "Not a directory" in failed[0][1]


# recordings


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
    assert built.shelf.find(standing(built).prompt.sound, recorded=True) is None


def test_what_fails_today_keeps_the_sound_that_it_had(workshop, voice):
    workshop(STEPS).build()
    voice.broken = VoiceFailed("the engine died")
    voice.version = 2
    built = workshop(STEPS)
    assert len(built.build().failed) == 3
    assert built.shelf.find(standing(built).prompt.sound, recorded=False)


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
    assert f"{path}: nobody speaks in it" in refused
    assert any("this is neither WAV nor MP3" in one for one in refused)
    assert standing(built).piece is None or standing(built).piece.engine == "hum"
    assert "您好，欢迎致电。" in voice.said


def test_a_file_that_is_called_like_no_prompt_is_named_with_the_nearest(workshop, folder):
    record(folder, "test.start.sya", hum(2.0))
    (warning,) = workshop(STEPS).build().warnings
    assert "no prompt is called test.start.sya; did you mean test.start.say?" in warning


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


def test_the_bounds_of_a_length_go_by_rate():
    text = "请输入您银行卡的最后四位数字。"
    assert not length_fault(text, 1.0, 4.5)
    assert length_fault(text, 1.0, 1.5)
    assert length_fault(text, 1.0, 12.0)
    assert not length_fault(text, 0.64, 8.0)


def test_mp3_is_taken_as_well(workshop, folder, assets):
    (folder / "zh-CN").mkdir()
    clip = next((assets / "voices" / "zh-syllables" / "64k" / "syllabs").glob("cmn-hao3.mp3"))
    (folder / "zh-CN" / f"{NAME}.mp3").write_bytes(clip.read_bytes())
    built = workshop(STEPS.replace("您好，欢迎致电", "好"))
    assert not built.build().refused
    assert standing(built).piece.engine == "recording"


def test_every_mandarin_prompt_of_the_shipped_flows_can_be_said_with_the_pack(assets, folder, tmp_path):
    known = known_prompts(load(Path(__file__).parents[3] / "flows", catalogue()))
    mandarin = [prompt for prompt in known if prompt.language == "zh-CN"]
    said = {
        p.id: [syl for word in read_mandarin(p.spoken) if isinstance(word, Word) for syl in word.syllables]
        for p in mandarin
    }
    letters = {syllable.letters for syllables in said.values() for syllable in syllables}
    clips = (assets / "voices" / "zh-syllables" / "64k" / "syllabs").glob("*.mp3")
    (tmp_path / "zh-syllables").mkdir()
    build_pack([clip for clip in clips if unit_name(clip)[:-1] in letters], tmp_path / "zh-syllables" / FILE)
    voice = Syllables.open(tmp_path)
    joiner = voice._ready()
    assert not {p.id: bad for p in mandarin if (bad := joiner.unspoken(read_mandarin(p.spoken)))}
    built = open_workshop(mandarin[::40], ("local",), folder, [voice])
    assert not built.build().failed
    for one in built.standings():
        assert not check_sound(one, (folder / one.piece.file).read_bytes()).faults
