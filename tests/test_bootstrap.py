"""The set-up of a fresh clone, run for real on a copy of it, and what it says when it cannot succeed."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
BASE = Path(sys.base_prefix) / "bin" / f"python{sys.version_info[0]}.{sys.version_info[1]}"


@pytest.fixture
def clone(tmp_path: Path) -> Path:
    home = tmp_path / "clone"
    (home / "ivr").mkdir(parents=True)
    shutil.copy(ROOT / "pyproject.toml", home)
    for name in ("__init__.py", "__main__.py", "bootstrap.py"):
        shutil.copy(ROOT / "ivr" / name, home / "ivr")
    return home


def run(clone: Path, *arguments: str, **env: str) -> subprocess.CompletedProcess[str]:
    clean = {name: value for name, value in os.environ.items() if not name.startswith(("PIP_", "IVR_", "VIRTUAL_ENV"))}
    return subprocess.run(
        [str(BASE), *arguments], cwd=clone, env=clean | env, capture_output=True, text=True, timeout=120, check=False
    )


def pretend_without(clone: Path, code: str) -> str:
    """Return a PYTHONPATH on which Python starts as if something were different."""
    folder = clone.parent / "pretend"
    folder.mkdir()
    (folder / "sitecustomize.py").write_text(f"import sys\n{code}\n")
    return str(folder)


def test_without_a_package_index_it_says_so_with_the_last_words_of_pip(clone):
    done = run(clone, "-m", "ivr", "--version", PIP_NO_INDEX="1", PIP_CONFIG_FILE=os.devnull)
    assert done.returncode == 2
    assert "is the package index reachable?" in done.stderr
    assert "setuptools" in done.stderr
    assert "Traceback" not in done.stderr
    assert done.stdout == ""


def test_without_venv_it_names_the_package_or_installs_it(clone):
    programs = clone.parent / "bin"
    programs.mkdir()
    (programs / "apt-get").write_text('#!/bin/sh\necho "E: no network for $*"\nexit 100\n')
    (programs / "apt-get").chmod(0o755)
    path = pretend_without(clone, "sys.modules['ensurepip'] = None")
    done = run(clone, "-m", "ivr", PYTHONPATH=path, PATH=f"{programs}:{os.environ['PATH']}")
    assert done.returncode == 2
    assert "sudo apt-get install python3" in done.stderr
    assert "-venv" in done.stderr
    if os.geteuid() == 0:
        assert "E: no network for install" in done.stderr


def test_an_old_python_is_named(clone):
    path = pretend_without(clone, "sys.version_info = (3, 9, 2, 'final', 0)")
    done = run(clone, "-m", "ivr", PYTHONPATH=path)
    assert done.returncode == 2
    assert "Python 3.11 or newer is needed" in done.stderr


def test_what_is_set_up_already_is_entered_at_once(clone):
    subprocess.run([str(BASE), "-m", "venv", "--without-pip", str(clone / ".venv")], check=True)
    stamp = "from ivr.bootstrap import *; from ivr.bootstrap import _stamp, _fingerprint; h = ROOT / '.venv';"
    run(clone, "-c", stamp + "_stamp(h, '').write_text(_fingerprint(h))")
    (clone / "ivr" / "cli.py").write_text("import sys\ndef main(prog_name): print(sys.prefix, sys.argv[1:])\n")
    done = run(clone, "-m", "ivr", "a", "b c")
    assert done.stdout == f"{clone / '.venv'} ['a', 'b c']\n"
    assert done.stderr == ""
    wanted = clone / "pyproject.toml"
    wanted.write_text(wanted.read_text().replace('"click', '"another-package", "click'))
    done = run(clone, "-c", "from ivr.bootstrap import _is_ready, ROOT; print(_is_ready(ROOT / '.venv', ''))")
    assert done.stdout == "False\n"
