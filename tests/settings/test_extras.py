"""A base install does all but speak, hear and load: what needs an extra says which, in one sentence."""

from __future__ import annotations

import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

from ivr.settings.extras import EXTRAS, extra_of, how_to_install, missing_extra

ROOT = Path(__file__).resolve().parent.parent.parent
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
WITHOUT = """
import sys
class Hidden:
    def find_spec(self, name, path=None, target=None):
        if name.partition(".")[0] in {hidden}:
            raise ModuleNotFoundError(f"No module named {{name!r}}", name=name)
sys.meta_path.insert(0, Hidden())
"""


@pytest.fixture
def base_install(tmp_path):
    """Run the command line as if no extra were installed."""
    hidden = {module for modules in EXTRAS.values() for module in modules}
    find_spec = (
        "import importlib.util as u; real = u.find_spec\n"
        f"u.find_spec = lambda name, package=None: None if name in {hidden} else real(name, package)\n"
    )
    code = WITHOUT.format(hidden=hidden) + find_spec + "from ivr.cli import main; main(prog_name='ivr')"

    def run(*arguments: str, **env: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [sys.executable, "-c", code, *arguments],
            cwd=ROOT,
            env={"PATH": "/usr/bin:/bin", "LANG": "C.UTF-8", **env},
            input="",
            capture_output=True,
            text=True,
            timeout=120,
            check=False,
        )

    return run


@pytest.mark.parametrize(
    "arguments",
    [["check"], ["call"], ["test", "tests/conversations/credit_card"], ["prompts", "list"], ["models", "list"]],
)
def test_a_base_install_runs_what_needs_no_sound(base_install, arguments):
    done = base_install(*arguments)
    assert done.returncode in (0, 1) if arguments == ["prompts", "list"] else done.returncode == 0, done.stderr
    assert "not installed;" not in done.stderr


@pytest.mark.parametrize("setting", [{"IVR_TTS": "local"}, {"IVR_ASR": "local"}])
def test_settings_that_need_sound_leave_a_base_install_able_to_take_calls(base_install, setting):
    done = base_install("call", **setting)
    assert done.returncode == 0, done.stderr
    assert "欢迎致电示范银行" in done.stdout


@pytest.mark.parametrize(
    ("arguments", "extra"),
    [
        (["call", "--listen"], "speech"),
        (["call", "--speak", "audio/music/waiting.wav"], "speech"),
        (["prompts", "build"], "speech"),
        (["prompts", "check"], "speech"),
        (["load", "main_menu"], "load"),
        (["line"], "sip"),
        (["line", "--no-sip", "--phone", "127.0.0.1:0"], "speech"),
        (["demo", "--browser"], "speech"),
        (["demo", "--sip"], "sip"),
        (["say", "您好"], "speech"),
    ],
)
def test_what_needs_an_extra_says_which_in_one_sentence(base_install, arguments, extra):
    done = base_install(*arguments)
    assert done.returncode == 2
    assert done.stderr.startswith("Error: ")
    assert done.stderr.count("\n") == 1
    assert not done.stdout
    assert how_to_install(extra) in done.stderr


def test_voices_and_recognisers_name_the_extra(base_install):
    told = base_install("doctor").stdout
    voices = told.partition("voices")[2].partition("prompts")[0]
    assert how_to_install("speech") in voices
    assert "this check failed" not in told


def test_every_module_of_an_extra_is_installed_by_it():
    declared = {extra: " ".join(PROJECT["optional-dependencies"][extra]) for extra in EXTRAS}
    brought = {"baresip": "baresip-python", "gevent": "locust", "hdrh": "hdrhistogram", "ctranslate2": "faster_whisper"}
    for extra, modules in EXTRAS.items():
        for module in modules:
            assert brought.get(module, module).replace("_", "-") in declared[extra], module


def test_the_base_has_nothing_of_an_extra():
    base = " ".join(PROJECT["dependencies"])
    assert not [module for modules in EXTRAS.values() for module in modules if module.replace("_", "-") in base]
    assert extra_of("numpy.typing") == "speech"
    assert extra_of("click") is None
    assert missing_extra("speech") is None


def test_a_package_and_a_clone_are_told_their_own_command(monkeypatch, tmp_path):
    assert how_to_install("load") == 'pip install -e ".[load]"'
    monkeypatch.setattr("ivr.settings.extras._CLONE", tmp_path)
    assert how_to_install("load") == 'pip install "ivr-flows[load]"'
