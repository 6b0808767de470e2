"""The interface of steps: variables with their proof, prompts with their rate, identity that expires, closing verbs."""

from __future__ import annotations

import pytest

from ivr.engine.call import Call, Frame
from ivr.engine.turn import IDENTITY_SECONDS, LONGEST_PATH, RATES, Turn
from ivr.engine.verbs import Dial, Gather, Hangup, Keys, Pause, Say
from ivr.flow.model import Release
from ivr.secret import Secret
from tests.engine.fixtures import SERVICES

NOW = 1_795_310_000.0


@pytest.fixture
def turn(shipped: Release) -> Turn:
    flow = shipped.flows["main_menu"]
    call = Call(
        id="CA1",
        release=shipped.version,
        caller="+8613800000001",
        called="+861000",
        language="zh-CN",
        started=NOW,
        frames=(Frame("main_menu", flow.start),),
    )
    return Turn(call, flow, shipped.line, SERVICES, NOW)


def test_a_variable_is_read_after_it_was_set_and_a_later_value_replaces_it(turn: Turn) -> None:
    turn.set("city", "北京")
    turn.set("city", "上海")
    assert turn.values()["city"] == "上海"


def test_a_proved_variable_is_read_only_while_its_proof_holds(turn: Turn) -> None:
    turn.set("balance", "12.00", proof=1)
    assert turn.values().get("balance") is None
    turn.verified(1, "C1")
    assert turn.values()["balance"] == "12.00"
    turn.now = NOW + IDENTITY_SECONDS
    turn.change()
    assert turn.level == 0
    assert turn.values().get("balance") is None


def test_a_variable_that_is_set_again_without_proof_needs_none(turn: Turn) -> None:
    turn.set("note", "a", proof=2)
    turn.set("note", "b")
    assert (turn.proof_of("note"), turn.values()["note"]) == (0, "b")


def test_another_customer_reads_nothing_that_was_proved_for_the_first(turn: Turn) -> None:
    turn.verified(1, "C1")
    turn.set("balance", "12.00", proof=1)
    turn.verified(2, "C1")
    assert turn.values()["balance"] == "12.00"
    turn.verified(1, "C2")
    assert turn.values().get("balance") is None


def test_words_are_said_at_the_caller_s_rate_and_blank_words_not_at_all(turn: Turn) -> None:
    turn.change(rate=0.8)
    turn.say_words("您好。")
    turn.say_words("  ")
    turn.pause(0)
    turn.pause(1.5)
    assert turn.prompts == [Say("您好。", "zh-CN", round(turn.profile.rate * 0.8, 2), True), Pause(1.5)]


def test_the_rate_stays_within_its_bounds_although_it_cannot_be_kept_for_the_next_call(turn: Turn) -> None:
    for factor, bound in ((0.5, RATES[0]), (10.0, RATES[1])):
        turn.speak_at(factor)
        assert turn.call.rate == bound


def test_the_agent_gets_the_newest_choices_and_masked_entries(turn: Turn) -> None:
    for place in range(LONGEST_PATH + 2):
        turn.record_choice(f"choice {place}")
    turn.record_entry("pin", Secret("pin", "135790"))
    assert len(turn.call.path) == LONGEST_PATH
    assert turn.call.path[-1] == f"choice {LONGEST_PATH + 1}"
    assert "135790" not in str(turn.call.typed)


def test_prompts_so_far_come_first_in_the_closing_verb(turn: Turn) -> None:
    turn.say_words("您好。")
    turn.close(Gather((Pause(1.0),), keys=Keys(1), first_timeout=5.0, inter_digit_timeout=2.0))
    assert turn.closing is not None
    assert turn.closing.prompts == (turn.prompts[0], Pause(1.0))
    turn.hang_up("test")
    assert turn.closing == Hangup(tuple(turn.prompts))
    assert turn.call.ended == "test"


def test_a_desk_that_the_line_does_not_have_dials_the_one_for_all(turn: Turn) -> None:
    turn.dial("no such desk")
    general = turn.line.desks[turn.line.desk]
    assert turn.closing == Dial((), general.number, general.timeout)


def test_the_priority_only_rises(turn: Turn) -> None:
    for priority, kept in (("complaint", "complaint"), ("vip", "vip"), ("complaint", "vip")):
        turn.no_less_urgent_than(priority)
        assert turn.caller.priority == kept


def test_a_journal_row_names_the_flow_and_the_step(turn: Turn) -> None:
    turn.note("talked", agent="8001")
    (event,) = turn.events
    assert (event.kind, event.data["flow"], event.data["agent"]) == ("talked", "main_menu", "8001")
