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


def test_a_part_of_a_file_can_be_asked_for(line, folder):
    answer = fetch(line, "zh/main.0123456789ab.wav", {"Range": "bytes=4-7"})
    assert (answer.status_code, answer.data) == (206, b"0000")
    assert answer.headers["Content-Range"] == "bytes 4-7/12"
    assert fetch(line, "zh/main.0123456789ab.wav", {"Range": "bytes=99-"}).status_code == 416


def test_the_head_alone_has_the_same_headers_and_no_body(line, folder):
    with line.client.head("/audio/zh/main.0123456789ab.wav") as answer:
        assert (answer.status_code, answer.data, answer.headers["Content-Length"]) == (200, b"", "12")
        assert "immutable" in answer.headers["Cache-Control"]


def test_a_rendered_file_is_told_apart_by_its_name_on_every_server(line, folder):
    key = "0123456789abcdef01234567"
    (folder / "rendered" / "zh-CN").mkdir(parents=True)
    (folder / "rendered" / "zh-CN" / f"{key}.wav").write_bytes(b"RIFF2222WAVE")
    answer = fetch(line, f"rendered/zh-CN/{key}.wav")
    assert answer.headers["ETag"] == f'"{key}"'
    assert answer.headers["Cache-Control"] == "public, max-age=31536000, immutable"
    assert fetch(line, f"rendered/zh-CN/{key}.wav", {"If-None-Match": f'"{key}"'}).status_code == 304


def test_a_link_that_leads_out_of_the_folder_is_not_followed(line, folder):
    (folder / "zh" / "link.wav").symlink_to(folder.parent / "outside.wav")
    (folder / "away").symlink_to(folder.parent)
    (folder / "zh" / "near.wav").symlink_to(folder / "zh" / "welcome.wav")
    (folder / "zh" / "round.wav").symlink_to(folder / "zh" / "round.wav")
    assert fetch(line, "zh/link.wav").status_code == 404
    assert fetch(line, "away/outside.wav").status_code == 404
    assert fetch(line, "zh/round.wav").status_code == 404
    assert fetch(line, "zh/near.wav").status_code == 200


@pytest.mark.parametrize(
    "path", ["/etc/passwd.wav", "zh//welcome.wav", "zh/./welcome.wav", "zh/welcome.wav/", "x" * 5000]
)
def test_odd_spellings_are_not_found(line, folder, path):
    assert fetch(line, path).status_code in (404, 414)


def test_one_callers_sound_is_given_by_its_sealed_name_and_kept_by_nobody(line):
    line.ivr.sounds["c2VhbGVk"] = b"RIFF3333WAVE"
    answer = fetch(line, "spoken/c2VhbGVk.wav")
    assert (answer.status_code, answer.data) == (200, b"RIFF3333WAVE")
    assert answer.headers["Content-Type"] == "audio/wav"
    assert answer.headers["Cache-Control"] == "private, no-store"
    assert "ETag" not in answer.headers
    assert fetch(line, "spoken/c2VhbGVk.wav", {"Range": "bytes=0-3"}).status_code == 206
    assert fetch(line, "spoken/unknown.wav").status_code == 404
