"""Models fetched from a real server on this machine: broken off, wrong, offline."""

from __future__ import annotations

import hashlib
import zipfile
from dataclasses import replace
from pathlib import Path

import pytest

from ivr.errors import ModelError
from ivr.speech.models import Model, download_model, installed, model_catalogue

from .archives import GOOD, everything
from .conftest import Site


def test_a_model_is_fetched_checked_and_unpacked(site: Site, model: Model, tmp_path: Path) -> None:
    told: list[int] = []
    home = download_model(model, tmp_path, told.append)
    assert home == installed(model, tmp_path) == tmp_path / "vosk-x"
    assert everything(tmp_path) == ["vosk-x/am/final.mdl", "vosk-x/conf/model.conf"]
    assert sum(told) == len(GOOD)


def test_a_download_that_breaks_off_goes_on_where_it_stopped(site: Site, model: Model, tmp_path: Path) -> None:
    site.breaks = [100_000, 50_000]
    told: list[int] = []
    download_model(model, tmp_path, told.append, pause=0)
    assert [wanted for _, wanted in site.asked] == [None, "bytes=100000-", "bytes=150000-"]
    assert sum(told) == len(GOOD)


def test_a_later_run_goes_on_too(site: Site, model: Model, tmp_path: Path) -> None:
    site.breaks = [1000] * 5
    with pytest.raises(ModelError, match=r"broke off.*run the command again"):
        download_model(model, tmp_path, pause=0)
    assert installed(model, tmp_path) is None
    site.asked.clear()
    told: list[int] = []
    download_model(model, tmp_path, told.append, pause=0)
    assert [wanted for _, wanted in site.asked] == ["bytes=5000-"]
    assert sum(told) == len(GOOD)


def test_a_server_that_knows_no_ranges_sends_it_all_again(site: Site, model: Model, tmp_path: Path) -> None:
    site.breaks, site.ranges = [1000], False
    told: list[int] = []
    download_model(model, tmp_path, told.append, pause=0)
    assert sum(told) == len(GOOD)
    assert installed(model, tmp_path)


def test_a_part_that_is_no_part_of_it_is_fetched_anew(site: Site, model: Model, tmp_path: Path) -> None:
    part = tmp_path / ".fetched" / "vosk-x" / "vosk-x.zip.part"
    part.parent.mkdir(parents=True)
    part.write_bytes(b"x" * len(GOOD))
    download_model(model, tmp_path, pause=0)
    assert installed(model, tmp_path)


def test_a_server_in_trouble_is_asked_again_and_one_without_the_file_is_not(
    site: Site, model: Model, tmp_path: Path
) -> None:
    site.statuses = [503, 429]
    download_model(model, tmp_path, pause=0)
    assert len(site.asked) == 3
    site.files.clear()
    site.asked.clear()
    with pytest.raises(ModelError, match=r"answered 404.*--from-file"):
        download_model(replace(model, name="other"), tmp_path, pause=0)
    assert len(site.asked) == 1


def test_a_file_with_another_digest_is_never_used_nor_kept(site: Site, model: Model, tmp_path: Path) -> None:
    site.files["vosk-x.zip"] = GOOD[:-1] + b"!"
    with pytest.raises(ModelError, match="not what was pinned"):
        download_model(model, tmp_path, pause=0)
    assert everything(tmp_path) == []


def test_a_file_larger_than_it_should_be_is_not_taken(site: Site, model: Model, tmp_path: Path) -> None:
    site.files["vosk-x.zip"] = GOOD * 3
    with pytest.raises(ModelError, match="larger than"):
        download_model(model, tmp_path, pause=0)
    assert sum((tmp_path / name).stat().st_size for name in everything(tmp_path)) == 0


def test_nobody_there_is_a_sentence(tmp_path: Path, model: Model) -> None:
    with pytest.raises(ModelError, match=r"cannot be reached.*--from-file"):
        download_model(replace(model, url="http://127.0.0.1:9/"), tmp_path, pause=0)


def test_an_old_model_stays_until_the_new_one_is_whole(site: Site, model: Model, tmp_path: Path) -> None:
    old = tmp_path / "vosk-x" / "am" / "final.mdl"
    old.parent.mkdir(parents=True)
    old.write_bytes(b"old")
    site.files["vosk-x.zip"] = b"nothing"
    with pytest.raises(ModelError):
        download_model(model, tmp_path, pause=0)
    assert old.read_bytes() == b"old"
    site.files["vosk-x.zip"] = GOOD
    download_model(model, tmp_path, pause=0)
    assert len(old.read_bytes()) == 300_000


def test_many_small_files_are_fetched_checked_and_made_into_one(site: Site, recordings: Path, tmp_path: Path) -> None:
    few = replace(model_catalogue()["zh-syllables"], url=site.url, names="ma1234 hang2 jv4")
    folder = recordings / "64k" / "syllabs"
    site.files = {name: (folder / name).read_bytes() for name in few.files}
    lines = "".join(f"{hashlib.sha256(site.files[name]).hexdigest()}  {name}\n" for name in sorted(site.files))
    few = replace(few, sha256=hashlib.sha256(lines.encode()).hexdigest())
    site.breaks = [500]
    home = download_model(few, tmp_path, pause=0)
    with zipfile.ZipFile(home / "syllables.zip") as pack:
        assert sorted(pack.namelist()) == ["NOTICE.txt", "index.json", "syllables.mulaw"]
        assert b'"ju4"' in pack.read("index.json")
    site.files["cmn-ma1.mp3"] = site.files["cmn-ma2.mp3"]
    with pytest.raises(ModelError, match="not what was pinned"):
        download_model(few, tmp_path / "other", pause=0)
