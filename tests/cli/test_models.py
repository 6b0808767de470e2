"""`ivr models` as an operator uses it. Nothing leaves this machine."""

from __future__ import annotations

import json
import zipfile
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from ivr.cli import main
from ivr.speech.models import model_catalogue


@pytest.fixture
def run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("IVR_MODELS", str(tmp_path / "models"))

    def invoke(*arguments: str) -> Result:
        return CliRunner().invoke(main, ["models", *arguments])

    return invoke


def a_model(folder: Path) -> Path:
    (folder / "vosk" / "am").mkdir(parents=True)
    (folder / "vosk" / "am" / "final.mdl").write_bytes(b"model")
    return folder / "vosk"


def test_the_list_names_size_licence_and_what_is_here(run, tmp_path: Path) -> None:
    before = run("list")
    assert before.exit_code == 0
    assert "zh-syllables" in before.output
    assert "CC-BY-SA-3.0" in before.output
    assert before.output.count("missing") == len(model_catalogue())
    run("download", "vosk-zh", "--from-file", str(a_model(tmp_path)))
    assert run("list").output.count("missing") == len(model_catalogue()) - 1


def test_a_program_reads_the_list_as_json(run) -> None:
    found = json.loads(run("list", "--json").stdout)
    assert [entry["name"] for entry in found] == list(model_catalogue())
    assert all(entry["sha256"] and not entry["installed"] for entry in found)
    assert {entry["name"]: entry["files"] for entry in found}["zh-syllables"] == 1290


def test_a_folder_is_installed_with_the_licence_told_and_a_word_on_trust(run, tmp_path: Path) -> None:
    done = run("download", "vosk-zh", "--from-file", str(a_model(tmp_path)))
    assert done.exit_code == 0
    assert "vosk-zh installed in" in done.stdout
    assert "Apache-2.0" in done.stdout
    assert "it is trusted" in done.stderr
    again = run("download", "vosk-zh")
    assert (again.exit_code, "installed already" in again.stdout) == (0, True)


def test_a_wrong_file_is_refused_with_the_reason(run, tmp_path: Path) -> None:
    file = tmp_path / "vosk.zip"
    with zipfile.ZipFile(file, "w") as pack:
        pack.writestr("am/final.mdl", "other")
    done = run("download", "vosk-zh", "--from-file", str(file))
    assert done.exit_code == 1
    assert "not what was pinned" in done.stderr


def test_wrong_usage_is_told_with_the_names(run, tmp_path: Path) -> None:
    unknown = run("download", "klingon")
    assert unknown.exit_code == 2
    assert "vosk-en" in unknown.stderr
    several = run("download", "zh", "--from-file", str(tmp_path))
    assert several.exit_code == 2
    assert "zh-syllables or vosk-zh" in several.stderr
    assert run("download", "zh-syllables", "--from-file", str(tmp_path / "none")).exit_code == 2


def test_no_network_is_a_sentence_a_model_and_exit_code_1(run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("ivr.speech.models.fetch.ATTEMPTS", 1)
    monkeypatch.setenv("HTTPS_PROXY", "http://127.0.0.1:9")
    monkeypatch.setenv("https_proxy", "http://127.0.0.1:9")
    done = run("download", "en")
    assert done.exit_code == 1
    assert "fetching vosk-en, 41.2 MB" in done.stderr
    assert "vosk-en: https://" in done.stderr
    assert "--from-file" in done.stderr


def test_a_wrong_setting_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "file").write_text("")
    monkeypatch.setenv("IVR_MODELS", str(tmp_path / "file"))
    done = CliRunner().invoke(main, ["models", "list"])
    assert done.exit_code == 2
    assert "IVR_MODELS" in done.output
