"""Audio files: types, caching, and nothing but sound."""

from __future__ import annotations

import pytest


@pytest.fixture
def folder(line):
    home = line.ivr.settings.audio
    (home / "zh").mkdir()
    (home / "zh" / "main.0123456789ab.wav").write_bytes(b"RIFF0000WAVE")
    (home / "zh" / "welcome.wav").write_bytes(b"RIFF1111WAVE")
    (home / "README.md").write_text("secret")
    (home / ".hidden.wav").write_bytes(b"x")
    (home.parent / "outside.wav").write_bytes(b"x")
    return home


def test_a_file_named_by_its_hash_may_be_kept_for_ever(line, folder):
    answer = fetch(line, "zh/main.0123456789ab.wav")
    assert answer.data == b"RIFF0000WAVE"
    assert answer.headers["Content-Type"] == "audio/wav"
    assert answer.headers["Cache-Control"] == "public, max-age=31536000, immutable"


def test_any_other_file_is_asked_for_again_soon_and_not_sent_twice(line, folder):
    answer = fetch(line, "zh/welcome.wav")
    assert "immutable" not in answer.headers["Cache-Control"]
    assert "max-age=300" in answer.headers["Cache-Control"]
    again = fetch(line, "zh/welcome.wav", {"If-None-Match": answer.headers["ETag"]})
    assert again.status_code == 304


@pytest.mark.parametrize(
    "path",
    [
        "README.md",
        ".hidden.wav",
        "zh",
        "zh/",
        "missing.wav",
        "../outside.wav",
        "%2e%2e/outside.wav",
        "zh/%00.wav",
        "..%5coutside.wav",
        "/etc/passwd.wav",
        "zh/../../outside.wav",
    ],
)
def test_nothing_but_sound_under_the_folder_is_given(line, folder, path):
    assert fetch(line, path).status_code == 404


def fetch(line, name, headers=None):
    with line.client.get(f"/audio/{name}", headers=headers) as answer:
        answer.get_data()
        return answer
