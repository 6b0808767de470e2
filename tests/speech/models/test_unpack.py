"""Archives that play tricks are not used."""

from __future__ import annotations

import io
import stat
import tarfile
import zipfile
from pathlib import Path

import pytest

from ivr.errors import ModelError
from ivr.speech.models.unpack import unpack

from .archives import GOOD, archive, everything


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
