"""Vosk for real, with the Korean model that packages can be had of."""

from __future__ import annotations

import re
import threading
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest

from ivr.speech.asr import Expected, Nothing, RecognizedPhrase, recognizers
from ivr.speech.asr.models import find_vosk_model, sample_rate, takes_grammar
from ivr.speech.asr.vosk import VoskRecognizer
from ivr.speech.audio import Audio, resample

LONG = 30.0
MENU = ("잔액 조회", "카드 분실 신고", "상담원 연결", "계좌 이체", "대출 상담", "비밀번호 변경")


def expected(*phrases: str) -> Expected:
    return Expected("ko-KR", phrases or MENU)


def listened(korean: VoskRecognizer, audio: Audio, phrases: Expected) -> RecognizedPhrase | Nothing:
    """Listen, and once or twice more when it was unclear: the model adds noise of its own, so 1 in 250 flips."""
    for _ in range(3):
        found = korean.listen(audio, phrases, LONG)
        if found != Nothing("unclear"):
            break
    return found


def test_every_korean_caller_is_understood_exactly(korean, manifest, sounds):
    rows = [row for row in manifest if row["language"] == "ko-KR"]
    assert len(rows) >= 10
    for row in rows:
        phrases = re.search(r"grammar \[(.*?)\]", row["expected_or_checked"])[1].split("|")
        found = listened(korean, sounds[row["file"]], expected(*phrases))
        assert isinstance(found, RecognizedPhrase), (row["file"], found)
        assert found.text == row["transcript"], row["file"]
        assert 0 < found.margin <= found.confidence <= 1


def test_a_menu_refuses_nearly_everything_that_is_said_in_another_language(korean, manifest, sounds):
    others = [row["file"] for row in manifest if row["language"] in ("zh-CN", "en-US")][::3]
    taken = [name for name in others if isinstance(korean.listen(sounds[name], expected(), LONG), RecognizedPhrase)]
    assert len(taken) <= len(others) * 0.15, taken


def test_sound_at_16_khz_is_understood_too(korean, sounds):
    wide = resample(sounds["ko_menu_3.wav"], 16_000)
    assert listened(korean, wide, expected()).text == "계좌 이체"


def test_four_callers_at_once_are_understood_as_if_they_were_alone(korean, sounds):
    names = ["ko_menu_3.wav", "ko_menu_4.wav", "ko_menu_5.wav", "ko_menu_3.wav"]
    with ThreadPoolExecutor(4) as pool:
        found = list(pool.map(lambda name: listened(korean, sounds[name], expected()), names))
    assert [one.text for one in found] == ["계좌 이체", "대출 상담", "비밀번호 변경", "계좌 이체"]


def test_who_comes_when_all_threads_are_busy_is_told_in_time(korean, sounds, monkeypatch):
    korean.listen(sounds["ko_yn_0.wav"], expected("네"), LONG)  # the model is loaded
    from ivr.net.threads import ThreadPool

    busy, let_go = ThreadPool(1, "test"), threading.Event()
    monkeypatch.setattr(korean, "_workers", busy)
    busy.submit(let_go.wait)
    assert korean.listen(sounds["ko_menu_3.wav"], expected(), 0.05) == Nothing("late")
    let_go.set()  # the answer came while the only thread was busy


def test_no_time_is_late_and_long_sound_is_given_up_at_the_deadline(korean, sounds):
    assert korean.listen(sounds["ko_menu_3.wav"], expected(), 0.0) == Nothing("late")
    endless = Audio(np.tile(sounds["ko_menu_3.wav"].samples, 200))
    assert korean.listen(endless, expected(), 0.2) == Nothing("late")


@pytest.mark.parametrize(("length", "reason"), [(0, "silence"), (1, "unclear"), (400, "unclear")])
def test_hardly_any_sound_is_nothing(korean, length, reason):
    assert korean.listen(Audio(np.zeros(length, np.int16)), expected(), LONG) == Nothing(reason)


def test_without_a_phrase_that_can_be_heard_nothing_is(korean, sounds):
    assert korean.listen(sounds["ko_yn_0.wav"], expected("查询余额"), LONG) == Nothing("unclear")
    assert korean.listen(sounds["ko_yn_0.wav"], Expected("ko-KR", ()), LONG) == Nothing("unclear")


def test_phrases_that_the_model_cannot_know_are_told_with_their_words(korean):
    assert korean.unknown_words(expected("계좌 이체", "갸뷁쫢 조회")) == {"갸뷁쫢 조회": ("갸뷁쫢",)}


def test_a_missing_model_is_a_sentence_and_no_exception(tmp_path, sounds, monkeypatch):
    monkeypatch.setenv("HOME", str(tmp_path))
    vosk = VoskRecognizer([tmp_path])
    assert "ivr models download xx-XX" in vosk.why_not("xx-XX")
    assert vosk.listen(sounds["ko_yn_0.wav"], Expected("xx-XX", ("네",)), 1.0) == Nothing("broken")
    assert vosk.unknown_words(Expected("xx-XX", ("네",))) == {}
    vosk.prepare("xx-XX")


def test_a_damaged_model_is_a_sentence_and_no_exception(tmp_path, sounds):
    broken = tmp_path / "vosk-model-small-xx-xx-0.1"
    (broken / "am").mkdir(parents=True)
    (broken / "am" / "final.mdl").write_bytes(b"no model")
    vosk = VoskRecognizer([tmp_path])
    assert vosk.why_not("xx-XX") is None
    assert vosk.listen(sounds["ko_yn_0.wav"], Expected("xx-XX", ("네",)), LONG) == Nothing("broken")
    assert "cannot be loaded" in vosk.why_not("xx-XX")


def test_the_korean_package_is_found_and_was_trained_at_16_khz(korean):
    folder = find_vosk_model("ko-KR")
    assert folder is not None
    assert takes_grammar(folder)
    assert sample_rate(folder) == 16_000


def test_recognisers_come_in_order_and_each_is_called_after_its_file():
    assert next(one.name for one in recognizers()) == "vosk"
