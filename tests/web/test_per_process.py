"""An application is built once in each process, and its jobs run only in the process that serves."""

from __future__ import annotations

import os
import threading
from collections.abc import Callable
from typing import Any

import pytest

from ivr.web.per_process import PerProcess
from tests.waiting import PATIENCE


class Served:
    """An application that notes when its jobs began and how often they ended; it is its own jobs."""

    def __init__(self) -> None:
        self.started, self.stopped = threading.Event(), 0
        self.jobs = self

    def start(self) -> None:
        self.started.set()

    def stop(self) -> None:
        self.stopped += 1

    def __call__(self, environ: Any, start_response: Any) -> list[bytes]:
        return [b"answered"]


class Hooks:
    """Stands in for the process: the fork itself would copy the test run."""

    def __init__(self) -> None:
        self.before: Callable[[], None] = lambda: None
        self.after_in_child: Callable[[], None] = lambda: None

    def register(self, *, before: Callable[[], None], after_in_child: Callable[[], None]) -> None:
        self.before, self.after_in_child = before, after_in_child


@pytest.fixture
def hooks(monkeypatch: pytest.MonkeyPatch) -> Hooks:
    """Take what is registered for forks, so that no later fork of the test run meets it."""
    taken = Hooks()
    monkeypatch.setattr(os, "register_at_fork", taken.register)
    return taken


@pytest.fixture
def built() -> list[Served]:
    return []


@pytest.fixture
def application(hooks: Hooks, built: list[Served]) -> PerProcess:
    def create() -> Served:
        built.append(Served())
        return built[-1]

    return PerProcess(create)


def answer(application: PerProcess) -> list[bytes]:
    return list(application({}, lambda *_: lambda _: None))


def test_it_is_built_at_once_so_that_faults_end_the_start(application: PerProcess, built: list[Served]) -> None:
    assert len(built) == 1
    assert answer(application) == answer(application) == [b"answered"]
    assert len(built) == 1


def test_the_first_request_starts_the_jobs(application: PerProcess, built: list[Served]) -> None:
    assert not built[0].started.is_set()
    answer(application)
    assert built[0].started.is_set()


def test_jobs_are_quiet_while_a_process_forks_that_does_not_serve(
    application: PerProcess, built: list[Served], hooks: Hooks
) -> None:
    hooks.before()
    assert built[0].stopped == 1


def test_a_worker_that_forks_keeps_its_jobs(application: PerProcess, built: list[Served], hooks: Hooks) -> None:
    answer(application)
    hooks.before()
    assert built[0].stopped == 0


def test_a_child_builds_its_own_and_starts_its_jobs_without_a_request(
    application: PerProcess, built: list[Served], hooks: Hooks
) -> None:
    hooks.before()
    hooks.after_in_child()
    for thread in threading.enumerate():
        if thread.name == "ivr-opens":
            thread.join(PATIENCE)
    assert len(built) == 2
    assert built[1].started.is_set()
    assert (built[0].stopped, built[1].stopped) == (1, 0)
