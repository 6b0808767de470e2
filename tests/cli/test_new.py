"""`ivr new` makes a folder that passes every check and can be called, wherever it lies."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from pathlib import Path

import click
import pytest
from click.testing import CliRunner

from ivr.cli import main

ROOT = Path(__file__).resolve().parent.parent.parent


@pytest.fixture(params=["demo", "blank"])
def line(request, tmp_path) -> Path:
    """Return a fresh folder of each template."""
    folder = tmp_path / "my-line"
    done = CliRunner().invoke(main, ["new", str(folder), "--template", request.param])
    assert done.exit_code == 0, done.output
    assert f"cd {folder}" in done.output
    return folder


@pytest.fixture
def run(clean_environment, line):
    """Run a command in the new folder, with no settings but its own files."""
    env = clean_environment()
    for name in ("IVR_FLOWS", "IVR_AUDIO"):
        del env[name]

    def command(*arguments: str, told: str = "") -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [sys.executable, "-m", "ivr.cli", *arguments],
            cwd=line,
            env=env,
            input=told,
            capture_output=True,
            text=True,
            timeout=150,
            check=False,
        )

    return command


def test_a_new_line_passes_every_check_and_can_be_called(run, line):
    assert run("check", "--strict").returncode == 0
    called = run("call", told="1\n")
    assert called.returncode == 0, called.stderr
    assert "欢迎致电" in called.stdout
    played = run("test", "tests/conversations", "-k", "a caller asks")
    assert played.returncode == 0, played.stdout


def test_the_editor_finds_a_schema_for_every_file(line):
    for flow in (line / "flows").glob("*.yaml"):
        first = flow.read_text("utf-8").splitlines()[0]
        assert (line / "flows" / first.partition("$schema=")[2]).is_file(), flow.name
    settings = json.loads((line / ".vscode" / "settings.json").read_text("utf-8"))
    assert all((line / schema).is_file() for schema in settings["yaml.schemas"])


def test_nothing_of_ours_that_is_no_line_is_copied(line):
    assert not [*line.rglob("*.py"), *line.rglob("rendered")]
    assert "entry: ivr check --strict" in (line / ".pre-commit-config.yaml").read_text("utf-8")
    assert (line / "audio" / "music" / "waiting.wav").is_file()


def test_a_reader_finds_out_what_the_folder_is(line):
    readme = (line / "README.md").read_text("utf-8")
    named = {word.strip("`/") for word in readme.split() if word.startswith("`") and word.endswith("/`")}
    assert named == {"flows", "tests/conversations", "audio", "var"}
    assert all((line / folder).is_dir() for folder in named - {"var"})


def test_the_manual_does_not_speak_of_how_it_is_made(line):
    manual = (line / "flows" / "README.md").read_text("utf-8")
    assert manual.startswith("# Flow files")
    assert "pytest" not in manual


def test_every_command_that_the_readme_names_is_one(line):
    readme = (line / "README.md").read_text("utf-8")
    commands = set(re.findall(r"\| `ivr ([a-z]+)", readme))
    assert len(commands) > 4
    assert commands <= set(main.list_commands(click.Context(main)))


def test_a_folder_that_holds_something_is_left_alone(tmp_path):
    (tmp_path / "letter").write_text("x")
    done = CliRunner().invoke(main, ["new", str(tmp_path)])
    assert done.exit_code == 2
    assert "is not empty" in done.output
    assert [path.name for path in tmp_path.iterdir()] == ["letter"]
