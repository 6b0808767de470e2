"""Small changes to flows, each in a release of its own."""

from __future__ import annotations

from ivr.conversations.mutants import mutants

from .test_coverage import RELEASE


def test_keys_are_exchanged_choices_sent_elsewhere_and_ladders_dropped():
    made = list(mutants(RELEASE))
    assert {mutant.change for mutant in made} == {
        "keys 1 and 2 exchanged",
        "key 1 leads to agent",
        "key 2 leads to agent",
        "on_no_input dropped",
    }
    exchanged = next(mutant for mutant in made if "exchanged" in mutant.change)
    targets = [choice.goto.name for choice in exchanged.release.flows["it"].steps["ask"].own_choices()]
    assert targets == ["bye", "look"]
    assert exchanged.place.line == 7


def test_each_mutant_is_a_release_of_its_own_and_leaves_the_other_as_it_is():
    versions = {mutant.release.version for mutant in mutants(RELEASE)}
    assert RELEASE.version not in versions
    assert [choice.goto.name for choice in RELEASE.flows["it"].steps["ask"].own_choices()] == ["look", "bye"]
