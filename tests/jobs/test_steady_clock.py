"""A jump of the wall clock is noticed by whichever process looks next; drift and time that passes are none."""

from __future__ import annotations

import pytest

from ivr.errors import StoreError
from ivr.jobs.outbox import Delivered
from ivr.jobs.steady_clock import MOST_DRIFT, SteadyClock
from ivr.stores.memory import MemoryStore

HOUR = 3600.0


class Machines:
    """Machines that share a store. Their wall clocks differ by `ahead`; their steady clocks count from their start."""

    def __init__(self) -> None:
        self.store, self.wall = MemoryStore(), 1_000_000.0
        self.started = {"east": 999_000.0, "west": 500.0, "east again": 1_000_000.0}
        self.ahead: dict[str, float] = {}

    def process(self, machine: str) -> SteadyClock:
        """Return the clock of a process that begins now."""
        return SteadyClock(
            self.store,
            lambda: self.wall + self.ahead.get(machine, 0.0),
            lambda: self.wall - self.started[machine],
            machine,
        )


@pytest.fixture
def machines() -> Machines:
    return Machines()


def test_only_a_jump_is_one(machines: Machines) -> None:
    clock = machines.process("east")
    assert clock.look() == 0
    machines.wall += 90_000
    machines.ahead["east"] = MOST_DRIFT
    assert clock.look() == 0
    assert clock.has_lasted(90_000)
    machines.ahead["east"] += 7 * HOUR
    assert clock.look() == MOST_DRIFT + 7 * HOUR
    assert not clock.has_lasted(1)
    machines.wall += HOUR
    assert clock.look() == 0, "it is said once"
    assert clock.has_lasted(HOUR)
    assert not clock.has_lasted(HOUR + 1)
    machines.ahead["east"] = 0
    assert clock.look() == -MOST_DRIFT - 7 * HOUR
    assert not clock.has_lasted(1)


def test_many_small_jumps_are_a_large_one(machines: Machines) -> None:
    clock = machines.process("east")
    clock.look()
    noticed = []
    for _ in range(4):
        machines.wall += 60
        machines.ahead["east"] = machines.ahead.get("east", 0.0) + 100
        noticed.append(clock.look())
    assert noticed == [0, 0, 0, 400]


def test_a_process_that_starts_after_a_jump_does_not_believe_its_clock(machines: Machines) -> None:
    machines.process("east").look()
    machines.wall += 7 * HOUR
    machines.process("east").look()
    assert machines.process("east").look() == 0
    machines.ahead["east"] = 7 * HOUR
    fresh = machines.process("east")
    assert fresh.look() == 7 * HOUR
    assert not fresh.has_lasted(1)


def test_time_goes_on_over_machines_and_their_starts(machines: Machines) -> None:
    for machine in ("east", "west", "east again"):
        assert machines.process(machine).look() == 0
        machines.wall += MOST_DRIFT
    last = machines.process("west")
    assert last.look() == 0
    assert last.has_lasted(3 * MOST_DRIFT)


@pytest.mark.parametrize("ahead", [7 * HOUR, -7 * HOUR])
def test_a_machine_whose_clock_is_wrong_is_noticed_by_the_others(machines: Machines, ahead: float) -> None:
    east, west = machines.process("east"), machines.process("west")
    east.look()
    machines.ahead["west"] = ahead
    assert west.look() == ahead
    assert east.look() == -ahead


def test_a_pause_before_another_start_of_the_machine_cannot_be_told_from_a_jump(machines: Machines) -> None:
    machines.process("east").look()
    machines.wall += HOUR
    assert machines.process("east again").look() == HOUR


def test_what_ends_or_deletes_by_age_waits_until_the_clock_has_lasted_as_long(machines: Machines) -> None:
    clock, done = machines.process("east"), list[float]()
    job = clock.after(HOUR, done.append)
    for _ in range(3):
        assert clock.round(machines.wall) == Delivered()
        assert job(machines.wall) == Delivered()
        machines.wall += HOUR / 2
    assert done == [1_000_000 + HOUR]


def test_nothing_is_ended_while_the_record_cannot_be_written(
    machines: Machines, monkeypatch: pytest.MonkeyPatch
) -> None:
    clock = machines.process("east")
    clock.look()
    machines.wall += HOUR
    clock.look()
    assert clock.has_lasted(HOUR)

    def gone(*_: object) -> None:
        raise StoreError("gone")

    monkeypatch.setattr(machines.store, "change", gone)
    with pytest.raises(StoreError, match="gone"):
        clock.look()
    assert not clock.has_lasted(1)
