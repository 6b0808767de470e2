"""What is built of this tree: a wheel with the demo and no test, a source archive with all that the tests use."""

from __future__ import annotations

import shutil
import subprocess
import sys
import tarfile
import zipfile
from pathlib import Path, PurePath

import pytest

ROOT = Path(__file__).resolve().parent.parent
SOURCES = ("ivr", "flows", "audio", "tests", ".ci", "README.md", "CONTRIBUTING.md", "CHANGELOG.md", "LICENSE")
BUILD = "import sys; from setuptools import build_meta; build_meta.build_{}(sys.argv[1])"


@pytest.fixture(scope="module")
def built(tmp_path_factory) -> Path:
    """Build wheel and source archive from a copy of the tree, as no build may leave anything in it."""
    tree, out = tmp_path_factory.mktemp("tree"), tmp_path_factory.mktemp("dist")
    skipped = shutil.ignore_patterns("__pycache__", "rendered", ".hypothesis")
    for name in (*SOURCES, "pyproject.toml", "setup.py", "MANIFEST.in", ".gitignore", ".pre-commit-config.yaml"):
        source = ROOT / name
        if source.is_dir():
            shutil.copytree(source, tree / name, ignore=skipped)
        else:
            shutil.copy(source, tree)
    for kind in ("wheel", "sdist"):
        command = [sys.executable, "-c", BUILD.format(kind), str(out)]
        subprocess.run(command, cwd=tree, check=True, capture_output=True, timeout=150)
    return out


def in_repository(folder: str, pattern: str) -> set[str]:
    return {path.relative_to(ROOT / folder).as_posix() for path in (ROOT / folder).rglob(pattern) if path.is_file()}


def test_the_wheel_carries_the_demo(built):
    (wheel,) = built.glob("ivr_flows-*.whl")
    names = set(zipfile.ZipFile(wheel).namelist())
    assert {f"ivr/demo/flows/{name}" for name in in_repository("flows", "*.yaml")} <= names
    assert {f"ivr/demo/conversations/{name}" for name in in_repository("tests/conversations", "*.yaml")} <= names
    assert {"ivr/demo/audio/music/waiting.wav", "ivr/demo/flows/README.md", "ivr/py.typed"} <= names
    assert {f"ivr/demo/blank/{name}" for name in in_repository("ivr/demo/blank", "*.yaml")} <= names
    assert not [name for name in names if PurePath(name).name.startswith("test_") or name.startswith("tests/")]
    assert {name.partition("/")[0] for name in names} <= {
        "ivr",
        wheel.name.removesuffix("-py3-none-any.whl") + ".dist-info",
    }


def test_the_source_archive_holds_what_its_tests_use(built):
    (archive,) = built.glob("ivr_flows-*.tar.gz")
    with tarfile.open(archive) as tar:
        names = {name.partition("/")[2] for name in tar.getnames()}
    for folder in ("ivr", "tests", "flows", "audio", ".ci"):
        wanted = {f"{folder}/{name}" for name in in_repository(folder, "*") if not is_made(name)}
        assert wanted <= names, sorted(wanted - names)[:5]
    assert {"pyproject.toml", "setup.py", "README.md", "CONTRIBUTING.md", "CHANGELOG.md", "LICENSE"} <= names


def is_made(name: str) -> bool:
    """Tell whether a file comes from running, not from the repository."""
    return "__pycache__" in name or name.startswith("rendered/") or ".hypothesis" in name
