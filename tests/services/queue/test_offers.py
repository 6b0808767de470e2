"""What becomes of an agent's leg. Each event also comes late or twice, and changes nothing then."""

from __future__ import annotations

from typing import Any

import pytest

from ivr.services.queue import offers
from ivr.services.queue.matching import Pair
from ivr.services.queue.state import Agent, Handled, QueueState, SiteHealth, Waiter

NOW = 1000.0
EARLIER = Waiter(id="call", desk="general", priority="standard", entered=900.0, seen=990.0)
FREE = Agent(id="an", number="+861", desks=("general",), site="north", state="ready", since=500.0)


@pytest.fixture
def ringing(lines: Any) -> QueueState:
    state = QueueState().put(EARLIER, FREE)
    return offers.offer(state, lines(), Pair(EARLIER, FREE, {}), new_id="leg", key="k", now=NOW)[0]


def test_an_offer_rings_the_agent_for_the_waiter_and_ends_by_itself(ringing: QueueState) -> None:
    leg = ringing.offers["leg"]
    assert (leg.waiter, leg.agent, leg.desk, leg.state) == ("call", "an", "general", "ringing")
    assert leg.until == NOW + offers.RING + offers.WHISPER
    assert (ringing.waiters["call"].state, ringing.waiters["call"].offer) == ("ringing", "leg")
    assert (ringing.agents["an"].state, ringing.agents["an"].offer) == ("ringing", "leg")


def test_a_key_gives_the_agent_the_caller(ringing: QueueState) -> None:
    talking = offers.take(ringing, "leg", NOW + 8)
    assert talking.offers["leg"].taken == NOW + 8
    assert (talking.waiters["call"].state, talking.waiters["call"].agent) == ("talking", "an")
    assert talking.agents["an"].state == "talking"
    assert offers.take(talking, "leg", NOW + 9) == talking


def test_a_finished_talk_counts_for_the_expected_wait_and_frees_the_agent(ringing: QueueState, lines: Any) -> None:
    talking = offers.take(ringing, "leg", NOW + 8)
    over = offers.finish(talking, lines(), "leg", NOW + 108)
    assert (over.waiters["call"].state, over.waiters["call"].seconds) == ("talked", 100.0)
    wrap_up = lines().desks["general"].wrap_up
    assert over.handled["general"].calls == ((NOW + 108, 100.0 + wrap_up),)
    assert over.agents["an"].idle == NOW + 108 + wrap_up
    assert offers.finish(over, lines(), "leg", NOW + 200) == over


def test_only_the_newest_talks_are_remembered(ringing: QueueState, lines: Any) -> None:
    full = Handled(id="general", calls=tuple((float(n), 1.0) for n in range(offers.SAMPLES)))
    over = offers.finish(offers.take(ringing.put(full), "leg", NOW), lines(), "leg", NOW + 5)
    assert len(over.handled["general"].calls) == offers.SAMPLES
    assert over.handled["general"].calls[0] == (1.0, 1.0)


@pytest.mark.parametrize(
    ("how", "state", "why", "pause"),
    [
        ("no_answer", "paused", "unreachable", 0.0),
        ("refused", "paused", "refused", offers.REFUSED_PAUSE),
        ("busy", "paused", "busy", offers.BUSY_PAUSE),
        ("failed", "paused", "failed", offers.BUSY_PAUSE),
        ("canceled", "ready", "", 0.0),
        ("lost", "ready", "", 0.0),
    ],
)
def test_after_a_failed_leg_the_caller_waits_on_and_the_agent_rests_as_fits(
    ringing: QueueState, how: Any, state: str, why: str, pause: float
) -> None:
    failed = offers.fail(ringing, "leg", how, NOW + 20)
    assert (failed.waiters["call"].state, failed.waiters["call"].entered) == ("waiting", EARLIER.entered)
    agent = failed.agents["an"]
    assert (agent.state, agent.why, agent.until) == (state, why, NOW + 20 + pause if pause else 0.0)
    assert offers.fail(failed, "leg", how, NOW + 30) == failed


def test_an_agent_who_asked_for_a_pause_gets_it_after_the_call(ringing: QueueState, lines: Any) -> None:
    asked = ringing.put(offers.replace(ringing.agents["an"], then="paused"))
    assert offers.fail(asked, "leg", "refused", NOW).agents["an"].until == 0.0
    talked = offers.finish(offers.take(asked, "leg", NOW), lines(), "leg", NOW + 9)
    assert (talked.agents["an"].state, talked.agents["an"].then) == ("paused", "")


def test_a_site_whose_dials_fail_in_a_row_is_passed_over_until_one_works(ringing: QueueState) -> None:
    state = ringing.put(SiteHealth(id="north", failures=offers.BREAKER - 1))
    failed = offers.fail(state, "leg", "failed", NOW)
    assert failed.sites["north"].until == NOW + offers.PASSED_OVER
    works = offers.answered(state, "leg", NOW)
    assert (works.sites["north"].failures, works.sites["north"].until) == (0, 0.0)


def test_what_is_forgotten_ends_by_its_time(ringing: QueueState, lines: Any) -> None:
    late = ringing.offers["leg"].until + 1
    assert offers.expire(ringing, lines(), late - 1) == ringing
    assert offers.expire(ringing, lines(), late).offers["leg"].how == "lost"
    talking = offers.take(ringing, "leg", NOW)
    ended = offers.expire(talking, lines(), NOW + offers.LONGEST_TALK + 1)
    assert ended.waiters["call"].state == "talked"


def test_events_of_a_leg_that_nobody_knows_change_nothing(ringing: QueueState, lines: Any) -> None:
    assert offers.answered(ringing, "other", NOW) == ringing
    assert offers.take(ringing, "other", NOW) == ringing
    assert offers.fail(ringing, "other", "busy", NOW) == ringing
    assert offers.finish(ringing, lines(), "leg", NOW) == ringing, "a leg that was not taken is no talk"
