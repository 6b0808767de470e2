"""Models installed from files and folders that are here already."""

from __future__ import annotations

import hashlib
import re
import resource
import subprocess
import sys
import zipfile
from dataclasses import replace
from pathlib import Path

import pytest

from ivr.errors import ModelError
from ivr.speech.models import Model, install_from, model_catalogue

from .archives import GOOD, everything


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
