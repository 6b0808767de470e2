"""`ivr load`: what cannot be run is refused before any call, with the reason and the cure."""

from __future__ import annotations

import pytest
from click.testing import CliRunner, Result

from ivr.cli.load import command

TALK = "conversation: c\nflow: main_menu\nturns: [{wait: true}]\n"


@pytest.fixture
def load(tmp_path, monkeypatch):
    monkeypatch.delenv("IVR_PUBLIC_URL", raising=False)
    monkeypatch.setenv("TWILIO_AUTH_TOKEN", "a token")
    (tmp_path / "talk.yaml").write_text(TALK, encoding="utf-8")

    def run(*options: str) -> Result:
        return CliRunner().invoke(command, ["main_menu", "--conversations", str(tmp_path / "talk.yaml"), *options])

    return run


@pytest.mark.parametrize(
    ("options", "words"),
    [
        (("--objective", "p99<fast"), 'p99<fast" is not an objective. The forms are:'),
        (("--url", "ftp://127.0.0.1"), "is no web address"),
        (("--url", "http://127.0.0.1:9"), "cannot be reached. Start a server first: ivr demo --headless"),
        (("--html", "nowhere/at/all.html"), "there is no such folder"),
        (("--duration", "soon"), "is no duration; write 30s"),
        (("--users", "0"), "0 is not in the range"),
    ],
)
def test_what_cannot_be_run_is_refused_with_the_reason(load, options, words):
    done = load(*options)
    assert done.exit_code == 2
    assert words in done.output


def test_another_machine_has_to_be_named(load, monkeypatch):
    monkeypatch.setenv("IVR_PUBLIC_URL", "https://ivr.invalid")
    done = load()
    assert done.exit_code == 2
    assert "name it: --url https://ivr.invalid" in done.output
    named = load("--url", "https://ivr.invalid", "--timeout", "200ms")
    assert named.exit_code == 2
    assert "Calls go to https://ivr.invalid, which is not this machine." in named.output


def test_a_missing_package_is_told_with_the_line_that_installs_it(load, monkeypatch):
    monkeypatch.setattr("importlib.util.find_spec", lambda name: None)
    done = load()
    assert done.exit_code == 2
    assert 'pip install -e ".[load]"' in done.output
