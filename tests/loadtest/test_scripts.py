"""Which conversations a load plays, how they are drawn, and when a caller has left the script."""

from __future__ import annotations

import random
from collections import Counter

import pytest

from ivr.carrier.addresses import OPTIONS
from ivr.carrier.caller import Press, Silence
from ivr.carrier.carrier_options import CallResult
from ivr.carrier.clock import VirtualClock
from ivr.carrier.twiml import TwimlFault
from ivr.loadtest import scripts
from ivr.loadtest.process import LoadError


def test_conversations_that_need_more_than_a_caller_are_left_out(conversations: str) -> None:
    chosen = scripts.load_scripts(conversations, "main_menu")
    assert [script.conversation.title for script in chosen.fit] == ["asks for the balance", "says nothing"]
    assert chosen.left_out == {
        "at a fixed time": 1,
        "with a faulty bank": 1,
        "with a repeated request": 1,
        "with weight 0": 1,
    }


def test_a_flow_without_conversations_is_refused_with_the_flows_that_have_some(conversations: str) -> None:
    with pytest.raises(
        LoadError, match="no conversation of menu fits a load test; there are conversations of: main_menu"
    ):
        scripts.load_scripts(conversations, "menu")


def test_a_conversation_is_drawn_by_its_weight_and_a_seed_draws_the_same(conversations: str) -> None:
    chosen = scripts.load_scripts(conversations, "main_menu")
    drawn = Counter(chosen.draw(chance).conversation.title for chance in [random.Random(7)] for _ in range(4000))
    assert 2.7 < drawn["asks for the balance"] / drawn["says nothing"] < 3.3
    again = [chosen.draw(random.Random(5)).conversation.title for _ in range(2)]
    assert again[0] == again[1]


def test_a_folder_that_is_not_there_is_named_with_the_option() -> None:
    with pytest.raises(LoadError, match=r"nowhere: there are no conversations here; .* --conversations"):
        scripts.load_scripts("nowhere", "main_menu")


def test_a_line_calls_the_flow_at_the_server_and_signs_for_the_public_address(conversations: str) -> None:
    script = scripts.load_scripts(conversations, "main_menu").fit[0]
    line = script.line("http://127.0.0.1:8080", "token", "https://ivr.example")
    assert line.voice_url == "http://127.0.0.1:8080/twilio/voice/main_menu" + OPTIONS
    assert (line.status_url, line.public_url) == (
        "http://127.0.0.1:8080/twilio/status" + OPTIONS,
        "https://ivr.example",
    )
    assert (line.caller, line.token) == ("+8613800000001", "token")


def test_deeds_are_named_in_order_and_waiting_for_a_later_one_is_silence(conversations: str) -> None:
    script = scripts.load_scripts(conversations, "main_menu").fit[0]
    follower = scripts.Follower(script, VirtualClock(0.0), "CA1")
    assert follower.named(Press("1")) == (script.acts[0], 1)
    assert follower.named(Silence()) == ("silence", 2)
    assert follower.named(Press("0128")) == (script.acts[1], 2)


def test_a_call_that_ends_early_went_wrong_and_the_example_says_where(conversations: str) -> None:
    script = scripts.load_scripts(conversations, "main_menu").fit[0]
    follower = scripts.Follower(script, VirtualClock(0.0), "CA1")
    kind, example = follower.went_wrong(CallResult("CA1", "server", "completed", 1.0, 1))
    assert kind in ("unexpected words", "unexpected course")
    assert example


def test_a_warning_of_the_carrier_alone_is_no_failure(conversations: str) -> None:
    script = scripts.load_scripts(conversations, "main_menu").fit[0]
    follower = scripts.Follower(script, VirtualClock(0.0), "CA1")
    warning = TwimlFault(0, "the prompt is long", fatal=False)
    assert follower.went_wrong(CallResult("CA1", "caller", "completed", 1.0, 1, (warning,))) == ("", "")
