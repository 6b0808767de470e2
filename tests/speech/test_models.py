"""Models fetched from a real server on this machine: broken off, wrong, hostile, offline."""

from __future__ import annotations

import hashlib
import io
import os
import re
import resource
import stat
import subprocess
import sys
import tarfile
import threading
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from ivr.errors import ModelError
from ivr.speech.models import Model, chosen, download_model, install_from, installed, missing, model_catalogue
from ivr.speech.models.unpack import unpack


@dataclass
class Site:
    """What a server has and how it behaves. `breaks` are the bytes after which the next answers break off."""

    files: dict[str, bytes] = field(default_factory=dict)
    breaks: list[int] = field(default_factory=list)
    statuses: list[int] = field(default_factory=list)
    ranges: bool = True
    asked: list[tuple[str, str | None]] = field(default_factory=list)
    url: str = ""


@pytest.fixture
def site() -> Iterator[Site]:
    found = Site()

    class Answer(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_GET(self) -> None:
            name, wanted = self.path.lstrip("/"), self.headers.get("Range")
            found.asked.append((name, wanted))
            status = found.statuses.pop(0) if found.statuses else (200 if name in found.files else 404)
            body = found.files.get(name, b"")
            start = int(re.findall(r"bytes=(\d+)-", wanted)[0]) if wanted and found.ranges else 0
            if status == 200 and start >= len(body) and start:
                status, body = 416, b""
            elif status == 200 and start:
                status, body = 206, body[start:]
            self.send_response(status)
            if status == 206:
                self.send_header("Content-Range", f"bytes {start}-{start + len(body) - 1}/{start + len(body)}")
            self.send_header("Content-Length", str(len(body) if status < 300 else 0))
            self.end_headers()
            if status >= 300:
                return
            if found.breaks:
                body = body[: found.breaks.pop(0)]
                self.close_connection = True
            self.wfile.write(body)

        def log_message(self, *_: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Answer)
    server.daemon_threads = True
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    found.url = f"http://127.0.0.1:{server.server_address[1]}/"
    yield found
    server.shutdown()
    thread.join()
    server.server_close()


def archive(**files: bytes) -> bytes:
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w") as pack:
        for name, body in files.items():
            pack.writestr(name.replace("__", "/"), body)
    return made.getvalue()


GOOD = archive(**{"vosk-x__am__final.mdl": os.urandom(300_000), "vosk-x__conf__model.conf": b"--x"})


@pytest.fixture
def model(site: Site) -> Model:
    site.files["vosk-x.zip"] = GOOD
    digest = hashlib.sha256(GOOD).hexdigest()
    return Model("vosk-x", "zh", "recogniser", "t", "l", site.url, "vosk-x.zip", len(GOOD), digest, "am/final.mdl")


def everything(folder: Path) -> list[str]:
    return sorted(str(path.relative_to(folder)) for path in folder.rglob("*") if path.is_file())


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


# from a file


def test_an_archive_from_a_stick_is_checked_and_installed(model: Model, tmp_path: Path) -> None:
    file = tmp_path / "any name.zip"
    file.write_bytes(GOOD)
    assert install_from(model, file, tmp_path / "models") == (tmp_path / "models" / "vosk-x", True)
    assert file.read_bytes() == GOOD
    file.write_bytes(GOOD + b"!")
    with pytest.raises(ModelError, match="not what was pinned"):
        install_from(model, file, tmp_path / "models")


def test_an_unpacked_folder_is_believed_and_said_to_be(model: Model, tmp_path: Path) -> None:
    (tmp_path / "given" / "x" / "am").mkdir(parents=True)
    (tmp_path / "given" / "x" / "am" / "final.mdl").write_bytes(b"model")
    assert install_from(model, tmp_path / "given", tmp_path / "models")[1] is False
    assert everything(tmp_path / "models") == ["vosk-x/am/final.mdl"]
    with pytest.raises(ModelError, match=r"holds no am/final\.mdl"):
        install_from(model, tmp_path / "models" / "vosk-x" / "am", tmp_path / "models")


def test_a_full_disk_is_a_sentence_and_leaves_nothing_half_done(model: Model, tmp_path: Path) -> None:
    file = tmp_path / "vosk-x.zip"
    file.write_bytes(GOOD)
    program = f"""
import resource, sys
from pathlib import Path
from ivr.errors import ModelError
from ivr.speech.models import Model, install_from
resource.setrlimit(resource.RLIMIT_FSIZE, (200_000, 200_000))
try:
    install_from({model!r}, Path({str(file)!r}), Path({str(tmp_path / "models")!r}))
except ModelError as fault:
    print(fault)
"""
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert re.search(r"cannot be (written|unpacked): ", done.stdout)
    assert everything(tmp_path / "models") == []
    assert resource.getrlimit(resource.RLIMIT_FSIZE)[0] != 200_000


# archives that play tricks


def tarred(member: tarfile.TarInfo, body: bytes = b"") -> bytes:
    made = io.BytesIO()
    member.size = len(body)
    with tarfile.open(fileobj=made, mode="w:gz") as bundle:
        bundle.addfile(member, io.BytesIO(body))
    return made.getvalue()


def link(kind: bytes) -> tarfile.TarInfo:
    made = tarfile.TarInfo("x/link")
    made.type, made.linkname = kind, "/etc/passwd"
    return made


def zip_link() -> bytes:
    entry = zipfile.ZipInfo("x/link")
    entry.external_attr = (stat.S_IFLNK | 0o777) << 16
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w") as pack:
        pack.writestr(entry, "/etc/passwd")
    return made.getvalue()


def bomb() -> bytes:
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as pack:
        pack.writestr("x", b"\0" * 5_000_000)
    return made.getvalue()


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (archive(**{"..__escaped": b"x"}), "outside its folder"),
        (archive(**{"a__..__..__escaped": b"x"}), "outside its folder"),
        (archive(__tmp__escaped=b"x"), "outside its folder"),
        (archive(**{"..\\escaped": b"x"}), "outside its folder"),
        (archive(**{"C:\\escaped": b"x"}), "outside its folder"),
        (tarred(tarfile.TarInfo("../escaped"), b"x"), "outside its folder"),
        (tarred(tarfile.TarInfo("/tmp/escaped"), b"x"), "outside its folder"),
        (tarred(link(tarfile.SYMTYPE)), "no plain file"),
        (tarred(link(tarfile.LNKTYPE)), "no plain file"),
        (tarred(link(tarfile.FIFOTYPE)), "no plain file"),
        (zip_link(), "no plain file"),
        (bomb(), "far more than a model"),
        (b"neither", "cannot be unpacked"),
        (GOOD[: len(GOOD) // 2], "cannot be unpacked"),
    ],
)
def test_an_archive_that_plays_tricks_is_not_used(tmp_path: Path, content: bytes, reason: str) -> None:
    file, target = tmp_path / "pack", tmp_path / "a" / "b"
    file.write_bytes(content)
    target.mkdir(parents=True)
    with pytest.raises(ModelError, match=reason):
        unpack(file, target)
    assert everything(tmp_path) == ["pack"]
    assert not Path("/tmp/escaped").exists()


def test_an_honest_tar_is_unpacked(tmp_path: Path) -> None:
    (tmp_path / "pack").write_bytes(tarred(tarfile.TarInfo("x/y.txt"), b"fine"))
    (tmp_path / "out").mkdir()
    unpack(tmp_path / "pack", tmp_path / "out")
    assert (tmp_path / "out" / "x" / "y.txt").read_bytes() == b"fine"


# the list


def test_every_model_of_the_list_is_pinned_in_full() -> None:
    for model in model_catalogue().values():
        assert re.fullmatch("[0-9a-f]{64}", model.sha256)
        assert model.url.startswith("https://")
        assert model.url.endswith("/")
        assert model.size > 1_000_000
        assert model.licence
        assert len(model.files) == len(set(model.files)) >= 1
    assert model_catalogue()["zh-syllables"].made == "syllables.zip"


@pytest.mark.parametrize(
    ("wanted", "names"),
    [
        ("zh", ["zh-syllables", "vosk-zh"]),
        ("cmn-Hans-CN", ["zh-syllables", "vosk-zh"]),
        ("en_US", ["vosk-en"]),
        ("vosk-zh", ["vosk-zh"]),
        ("fr", []),
    ],
)
def test_models_are_meant_by_language_or_name(wanted: str, names: list[str]) -> None:
    assert [model.name for model in chosen(wanted)] == names


def test_what_is_missing_is_a_sentence_with_the_cure(tmp_path: Path) -> None:
    assert str(missing("recogniser", "zh-CN", tmp_path)).endswith("ivr models download vosk-zh")
    assert "no voice model of en" in str(missing("voice", "en", tmp_path))
    (tmp_path / "vosk-zh" / "am").mkdir(parents=True)
    (tmp_path / "vosk-zh" / "am" / "final.mdl").write_bytes(b"")
    assert missing("recogniser", "zh-CN", tmp_path) is None


# the recorded syllables


def test_the_recordings_are_those_that_are_pinned(models: Path, recordings: Path, tmp_path: Path) -> None:
    known = model_catalogue()["zh-syllables"]
    folder = recordings / "64k" / "syllabs"
    assert sum((folder / name).stat().st_size for name in known.files) == known.size
    assert installed(known, models) is not None


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


def test_an_archive_of_the_whole_source_serves_too(recordings: Path, tmp_path: Path) -> None:
    few = replace(model_catalogue()["zh-syllables"], names="ma12")
    lines, folder = "", recordings / "64k" / "syllabs"
    with zipfile.ZipFile(tmp_path / "audio-cmn-master.zip", "w") as pack:
        pack.writestr("audio-cmn-master/README.md", "about")
        for name in ("cmn-ma1.mp3", "cmn-ma2.mp3"):
            body = (folder / name).read_bytes()
            pack.writestr(f"audio-cmn-master/64k/syllabs/{name}", body)
            lines += f"{hashlib.sha256(body).hexdigest()}  {name}\n"
    few = replace(few, sha256=hashlib.sha256(lines.encode()).hexdigest())
    assert install_from(few, tmp_path / "audio-cmn-master.zip", tmp_path / "models")[1]
    with pytest.raises(ModelError, match="neither a folder nor"):
        install_from(few, Path(__file__), tmp_path / "models")
