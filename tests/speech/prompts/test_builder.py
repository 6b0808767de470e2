"""Rendering what is known: by content, only what changed, every failure named; recordings first."""

from __future__ import annotations

from pathlib import Path

import pytest

from ivr.errors import VoiceFailed
from ivr.flow.loader import load
from ivr.session.step_registry import catalogue
from ivr.speech.audio import loudness, read_wav, silence
from ivr.speech.prompts import known_prompts, open_workshop
from ivr.speech.prompts.audio_qc import check_sound
from ivr.speech.prompts.duration import seconds_of
from ivr.speech.tts import VoiceSources
from ivr.speech.tts._mandarin import Word, read_mandarin
from ivr.speech.tts.syllables import Syllables
from ivr.speech.units import FILE, build_pack, unit_name

from .conftest import NAME, STEPS, Hum, standing


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
    assert {piece.file for piece in changed.index.pieces()} == {
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
    assert {why for _, why in workshop(STEPS).build().failed} == {"the voice hum raised ZeroDivisionError"}
    voice.broken = None
    voice.render = lambda *_, **__: silence(3)
    assert {why for _, why in workshop(STEPS).build().failed} == {"the voice hum returned a sound without speech"}


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


def test_what_fails_today_keeps_the_sound_that_it_had(workshop, voice):
    workshop(STEPS).build()
    voice.broken = VoiceFailed("the engine died")
    voice.version = 2
    built = workshop(STEPS)
    assert len(built.build().failed) == 3
    assert built.index.find(standing(built).prompt.sound, recorded=False)


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
    voice = Syllables.open(VoiceSources(tmp_path))
    joiner = voice._ready()
    assert not {p.id: bad for p in mandarin if (bad := joiner.unspoken(read_mandarin(p.spoken)))}
    built = open_workshop(mandarin[::40], ("local",), folder, [voice])
    assert not built.build().failed
    for one in built.standings():
        assert not check_sound(one, (folder / one.piece.file).read_bytes()).faults
