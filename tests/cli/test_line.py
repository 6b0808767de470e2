"""`ivr line`: refused with a reason where it would be open to everyone, and ended in order."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import sys
from pathlib import Path

import pytest
from click.testing import CliRunner

from ivr.cli import main
from tests.waiting import wait_until


def run(*arguments: str, **env: str) -> tuple[int, str]:
    result = CliRunner().invoke(main, ["line", "--api", "0", *arguments], env={"IVR_PHONE_PASSWORD": "", **env})
    return result.exit_code, result.output


@pytest.mark.parametrize(
    ("arguments", "why"),
    [
        (("--bind", "0.0.0.0:5060"), "--allow"),
        (("--no-sip",), "no telephone"),
        (("--number", "+86100"), "NUMBER=ADDRESS"),
        (("--no-sip", "--phone", "0.0.0.0:8000"), "IVR_PHONE_PASSWORD"),
        (("--bind", "127.0.0.1:5060", "--allow", "nowhere"), "nowhere"),
    ],
)
def test_wrong_use_is_refused_with_the_cure(tmp_path: Path, monkeypatch, arguments: tuple[str, ...], why: str) -> None:
    monkeypatch.chdir(tmp_path)
    code, told = run(*arguments)
    assert code == 2
    assert why in told


def test_it_serves_a_telephone_in_the_browser_until_it_is_ended(tmp_path: Path, clean_environment) -> None:
    log = tmp_path / "log"
    arguments = [sys.executable, "-m", "ivr.cli", "line", "--no-sip", "--phone", "127.0.0.1:0", "--api", "0"]
    with log.open("wb") as out:
        process = subprocess.Popen(
            arguments, env=clean_environment(), cwd=tmp_path, stdout=out, stderr=subprocess.STDOUT
        )
    try:
        wait_until(lambda: "TWILIO_API_URL" in log.read_text() or process.poll() is not None)
        assert re.search(r"http://127\.0\.0\.1:\d+/phone", log.read_text()), log.read_text()
        os.kill(process.pid, signal.SIGTERM)
        assert process.wait(60) == 0, log.read_text()
    finally:
        process.kill()
        process.wait()
