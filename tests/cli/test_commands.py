"""The command line as a whole: how it finds commands, and how it fails."""

from __future__ import annotations

import os
import subprocess
import sys

import click
import pytest
from click.testing import CliRunner

from ivr.cli import Commands, main
from ivr.errors import SettingsError


def failing(fault: BaseException) -> click.Group:
    """Return the command line with one command that fails."""
    group = Commands("ivr", params=[])

    @click.command()
    def command() -> None:
        raise fault

    group.get_command = lambda ctx, name: command
    group.list_commands = lambda ctx: ["broken"]
    return group


def test_a_mistyped_command_is_answered_with_the_near_one():
    done = CliRunner().invoke(main, ["srve"])
    assert done.exit_code == 2
    assert 'did you mean "ivr serve"?' in done.output


def test_without_the_packages_one_sentence_says_what_to_run():
    code = "import sys; sys.modules['click'] = None; import ivr.cli"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert done.returncode == 1
    assert "python3 -m ivr" in done.stderr
    assert "Traceback" not in done.stderr


def test_help_lists_every_command_with_a_line():
    done = CliRunner().invoke(main, ["-h"])
    assert done.exit_code == 0
    for name in main.list_commands(click.Context(main)):
        assert f"\n  {name} " in done.output
    assert CliRunner().invoke(main, ["--version"]).output.startswith("ivr, version ")


def test_what_was_raised_on_purpose_is_told_in_its_own_words():
    done = CliRunner().invoke(failing(SettingsError("IVR_STORE: no such store")), ["broken"])
    assert (done.exit_code, done.output) == (2, "Error: IVR_STORE: no such store\n")


def test_an_unexpected_fault_is_a_sentence_without_its_text(monkeypatch):
    monkeypatch.delenv("IVR_DEBUG", raising=False)
    done = CliRunner().invoke(failing(ValueError("135790")), ["broken"])
    assert done.exit_code == 2
    assert "ValueError in test_commands.py" in done.output
    assert "135790" not in done.output
    assert "Traceback" not in done.output


def test_a_fault_of_the_system_keeps_its_reason():
    done = CliRunner().invoke(failing(PermissionError(13, "Permission denied", "var")), ["broken"])
    assert "Permission denied: var" in done.output


def test_with_ivr_debug_the_traceback_is_shown(monkeypatch):
    monkeypatch.setenv("IVR_DEBUG", "1")
    assert "Traceback" in CliRunner().invoke(failing(ValueError("x")), ["broken"]).output


@pytest.mark.parametrize("arguments", [["--help"], ["serve", "--help"], ["demo", "-h"]])
def test_help_is_quick_because_nothing_heavy_is_imported(arguments):
    code = (
        "import sys; from ivr.cli import main; main(sys.argv[1:], standalone_mode=False);"
        "heavy = {'flask', 'granian', 'twilio', 'statemachine', 'locust', 'prompt_toolkit', 'yaml'} & set(sys.modules);"
        "sys.exit(f'imported {heavy}' if heavy else 0)"
    )
    done = subprocess.run(
        [sys.executable, "-c", code, *arguments], env=dict(os.environ), capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
