"""The simple menu, whatever an older caller presses: a person is there within three keys and a silence."""

from __future__ import annotations

from itertools import product

import pytest

from ivr.carrier.twiml import Dial, Hangup

KEYS = "0123456789*#"
OLDER = "+8613800000003"


def person_after(leg, keys):
    """Press keys, one a turn, and then say nothing any more."""
    for key in keys:
        if isinstance(leg.waiting, Dial):
            return True
        leg.act(msg="Gather End", Digits=key)
    return leg.silence_to_the_end() == "person"


@pytest.mark.parametrize("first", KEYS)
def test_any_three_keys_and_a_silence_lead_to_a_person(machine, ring, first):
    for second, third in product(KEYS, repeat=2):
        machine.ivr.store.forget()
        leg = ring(OLDER)
        leg.arrive("main_menu")
        assert person_after(leg, first + second + third), (first, second, third)


def test_silence_alone_leads_to_a_person_at_once(ring):
    leg = ring(OLDER)
    leg.arrive("main_menu")
    leg.stay_silent()
    assert isinstance(leg.waiting, Dial)


def test_every_task_begins_after_two_keys_at_the_most(machine):
    """Walk from the greeting by key choices; what is asked for then is identity, or nothing."""
    flow = machine.ivr.release.flows["elderly_simple"]
    depths = {"welcome": 0}
    frontier = ["welcome"]
    while frontier:
        step = flow.steps[frontier.pop()]
        if step.kind != "menu":
            continue
        for outcome, route in step.exits().items():
            target = route[0].goto.name
            if outcome.startswith("key ") and target in flow.steps and target not in depths:
                depths[target] = depths[step.name] + 1
                frontier.append(target)
    assert {"simple_menu", "prove_for_balance", "prove_for_loss", "leave_simple"} <= set(depths)
    assert max(depths.values()) == 2


def test_what_a_verified_customer_chose_counts_in_the_next_call_and_what_a_shown_number_chose_does_not(machine, ring):
    machine.ivr.store.forget()
    for keys, greeting in (
        (("1", "3"), "现在为您接通人工"),
        (("1", "1", "0365", "975310", "*", "3"), "欢迎致电示范银行"),
        (("6",), "欢迎致电示范银行"),
        (("1", "0365", "975310", "4", "6"), "现在为您接通人工"),
    ):
        leg = ring(OLDER)
        leg.arrive("main_menu")
        for key in keys:
            leg.act(Digits=key)
        again = ring(OLDER)
        again.arrive("main_menu")
        assert greeting in again.words, keys
        assert not isinstance(again.waiting, Hangup)
