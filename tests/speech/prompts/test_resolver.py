"""Which sound is heard: the order of voices, whole sentences, deadlines, and whatever breaks."""

from __future__ import annotations

import os
import signal
import sys
from contextlib import suppress
from pathlib import Path

import pytest

from ivr.cli.test import wired
from ivr.crypto import Seal
from ivr.engine.verbs import Gather, Hangup, Pause, Say
from ivr.errors import VoiceFailed
from ivr.flow import phrasebook
from ivr.speech.audio import read_wav
from ivr.speech.prompts import open_workshop
from ivr.speech.prompts.signed_urls import HOLDS_SECONDS
from ivr.speech.prompts.voices import Voices
from ivr.speech.tts import VoiceSources
from ivr.speech.tts.pyttsx3 import Pyttsx3
from tests.waiting import wait_until

from .conftest import Hum, few_prompts, hum, record

STEPS = "\n  start: {say: 您好，欢迎致电。, next: other}\n  other: {say: 再会。, next: bye}\n"
HELLO, OTHER = Say("您好，欢迎致电。"), Say("再会。")
BALANCE = Say("您的余额为三元整。")


@pytest.fixture
def built(folder, voice):
    """Record one prompt and render the others."""
    record(folder, "test.start.say", hum(2.0))
    open_workshop(few_prompts(STEPS), ("recordings", "local"), folder, [voice]).build()
    voice.said.clear()


def kinds(closing):
    return [type(prompt).__name__ for prompt in closing.prompts]


def name_in(play):
    return play.url.removeprefix("/audio/spoken/").removesuffix(".wav")


def test_by_default_nothing_changes_where_nothing_is_recorded(prompts):
    closing = Gather((HELLO, Pause(1), BALANCE))
    assert prompts().ready(closing) is closing


def test_a_recording_is_played_and_the_carrier_says_the_rest(prompts, built, voice):
    heard = prompts().ready(Gather((HELLO, Pause(1), OTHER, BALANCE)))
    assert kinds(heard) == ["Play", "Pause", "Say", "Say"]
    assert heard.prompts[0].url.startswith("/audio/rendered/zh-CN/")
    assert not voice.said


def test_the_carrier_alone_says_everything_and_local_voices_alone_play_everything(prompts, built):
    closing = Gather((HELLO, OTHER, BALANCE))
    assert kinds(prompts("cloud").ready(closing)) == ["Say"] * 3
    assert kinds(prompts("local").ready(closing)) == ["Play"] * 3


def test_a_channel_without_a_voice_skips_the_carriers(prompts, built):
    heard = prompts().ready(Hangup((HELLO, BALANCE)), carrier_speaks=False)
    assert kinds(heard) == ["Play", "Play"]


def test_voices_change_between_sentences_only(prompts, built):
    heard = prompts().ready(Gather((Say("您好，欢迎致电。您的余额为三元整。谢谢。"),)))
    assert kinds(heard) == ["Play", "Say"]
    assert heard.prompts[1].text == "您的余额为三元整。谢谢。"


def test_barge_in_and_the_order_stay(prompts, built):
    heard = prompts("local").ready(Gather((Say("再会。", barge_in=False), BALANCE)))
    assert [prompt.barge_in for prompt in heard.prompts] == [False, True]


def test_a_recording_serves_its_own_rate_alone(prompts, built):
    assert kinds(prompts().ready(Gather((Say(HELLO.text, rate=0.85),)))) == ["Say"]


def test_long_texts_are_rendered_in_pieces_at_sentence_ends(prompts, voice):
    long = "".join(f"第{number}笔是很多很多的元。" for number in "一二三四五六七八九十" * 3)
    heard = prompts("local").ready(Gather((Say(long),)))
    said = [prompts("local").words(play.url) for play in heard.prompts]
    assert len(said) == 3
    assert "".join(said) == long
    assert set(said) == set(voice.said)
    assert all(text.endswith("。") for text in voice.said)


def test_what_an_index_written_meanwhile_holds_is_played_without_a_new_start(prompts, folder, voice):
    running = prompts("recordings", "cloud")
    assert kinds(running.ready(Gather((HELLO,)))) == ["Say"]
    record(folder, "test.start.say", hum(2.0))
    open_workshop(few_prompts(STEPS), ("recordings",), folder, [voice]).build()
    running.index._looked = float("-inf")
    assert kinds(running.ready(Gather((HELLO,)))) == ["Play"]


def test_a_damaged_index_is_no_reason_for_silence(prompts, folder, built):
    (folder / "rendered" / "prompts.json").write_text('{"prompts": [{"id"')
    assert kinds(prompts().ready(Gather((HELLO,)))) == ["Say"]


# one caller's own values


def test_a_value_is_rendered_once_and_any_server_with_the_key_gives_the_sound(prompts, voice, tmp_path):
    one, other = prompts("local"), prompts("local", private=tmp_path / "other")
    (play,) = one.ready(Gather((BALANCE,))).prompts
    first = one.heard(name_in(play))
    assert read_wav(first).seconds > 1
    assert voice.said == [BALANCE.text]
    assert other.heard(name_in(play)) == first
    assert voice.said == [BALANCE.text] * 2
    assert one.maker.kept.hits == 1


def test_the_address_and_the_folder_tell_nothing(prompts, tmp_path):
    running = prompts("local")
    (play,) = running.ready(Gather((BALANCE,))).prompts
    (again,) = running.ready(Gather((BALANCE,))).prompts
    assert play.url != again.url
    (file,) = (tmp_path / "private").iterdir()
    assert (file.stat().st_mode & 0o777, file.parent.stat().st_mode & 0o777) == (0o600, 0o700)
    stranger = prompts("local", seal=Seal(b"x" * 32), private=tmp_path / "x")
    stranger.ready(Gather((BALANCE,)))
    assert file.name not in {path.name for path in (tmp_path / "x").iterdir()}
    assert stranger.heard(name_in(play)) is None


@pytest.mark.parametrize("change", [lambda n: n[:-6] + "AAAAA=", lambda n: "", lambda n: "余额", lambda n: "A" * 9000])
def test_an_address_that_was_not_made_here_is_unknown(prompts, voice, change):
    running = prompts("local")
    (play,) = running.ready(Gather((BALANCE,))).prompts
    voice.said.clear()
    assert running.heard(change(name_in(play))) is None
    assert not voice.said


def test_an_address_holds_as_long_as_a_call(prompts):
    now = 1_795_399_200.0
    running = prompts("local", clock=lambda: now)
    (play,) = running.ready(Gather((BALANCE,))).prompts
    now += HOLDS_SECONDS - 1
    assert running.heard(name_in(play))
    now += 2
    assert running.heard(name_in(play)) is None


def test_a_full_disk_keeps_nothing_and_silences_nobody(prompts, tmp_path):
    (tmp_path / "full").write_text("")
    running = prompts("local", private=tmp_path / "full" / "no room")
    (play,) = running.ready(Gather((BALANCE,))).prompts
    assert running.heard(name_in(play))


# what breaks


def test_a_voice_that_hangs_is_given_up_in_time_for_the_next_and_left_alone_for_a_while(prompts, voice):
    voice.stuck.clear()
    running = prompts("local", seconds=0.15)
    for _ in range(2):
        assert kinds(running.ready(Gather((BALANCE,)))) == ["Say"]
    assert running.troubles(())[0][0] == "voice hum"
    asked = len(voice.said)
    assert kinds(running.ready(Gather((OTHER,)))) == ["Say"]
    assert len(voice.said) == asked


def test_without_a_voice_and_without_a_carrier_a_sentence_that_is_there_is_played(prompts, built, voice):
    voice.broken = VoiceFailed("gone")
    running = prompts("local")
    (play,) = running.ready(Hangup((BALANCE,)), carrier_speaks=False).prompts
    assert running.words(play.url) == phrasebook.phrase("zh-CN", "unreadable")


def test_a_voice_that_fails_while_the_carrier_fetches_leaves_a_sentence(prompts, built, voice, tmp_path):
    (play,) = prompts("local").ready(Gather((BALANCE,))).prompts
    voice.broken = VoiceFailed("gone")
    other = prompts("local", private=tmp_path / "other")
    assert read_wav(other.heard(name_in(play))).seconds > 1


def test_the_words_of_every_sound_can_be_told(prompts, built):
    running = prompts("local")
    heard = running.ready(Gather((HELLO, BALANCE)))
    assert [running.words(play.url) for play in heard.prompts] == ["您好，欢迎致电。", BALANCE.text]
    assert running.words("https://elsewhere.example/audio/x.wav") == ""


@pytest.mark.parametrize(
    "program", ["import time; time.sleep(60)", "raise SystemExit(3)", "import os; os.kill(os.getpid(), 9)"]
)
def test_a_real_voice_process_that_hangs_dies_or_is_killed_leaves_the_words_to_the_next(prompts, program):
    broken = Pyttsx3([sys.executable, "-c", program])
    running = prompts("local", voices=(broken, Hum("next")), seconds=3.0)
    assert kinds(running.ready(Gather((BALANCE,)))) == ["Play"]
    alone = prompts("local", voices=(Pyttsx3([sys.executable, "-c", program]),), seconds=0.3)
    assert kinds(alone.ready(Gather((OTHER,)))) == ["Say"]


def test_a_voice_process_that_is_killed_under_way_is_started_anew_or_passed_over(prompts):
    voice = Pyttsx3()
    if reason := voice.why_not("en-US"):
        pytest.skip(reason)
    running = prompts("local", voices=(voice, Hum("next")))
    assert kinds(running.ready(Gather((Say("Hello there.", "en-US"),)))) == ["Play"]
    for child in _children():
        os.kill(child, signal.SIGKILL)
    assert kinds(running.ready(Gather((Say("Goodbye then.", "en-US"),)))) == ["Play"]


def test_a_missing_model_is_a_sentence_and_the_next_voice_speaks(prompts, tmp_path):
    from ivr.speech.tts.syllables import Syllables

    missing = Syllables.open(VoiceSources(tmp_path))
    running = prompts("local", voices=(missing, Hum("next")))
    assert kinds(running.ready(Gather((BALANCE,)))) == ["Play"]
    assert "ivr models download" in Voices([missing]).reasons("zh-CN")[0]


def _children() -> list[int]:
    """Return the voice processes of this test run."""
    found = []
    for entry in Path("/proc").glob("[0-9]*"):
        with suppress(OSError):
            parent = (entry / "stat").read_text().rpartition(")")[2].split()[1]
            if int(parent) == os.getpid() and "_espeak_child" in (entry / "cmdline").read_text():
                found.append(int(entry.name))
    return found


def test_voices_are_started_before_the_first_caller_where_calls_may_need_them(prompts, voice):
    prompts("recordings", "cloud").warm(["zh-CN"])
    assert not voice.said
    prompts("local").warm(["zh-CN", "fr-FR"])
    wait_until(lambda: voice.said)
    assert voice.said == [phrasebook.phrase("zh-CN", "verified")]


def test_whatever_breaks_here_the_words_are_left_to_the_carrier_and_operators_are_told(prompts, monkeypatch):
    running = prompts("local")
    monkeypatch.setattr(running.maker, "make", lambda *_: 1 / 0)
    closing = Gather((BALANCE,))
    assert running.ready(closing) is closing
    assert running.troubles(()) == [("prompts", "1 turns were left to the carrier's voice: ZeroDivisionError")]


def test_conversations_hear_words_also_where_there_are_recordings(monkeypatch, folder, voice, built):
    monkeypatch.setenv("IVR_AUDIO", str(folder))
    monkeypatch.setenv("IVR_FLOWS", str(Path(__file__).parents[3] / "flows"))
    with wired() as whole:
        assert whole.ivr()[0].settings.tts == ("cloud",)
    with wired(more={"IVR_TTS": "local"}) as whole:
        assert whole.ivr()[0].settings.tts == ("local",)
