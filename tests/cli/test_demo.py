"""`ivr demo` for real: a call by pipe, a server that stays, and nothing left behind however it ends."""

from __future__ import annotations

import os
import re
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.waiting import PATIENCE, wait_until

DEMO = [sys.executable, "-m", "ivr.cli", "demo"]


GUARDED = """\
flow: main_menu
language: zh-CN
profile: standard
start: guarded
steps:
  guarded:
    requires: L2
    lookup: {from: bank.balance, as: account, on_error: closed}
    next: told
  told:
    hangup: 余额为{account.balance|amount}。
  closed:
    hangup: 再见。
  agent:
    transfer: general
    otherwise: closed
"""
LINE = 'lines: {default: main_menu}\ndesks: {general: "+861085550100"}\ndesk: general\n'


@pytest.fixture
def guarded(tmp_path) -> str:
    """Return a folder with a flow whose only answer needs a one-time code."""
    folder = tmp_path / "guarded"
    folder.mkdir()
    (folder / "main_menu.yaml").write_text(GUARDED, encoding="utf-8")
    (folder / "line.yaml").write_text(LINE, encoding="utf-8")
    return str(folder)


@dataclass
class Headless:
    """A demo that stays, what it printed, and the folder that all its processes work in."""

    process: subprocess.Popen[str]
    told: str
    home: Path

    def exported(self, name: str) -> str:
        found = re.search(rf"^export {name}=(\S+)$", self.told, re.MULTILINE)
        assert found, self.told
        return found.group(1)

    def end(self, number: int) -> int:
        self.process.send_signal(number)
        code = self.process.wait(PATIENCE)
        wait_until(lambda: not living(self.home))
        return code


@pytest.fixture
def headless(tmp_path, clean_environment) -> Iterator[Headless]:
    process = subprocess.Popen(
        [*DEMO, "--headless"],
        cwd=tmp_path,
        env=clean_environment(),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    told = ""
    while "Ctrl-C" not in told:
        line = process.stdout.readline()
        assert line, process.communicate()
        told += line
    yield Headless(process, told, tmp_path)
    if process.poll() is None:
        process.terminate()
    process.communicate()


def living(home: Path) -> list[str]:
    """Name the processes that work in a folder."""
    found = []
    for entry in Path("/proc").iterdir():
        try:
            if entry.name.isdigit() and os.readlink(entry / "cwd") == str(home):
                found.append((entry / "cmdline").read_text().replace("\0", " "))
        except OSError:
            continue
    return found


def test_it_prints_what_another_terminal_needs_and_answers_signed_calls(headless, post):
    url, token = headless.exported("IVR_PUBLIC_URL"), headless.exported("TWILIO_AUTH_TOKEN")
    status, _, body = post(url, "/twilio/voice/main_menu", token, From="+8613800000001")
    assert status == 200
    assert "示范银行" in body
    assert post(url, "/twilio/voice/main_menu", "another")[0] == 403
    assert headless.end(signal.SIGTERM) == 0
    assert {path.name for path in (headless.home / "var").iterdir()} == {"demo-bank.log", "demo-serve.log"}


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux tells children of a parent that was killed")
def test_nothing_is_left_when_it_is_killed(headless):
    assert living(headless.home)
    headless.end(signal.SIGKILL)


def test_a_call_by_pipe_is_answered_and_it_says_what_to_try_next(tmp_path, clean_environment):
    done = subprocess.run(
        DEMO,
        cwd=tmp_path,
        env=clean_environment(),
        input="1\n",
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert done.stderr == ""
    assert "欢迎致电示范银行" in done.stdout
    assert "What to try next" in done.stdout
    assert not living(tmp_path)


def test_flows_that_cannot_be_used_are_told_by_the_demo_too(tmp_path, clean_environment):
    (tmp_path / "broken").mkdir()
    (tmp_path / "broken" / "main_menu.yaml").write_text("flow: main_menu\nstrat: a\n")
    env = clean_environment(IVR_FLOWS=str(tmp_path / "broken"))
    done = subprocess.run(
        DEMO, cwd=tmp_path, env=env, input="", capture_output=True, text=True, timeout=60, check=False
    )
    assert done.returncode == 2
    assert "main_menu.yaml:2:1" in done.stderr
    assert "Traceback" not in done.stderr
    assert done.stdout == ""
    assert not living(tmp_path)


def test_a_port_in_use_is_refused(tmp_path, clean_environment):
    with socket.create_server(("127.0.0.1", 0)) as taken:
        done = subprocess.run(
            [*DEMO, "--port", str(taken.getsockname()[1])],
            cwd=tmp_path,
            env=clean_environment(),
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
        )
    assert done.returncode == 2
    assert "Choose another address with --port" in done.stderr


def test_a_newcomer_gets_through_a_service_that_needs_a_one_time_code(tmp_path, clean_environment, guarded):
    with running(DEMO, tmp_path, clean_environment(IVR_FLOWS=guarded)) as demo:
        demo.stdin.write("0128\n135790\n")
        demo.stdin.flush()
        told = read_until(demo, r"\[SMS to …0001\] .*?(\d{6})")
        demo.stdin.write(f"{told}\n")
        demo.stdin.flush()
        rest = demo.stdout.read()
        assert demo.wait(PATIENCE) == 0
    assert "余额为一万二千三百四十五元六角七分。" in rest
    assert "[SMS" not in rest
    assert not living(tmp_path)


def test_text_messages_of_any_caller_are_told_where_no_telephone_is(tmp_path, clean_environment, guarded, post):
    env = clean_environment(IVR_FLOWS=guarded, TWILIO_AUTH_TOKEN="a" * 32)
    with running([*DEMO, "--headless"], tmp_path, env) as demo:
        url = read_until(demo, r"export IVR_PUBLIC_URL=(\S+)")
        read_until(demo, r"(Ctrl-C)")
        for path, digits in (("voice", ""), ("turn/1", "0242"), ("turn/2", "246813")):
            assert post(url, f"/twilio/{path}", "a" * 32, From="+8613800000002", Digits=digits)[0] == 200
        read_until(demo, r"^\[SMS to …0002\] .*?(\d{6})")
        demo.terminate()
        assert demo.stdout.read() == ""
        assert demo.wait(PATIENCE) == 0


@contextmanager
def running(command: list[str], home: Path, env: dict[str, str]) -> Iterator[subprocess.Popen[str]]:
    """Run a command that is talked to, and end it whatever happens."""
    with subprocess.Popen(
        command, cwd=home, env=env, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as process:
        try:
            yield process
        finally:
            if process.poll() is None:
                process.terminate()


def read_until(process: subprocess.Popen[str], wanted: str) -> str:
    """Read lines until one has what is wanted; return its group."""
    told = ""
    while line := process.stdout.readline():
        told += line
        if found := re.search(wanted, line):
            return found[1]
    raise AssertionError(told)
