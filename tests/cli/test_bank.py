from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
import urllib3
from click.testing import CliRunner

from ivr.cli.bank import command
from tests.demo.bank.conftest import Client, pool

__all__ = ["pool"]

RUN = [sys.executable, "-c", "from ivr.cli.bank import command; command(prog_name='ivr bank')"]


@pytest.fixture
def running(tmp_path: Path) -> Iterator[tuple[subprocess.Popen[str], str]]:
    options = ["--bind", "127.0.0.1:0", "--database", str(tmp_path / "var" / "bank.db"), "--slow", "1"]
    process = subprocess.Popen([*RUN, *options], text=True, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    assert process.stdout
    yield process, process.stdout.readline().strip()
    process.send_signal(signal.SIGTERM)
    process.communicate(timeout=10)


def test_the_service_answers_at_the_printed_address_and_ends_on_request(
    running: tuple[subprocess.Popen[str], str], pool: urllib3.PoolManager
) -> None:
    process, url = running
    client = Client(url, pool)
    claim = {"number": "+8613800000001", "card_tail": "0128", "pin": "135790"}
    assert client.ask("verify", claim)["customer"] == "C0001"
    assert client.send("verify", claim | {"pin": "908172"}) == (200, {"verified": False})
    assert client.ask("admin/faults", {"fail_rate": 1}) == {"slow_ms": 1, "fail_rate": 1}
    assert client.send("balance", {"customer": "C0001"})[0] == 503
    assert client.ask("admin/reset", {}) == {"reset": True}
    assert client.ask("report_loss", {"customer": "C0001"}, key="k") == client.ask(
        "report_loss", {"customer": "C0001"}, key="k"
    )
    os.kill(process.pid, signal.SIGTERM)
    out, err = process.communicate(timeout=10)
    assert (process.returncode, out, err) == (0, "", "")


def test_a_second_service_on_the_same_port_is_refused(running: tuple[subprocess.Popen[str], str]) -> None:
    result = CliRunner().invoke(command, ["--bind", running[1].removeprefix("http://")])
    assert result.exit_code == 2
    assert "already in use. Choose another address with --bind." in result.output


@pytest.mark.parametrize("bind", ["8700", "127.0.0.1", "127.0.0.1:http", "127.0.0.1:70000", ":8700"])
def test_an_address_that_is_none_is_refused(bind: str) -> None:
    result = CliRunner().invoke(command, ["--bind", bind])
    assert result.exit_code == 2
    assert "is not HOST:PORT" in result.output


def test_an_address_of_another_machine_is_refused() -> None:
    result = CliRunner().invoke(command, ["--bind", "192.0.2.1:8700"])
    assert result.exit_code == 2
    assert "cannot listen on 192.0.2.1:8700" in result.output


def test_a_file_that_is_no_database_is_refused(tmp_path: Path) -> None:
    (tmp_path / "notes.txt").write_text("not a database\n" * 99)
    result = CliRunner().invoke(command, ["--bind", "127.0.0.1:0", "--database", str(tmp_path / "notes.txt")])
    assert result.exit_code == 2
    assert "file is not a database. Name another file with --database." in result.output


@pytest.mark.parametrize(
    "options", [["--fail", "1.5"], ["--fail", "-1"], ["--slow", "-1"], ["--slow", "nan"], ["--fail", "nan"]]
)
def test_faults_out_of_range_are_refused(options: list[str], tmp_path: Path) -> None:
    result = CliRunner().invoke(command, ["--bind", "127.0.0.1:0", "--database", str(tmp_path / "bank.db"), *options])
    assert result.exit_code == 2
    assert "lies between 0 and" in result.output


def test_help_begins_with_an_example() -> None:
    result = CliRunner().invoke(command, ["--help"])
    assert result.exit_code == 0
    assert "  Example:\n    ivr bank --slow 800 --fail 0.1\n" in result.output


def test_the_default_address_is_loopback() -> None:
    (bind,) = [option for option in command.params if option.name == "bind"]
    assert socket.inet_aton(str(bind.default).partition(":")[0])[0] == 127
