"""Several calls in one virtual time: in order, repeatable, and over when the main one is."""

from __future__ import annotations

import pytest

from ivr.carrier.clock import VirtualClock
from ivr.conversations.scheduler import CallScheduler


@pytest.fixture
def stage() -> CallScheduler:
    return CallScheduler(VirtualClock(100.0))


def sleeper(stage: CallScheduler, told: list[str], name: str, *seconds: float):
    def run() -> None:
        for one in seconds:
            stage.sleep(one)
            told.append(f"{name} {stage.now():g}")

    return run


def test_everybody_acts_at_their_moment(stage: CallScheduler):
    told: list[str] = []
    stage.at(90.0, sleeper(stage, told, "early", 15, 15))
    stage.at(101.0, sleeper(stage, told, "late", 1, 100))
    stage.play(sleeper(stage, told, "main", 3, 20, 5), at=100.0)
    assert told == ["late 102", "main 103", "early 105", "early 120", "main 123", "main 128"]


def test_what_happens_at_one_moment_happens_in_the_order_planned(stage: CallScheduler):
    told: list[str] = []
    for name in "abc":
        stage.at(100.0, sleeper(stage, told, name, 5))
    stage.play(sleeper(stage, told, "main", 5, 1), at=100.0)
    assert told == ["a 105", "b 105", "c 105", "main 105", "main 106"]


def test_a_sleeper_can_be_woken(stage: CallScheduler):
    told: list[str] = []
    wakes = []

    def waits() -> None:
        wakes.append(stage.part())
        stage.sleep(1000)
        told.append(f"woken {stage.now():g}")
        stage.sleep(2)
        told.append(f"went on {stage.now():g}")

    def main() -> None:
        stage.sleep(10)
        wakes[0]()
        stage.sleep(20)
        wakes[0]()

    stage.at(100.0, waits)
    stage.play(main, at=100.0)
    assert told == ["woken 110", "went on 112"]


def test_who_is_left_when_the_main_call_ends_hangs_up(stage: CallScheduler):
    told: list[str] = []

    def waits() -> None:
        try:
            while True:
                stage.sleep(7)
        finally:
            told.append("hung up")

    stage.at(100.0, waits)
    stage.every(1.0, lambda: None, since=100.0)
    stage.at(500.0, lambda: told.append("never"))
    stage.play(lambda: stage.sleep(20), at=100.0)
    assert told == ["hung up"]
    assert stage.now() == 120.0


def test_what_breaks_is_told(stage: CallScheduler):
    def breaks() -> None:
        raise KeyError("x")

    stage.at(101.0, breaks)
    with pytest.raises(KeyError):
        stage.play(lambda: stage.sleep(20), at=100.0)
