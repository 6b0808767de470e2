"""What happens to callers of a staged release is counted over all processes, from the begin of the stage on."""

from __future__ import annotations

from ivr.engine.ports import Event
from ivr.services.publishing.publication import StagedRelease
from ivr.services.publishing.tallies import ReleaseTallies, StageTally, forget_tallies, stage_tally
from ivr.stores.memory import MemoryStore

STAGE = StagedRelease("b", 0.1, 100.0)


def test_processes_count_together_what_began_after_the_stage() -> None:
    store, processes = MemoryStore(), [ReleaseTallies(), ReleaseTallies()]
    for tallies in processes:
        tallies.follow(STAGE)
        tallies.turn("b", 101.0, [], first=True)
        tallies.turn("b", 101.0, [Event("no_input"), Event("outcome")], first=False)
        tallies.turn("b", 99.0, [Event("no_match")], first=False)  # began before
        tallies.turn("a", 102.0, [Event("no_match")], first=True)
        tallies.error("a", 102.0)
        tallies.flush(store)
        tallies.flush(store)
    assert stage_tally(store, STAGE, "b") == StageTally(calls=2, turns=4, silences=2)
    assert stage_tally(store, STAGE, "a") == StageTally(calls=2, turns=4, errors=2, misses=2)


def test_nothing_is_counted_without_a_stage_and_another_stage_begins_at_0() -> None:
    store, tallies = MemoryStore(), ReleaseTallies()
    tallies.turn("b", 101.0, [], first=True)
    tallies.follow(STAGE)
    tallies.turn("b", 101.0, [], first=True)
    tallies.flush(store)
    later = StagedRelease("b", 0.1, 200.0)
    tallies.follow(later)
    tallies.flush(store)
    assert stage_tally(store, later, "b") == StageTally()
    forget_tallies(store, STAGE)
    assert stage_tally(store, STAGE, "b").calls == 1
    forget_tallies(store, None)
    assert stage_tally(store, STAGE, "b") == StageTally()
