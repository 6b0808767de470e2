"""Where a model for a language is found."""

from __future__ import annotations

from pathlib import Path

from ivr.speech.asr.models import find_vosk_model, sample_rate, takes_grammar


def make(folder: Path, *, grammar: bool = True, rate: int = 0) -> Path:
    for name in ("am", "graph", "conf"):
        (folder / name).mkdir(parents=True)
    (folder / "am" / "final.mdl").touch()
    if grammar:
        (folder / "graph" / "HCLr.fst").touch()
    (folder / "conf" / "mfcc.conf").write_text(f"--use-energy=false\n--sample-frequency={rate}\n" if rate else "\n")
    return folder


def test_models_are_looked_for_in_order_and_by_name(tmp_path, monkeypatch):
    monkeypatch.setenv("HOME", str(tmp_path / "home"))
    monkeypatch.delenv("VOSK_MODEL_PATH", raising=False)
    assert find_vosk_model("zh-CN", [tmp_path]) is None
    home = make(tmp_path / "home" / ".cache" / "vosk" / "vosk-model-small-cn-0.22")
    assert find_vosk_model("zh-CN") == home
    given = make(tmp_path / "given" / "vosk-model-small-cn-0.3")
    monkeypatch.setenv("VOSK_MODEL_PATH", str(given))
    assert find_vosk_model("zh-CN") == given
    configured = make(tmp_path / "configured" / "zh-CN")
    assert find_vosk_model("zh-CN", [tmp_path / "configured"]) == configured
    assert find_vosk_model("en-US", [tmp_path / "configured"]) is None
    downloaded = make(tmp_path / "downloaded" / "vosk-zh")
    assert find_vosk_model("zh-CN", [tmp_path / "downloaded", tmp_path / "configured"]) == downloaded


def test_of_two_models_the_one_that_takes_a_grammar_is_used(tmp_path):
    make(tmp_path / "vosk-model-cn-0.22", grammar=False)
    small = make(tmp_path / "vosk-model-small-cn-0.22", rate=8000)
    assert find_vosk_model("zh-CN", [tmp_path]) == small
    assert takes_grammar(small)
    assert sample_rate(small) == 8000


def test_a_folder_without_a_model_or_with_another_languages_is_passed_over(tmp_path, monkeypatch):
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.delenv("VOSK_MODEL_PATH", raising=False)
    (tmp_path / "models" / "vosk-model-small-cn-0.22").mkdir(parents=True)
    make(tmp_path / "models" / "vosk-model-en-us-0.22")
    (tmp_path / "models" / "vosk-cn.zip").touch()
    assert find_vosk_model("zh-CN", [tmp_path / "models", tmp_path / "nowhere"]) is None


def test_a_model_that_names_no_rate_was_trained_at_16_khz(tmp_path):
    assert sample_rate(make(tmp_path / "vosk-cn")) == 16_000
    assert sample_rate(tmp_path / "nowhere") == 16_000
