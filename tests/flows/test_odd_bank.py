"""A bank whose answers make no sense: callers still hear something, keep a way on, and reach a person by silence."""

from __future__ import annotations

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from ivr.carrier.twiml import Dial, Gather, Hangup
from ivr.errors import LookupFailed

scalars = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(),
    st.text(st.characters(exclude_categories=["Cs"]), max_size=20),
    st.sampled_from(
        ["", "12345.67", "-1", "1e9", "NaN", "2026-02-30", "25:61", "vip", "lost", "👵", "</Say>", "x" * 9000]
    ),
)
NAMES = """
customer age segment known born name balance card tail status count items date text text_en amount direction_text opens
closes address reference verified has_card bill minimum due per_transfer per_day left_today more next_offset
changed reason
"""
names = st.sampled_from(NAMES.split())
answers = st.recursive(scalars, lambda inner: st.lists(inner, max_size=4) | st.dictionaries(names, inner, max_size=5))
objects = st.dictionaries(names, answers, max_size=12)
WALK = [*"1", "0128", "135790", *"12", *"13", "*", *"311", *"25", *"123", *"522", "#", *"84"]


@pytest.fixture
def odd(machine):
    """Return a way to give the machine another bank."""

    return machine.with_bank


@pytest.mark.parametrize("flow", ["main_menu", "elderly_simple"])
@settings(
    max_examples=60,
    derandomize=True,
    deadline=None,
    database=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.function_scoped_fixture],
)
@given(said=st.lists(objects | st.none(), min_size=1, max_size=6), verified=st.booleans())
def test_answers_that_make_no_sense_never_cost_a_caller_the_call(ring, odd, flow, said, verified):
    turns = iter(said * 50)

    def lookup(source, question, *, deadline, key):
        if source == "bank.verify" and verified:
            return {"verified": True, "customer": "C0001", "card": {"tail": "0128"}}
        answer = next(turns)
        if answer is None:
            raise LookupFailed("the bank said nothing")
        return answer

    leg = ring()
    leg.machine = odd(lookup)
    leg.arrive(flow)
    for keys in WALK:
        waiting = leg.waiting
        if isinstance(waiting, Dial | Hangup):
            break
        leg.act(Digits=keys) if isinstance(waiting, Gather) else leg.stay_silent()
    assert leg.silence_to_the_end() in ("person", "goodbye")
