"""The command `ivr load` and the process it starts, against a real server."""

from __future__ import annotations

import json
import os
import re
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from ivr.cli.load import command
from tests.waiting import wait_until

from .conftest import BALANCE, Phone

ROOT = Path(__file__).parents[2]
SECRETS = re.compile(r"(?<![\d.])(?:0128|135790)(?!\d)|a-token-for-tests")
"""Not as a part of a figure."""
SHORT = "--users 10 --duration 5m --max-calls 30 --speed 100 --think 100ms --ramp 300ms"
"""Ends after 30 calls, however busy the machine is."""


def load(*options: str) -> Result:
    return CliRunner().invoke(command, ["main_menu", *options])


@pytest.fixture
def _interruptible() -> Iterator[None]:
    """Let children get SIGINT: what a script runs in the background ignores it, and hands that down."""
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    yield
    signal.signal(signal.SIGINT, before)


def test_a_load_is_measured_reported_and_judged(server: Phone, conversations: str, tmp_path: Path) -> None:
    where = ("--url", server.url, "--conversations", conversations)
    files = ("--json", str(tmp_path / "found.json"), "--html", str(tmp_path / "found.html"))
    wanted = ("--objective", "errors<=0", "--objective", "p99<5s", "--objective", "turns/s>100000")
    done = load(*where, *SHORT.split(), *files, *wanted)
    assert done.exit_code == 1, done.output
    assert "met    errors<=0" in done.output
    assert "FAILED turns/s>100000" in done.output
    assert "left out 1 at a fixed time" in done.output
    found = json.loads((tmp_path / "found.json").read_text())
    assert found["turns"] > 20
    assert found["errors"] == 0
    assert found["calls"]["most_live"] <= 10
    assert found["calls"]["started"] == sum(found["calls"][how] for how in ("completed", "failed", "cut", "diverted"))
    assert found["versions"]["locust"]
    assert found["parameters"]["users"] == 10
    assert [one["met"] for one in found["objectives"]] == [True, True, False]
    assert server.ended == server.calls, "every call was hung up, the probe's too"
    told = done.output + (tmp_path / "found.json").read_text() + (tmp_path / "found.html").read_text()
    assert not SECRETS.search(told)


def test_calls_arrive_at_a_rate_with_lines_enough_for_all(server: Phone, conversations: str) -> None:
    where = ("--url", server.url, "--conversations", conversations)
    options = "--rate 20 --duration 5m --max-calls 20 --ramp 0 --think 200ms --json -"
    done = load(*where, *options.split())
    found = json.loads(done.stdout)
    assert found["parameters"]["users"] == 1200
    assert found["calls"]["started"] == 20
    assert found["errors"] == 0


def test_without_a_missed_objective_the_exit_code_is_0_though_turns_failed(server: Phone, conversations: str) -> None:
    server.statuses["/card"] = 500
    server.pages["/silent"] = BALANCE.replace("余额", "其他")
    done = load("--url", server.url, "--conversations", conversations, *SHORT.split(), "--json", "-")
    assert done.exit_code == 0, done.output
    found = json.loads(done.stdout)
    kinds = {error["kind"] for error in found["error_counts"]}
    assert kinds == {"status 500", "unexpected words"}
    assert "status 500 at press 4 keys after 请输入卡号后四位" in done.stderr


@pytest.mark.usefixtures("_interruptible")
def test_an_interrupt_ends_the_run_with_what_was_found(server: Phone, conversations: str) -> None:
    where = ("--url", server.url, "--conversations", conversations)
    options = ["load", "main_menu", *where, *SHORT.split(), "--max-calls", "1000000"]
    process = subprocess.Popen(
        [sys.executable, "-c", "from ivr.cli import main; main()", *options],
        cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
    )  # fmt: skip
    wait_until(lambda: len(server.forms) >= 20)
    process.send_signal(signal.SIGINT)
    out, _ = process.communicate(timeout=90)
    assert process.returncode == 0
    assert "ended by you" in out
    assert "the call arrives" in out


def test_a_wrong_token_is_refused_before_the_load_begins(
    server: Phone, conversations: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    for token, cure in (("", "Set TWILIO_AUTH_TOKEN"), ("another", "TWILIO_AUTH_TOKEN has to be the server's token")):
        monkeypatch.setenv("TWILIO_AUTH_TOKEN", token)
        done = load("--url", server.url, "--conversations", conversations)
        assert done.exit_code == 2
        assert "refuses the signature (403)" in done.output
        assert cure in done.output
    assert not server.calls


def test_an_unknown_flow_is_told_with_what_the_server_answers(server: Phone, conversations: str) -> None:
    del server.pages["/twilio/voice/main_menu"]
    done = load("--url", server.url, "--conversations", conversations)
    assert done.exit_code == 2
    assert "answers with status 404" in done.output


def test_nothing_that_locust_loads_imports_the_engine_or_the_chart() -> None:
    code = (
        "import ivr.loadtest.__main__, sys\n"
        "print(*sorted({name.split('.')[1] for name in sys.modules if name.startswith('ivr.')}))\n"
        "print('statemachine' in sys.modules)"
    )
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True)
    rooms = "carrier conversations diagnostics errors loadtest net yamlfile"
    assert done.stdout.splitlines() == [rooms, "False"]


@pytest.mark.usefixtures("_interruptible")
def test_the_user_runs_on_locust_alone(server: Phone, conversations: str, tmp_path: Path) -> None:
    line = (
        "-f ivr/loadtest/locustfile.py --headless -u 10 -r 10 -t 5m --think 0.1 --speed 100 --skip-log-setup "
        f"--host {server.url} --conversations {conversations} --report-json {tmp_path / 'found.json'}"
    )
    process = subprocess.Popen(
        [sys.executable, "-m", "locust", *line.split()],
        cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
        env={**os.environ, "LOCUST_WEB_HOST": "127.0.0.1"},
    )  # fmt: skip
    wait_until(lambda: len(server.forms) >= 20)
    process.send_signal(signal.SIGINT)
    out, err = process.communicate(timeout=90)
    assert process.returncode == 0, err
    found = json.loads((tmp_path / "found.json").read_text())
    assert found["turns"] > 5
    assert found["errors"] == 0
    assert "press 1 after 查询余额，请按1" in out
    assert server.ended, "the lines hang up as the run ends"
