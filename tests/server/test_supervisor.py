"""Workers are replaced whatever ends them, and the server starts again in place without losing a request."""

from __future__ import annotations

import http.client
import os
import signal
import socket
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.waiting import PATIENCE, wait_until

ROOT = Path(__file__).resolve().parents[2]


class Program:
    """A running supervisor with two workers."""

    def __init__(self, folder: Path) -> None:
        with socket.create_server(("127.0.0.1", 0)) as probe:
            self.port = probe.getsockname()[1]
        self.folder, self.log = folder, folder / "log"
        (folder / "answer").write_text("first")
        command = [sys.executable, str(ROOT / "tests" / "server_program.py"), str(self.port), str(folder)]
        with self.log.open("w") as log:
            environment = {**os.environ, "PYTHONPATH": str(ROOT)}
            self.process = subprocess.Popen(command, cwd=folder, env=environment, stderr=log)

    def ask(self) -> tuple[int, str]:
        """Return the worker that answered, and its answer."""
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=PATIENCE)
        try:
            connection.request("GET", "/")
            pid, _, text = connection.getresponse().read().decode().partition(" ")
            return int(pid), text
        finally:
            connection.close()

    def children(self) -> list[int]:
        tasks = Path(f"/proc/{self.process.pid}/task/{self.process.pid}/children")
        return [int(pid) for pid in tasks.read_text().split()]

    def logged(self, words: str) -> int:
        return self.log.read_text().count(words)


@pytest.fixture
def program(tmp_path: Path) -> Iterator[Program]:
    started = Program(tmp_path)
    try:
        wait_until(lambda: started.ask())
        wait_until(lambda: len(started.children()) == 2)
        yield started
    finally:
        started.process.send_signal(signal.SIGTERM)
        assert started.process.wait(PATIENCE) == 0, started.log.read_text()


def test_no_number_of_deaths_ends_the_server(program):
    for _ in range(8):
        for pid in program.children():
            os.kill(pid, signal.SIGKILL)
        assert program.ask()[1] == "first"
    wait_until(lambda: len(program.children()) == 2)
    wait_until(lambda: program.logged('"worker_ended"') >= 8)


def test_connections_queue_while_no_worker_can_start(program):
    (program.folder / "broken").touch()
    for pid in program.children():
        os.kill(pid, signal.SIGKILL)
    wait_until(lambda: program.logged("a worker cannot start: the store is broken") >= 2)
    answers: list[tuple[int, str]] = []
    waiting = threading.Thread(target=lambda: answers.append(program.ask()))
    waiting.start()
    (program.folder / "broken").unlink()
    waiting.join()
    assert [text for _, text in answers] == ["first"]


def test_a_machine_without_a_free_process_does_not_end_the_server(program):
    (program.folder / "crowded").touch()
    one, other = program.children()
    os.kill(one, signal.SIGKILL)
    wait_until(lambda: program.logged('"fault": "BlockingIOError"') >= 2)
    assert program.ask() == (other, "first")
    (program.folder / "crowded").unlink()
    wait_until(lambda: len(program.children()) == 2)


def test_a_worker_that_starts_has_what_the_server_was_started_with(program):
    (program.folder / "answer").write_text("second")
    before = set(program.children())
    for pid in before:
        os.kill(pid, signal.SIGKILL)
    pid, text = program.ask()
    assert pid not in before
    assert text == "first"


def asking_on(program: Program, until: Callable[[], bool]) -> list[str]:
    answers = []
    while not until():
        answers.append(program.ask()[1])
    return answers


def test_a_restart_in_place_loses_no_request(program):
    process, before = program.process.pid, set(program.children())
    (program.folder / "answer").write_text("second")
    program.process.send_signal(signal.SIGHUP)
    answers = asking_on(program, lambda: not before & set(program.children()))
    assert program.ask()[1] == "second"
    assert program.process.pid == process
    assert program.process.poll() is None
    assert answers[0] == "first"
    assert set(answers) <= {"first", "second"}


def test_a_restart_is_refused_while_what_is_on_the_disk_cannot_be_used(program):
    (program.folder / "unusable").touch()
    (program.folder / "answer").write_text("second")
    before = set(program.children())
    program.process.send_signal(signal.SIGHUP)
    wait_until(lambda: program.logged('"refused"'))
    assert program.ask()[1] == "first"
    assert set(program.children()) == before


def test_workers_leave_when_their_parent_is_gone(program, tmp_path_factory):
    other = Program(tmp_path_factory.mktemp("orphans"))
    wait_until(other.ask)
    wait_until(lambda: len(other.children()) == 2)
    workers = other.children()
    other.process.kill()
    other.process.wait()
    wait_until(lambda: not any(is_running(pid) for pid in workers))


def is_running(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except FileNotFoundError:
        return False


def test_a_server_that_is_told_to_end_while_it_starts_again_ends_in_order(program):
    program.process.send_signal(signal.SIGHUP)
    wait_until(lambda: program.logged('"restart"'))
    program.process.send_signal(signal.SIGTERM)
    assert program.process.wait(PATIENCE) == 0, program.log.read_text()
