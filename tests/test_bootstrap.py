"""The set-up of a fresh clone, run for real on a copy of it, and what it says when it cannot succeed."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
PRINTS = "import sys\ndef main(prog_name): print(sys.prefix, sys.argv[1:])\n"
BASE = Path(sys.base_prefix) / "bin" / f"python{sys.version_info[0]}.{sys.version_info[1]}"


@pytest.fixture
def clone(tmp_path: Path) -> Path:
    home = tmp_path / "clone"
    (home / "ivr").mkdir(parents=True)
    shutil.copy(ROOT / "pyproject.toml", home)
    for name in ("__init__.py", "__main__.py", "bootstrap.py"):
        shutil.copy(ROOT / "ivr" / name, home / "ivr")
    return home


def run(clone: Path, *arguments: str, python: Path = BASE, **env: str) -> subprocess.CompletedProcess[str]:
    own = ("PIP_", "IVR_", "VIRTUAL_ENV", "PYTHONPATH")
    clean = {name: value for name, value in os.environ.items() if not name.startswith(own)}
    command = [str(python), *arguments]
    return subprocess.run(command, cwd=clone, env=clean | env, capture_output=True, text=True, timeout=120, check=False)


def set_up(clone: Path, home: Path, *names: str) -> None:
    """Make an environment as the set-up leaves it, but empty, so that no package index is needed."""
    subprocess.run([str(BASE), "-m", "venv", "--without-pip", str(home)], check=True)
    code = (
        "import sys; from pathlib import Path; from ivr import bootstrap as b; home = Path(sys.argv[1]);"
        "(home / b._OWNER).write_text(str(b._ROOT));"
        "[b._stamp(home, name).write_text(b._fingerprint(home)) for name in sys.argv[2:]]"
    )
    done = run(clone, "-c", code, str(home), *names)
    assert done.returncode == 0, done.stderr
    (clone / "ivr" / "cli.py").write_text(PRINTS)


def contents(folder: Path) -> dict[str, float]:
    return {str(path): path.stat().st_mtime for path in folder.rglob("*") if "__pycache__" not in path.parts}


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
    set_up(clone, clone / ".venv", "run")
    done = run(clone, "-m", "ivr", "a", "b c")
    assert done.stdout == f"{clone / '.venv'} ['a', 'b c']\n"
    assert done.stderr == ""


def test_the_environment_of_the_checks_serves_the_demo_too(clone):
    set_up(clone, clone / ".venv", "run", "dev")
    assert run(clone, "-m", "ivr").stdout == f"{clone / '.venv'} []\n"


def test_another_list_of_packages_is_set_up_again(clone):
    set_up(clone, clone / ".venv", "run")
    wanted = clone / "pyproject.toml"
    wanted.write_text(wanted.read_text().replace('"click', '"another-package", "click'))
    done = run(clone, "-m", "ivr", PIP_NO_INDEX="1", PIP_CONFIG_FILE=os.devnull)
    assert done.returncode == 2
    assert done.stderr.startswith("Setting up")


def test_an_active_environment_of_something_else_is_left_alone(clone, tmp_path):
    foreign = tmp_path / "foreign"
    subprocess.run([str(BASE), "-m", "venv", "--without-pip", str(foreign)], check=True)
    set_up(clone, clone / ".venv", "run")
    before = contents(foreign)
    done = run(clone, "-m", "ivr", python=foreign / "bin" / "python", VIRTUAL_ENV=str(foreign))
    assert done.stdout == f"{clone / '.venv'} []\n", done.stderr
    assert contents(foreign) == before


def test_ivr_venv_names_another_folder(clone, tmp_path):
    home = tmp_path / "elsewhere"
    set_up(clone, home, "run")
    assert run(clone, "-m", "ivr", IVR_VENV=str(home)).stdout == f"{home} []\n"
    assert not (clone / ".venv").exists()


def test_two_clones_never_share_an_environment(clone, tmp_path):
    home = tmp_path / "elsewhere"
    set_up(clone, home, "run")
    second = tmp_path / "second"
    shutil.copytree(clone, second)
    before = contents(home)
    done = run(second, "-m", "ivr", IVR_VENV=str(home))
    assert (done.returncode, done.stdout) == (2, "")
    assert f"belongs to the clone in {clone}" in done.stderr
    assert contents(home) == before


def test_a_folder_that_holds_something_else_is_not_made_an_environment(clone, tmp_path):
    (tmp_path / "letters").mkdir()
    (tmp_path / "letters" / "to_mother.txt").write_text("x")
    done = run(clone, "-m", "ivr", IVR_VENV=str(tmp_path / "letters"))
    assert done.returncode == 2
    assert "is not empty" in done.stderr
    assert (tmp_path / "letters" / "to_mother.txt").exists()


def test_what_tests_and_commands_start_is_never_set_up(clone):
    set_up(clone, clone / ".venv")  # without a stamp: `python -m ivr` would run pip
    package = clone / "ivr" / "cli"
    (clone / "ivr" / "cli.py").unlink()
    package.mkdir()
    (package / "__init__.py").write_text(PRINTS)
    shutil.copy(ROOT / "ivr" / "cli" / "__main__.py", package)
    done = run(clone, "-m", "ivr.cli", "a")
    assert (done.stdout, done.stderr) == (f"{sys.base_prefix} ['a']\n", "")
    started = re.compile(r'"-m", "ivr"[],]')
    sources = {*(ROOT / "tests").rglob("*.py"), *(ROOT / "ivr").rglob("*.py")} - {Path(__file__)}
    assert [path.name for path in sources if started.search(path.read_text("utf-8"))] == []
