"""Hints name this program in words that start it where the reader stands."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from ivr.cli._program import program

CLONE = Path(__file__).resolve().parent.parent.parent


@pytest.fixture
def script(tmp_path, monkeypatch) -> Path:
    """Return the script `ivr` of an environment that runs this process, and that no terminal finds."""
    folder = tmp_path / "an environment" / "bin"
    folder.mkdir(parents=True)
    (folder / "ivr").write_text("#!/bin/sh\n")
    (folder / "ivr").chmod(0o755)
    monkeypatch.setattr(sys, "executable", str(folder / "python"))
    monkeypatch.setenv("PATH", str(tmp_path))
    return folder / "ivr"


def test_a_program_that_a_terminal_finds_is_called_by_its_name(script, tmp_path, monkeypatch):
    monkeypatch.setenv("PATH", str(script.parent))
    assert program(tmp_path) == "ivr"


def test_another_program_of_the_same_name_is_not_named(script, tmp_path, monkeypatch):
    (tmp_path / "ivr").write_text("#!/bin/sh\n")
    (tmp_path / "ivr").chmod(0o755)
    assert program(tmp_path) == f"'{script}'"


def test_in_a_clone_it_is_called_as_the_readme_calls_it(script, monkeypatch):
    monkeypatch.chdir(CLONE)
    assert program() == "python3 -m ivr"


def test_outside_of_a_clone_its_path_works_from_every_folder(script, tmp_path):
    assert program(tmp_path) == f"'{script}'"


def test_an_environment_without_the_script_starts_the_module(script, tmp_path):
    script.unlink()
    assert program(tmp_path) == f"'{script.parent / 'python'}' -m ivr.cli"
