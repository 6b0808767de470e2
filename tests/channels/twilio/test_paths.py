"""The paths of the webhooks: those that are set at the carrier, and those that our own replies name."""

from __future__ import annotations

from ivr.channels.twilio import paths


def test_the_paths_that_are_set_at_the_carrier_never_change():
    assert (paths.VOICE, paths.STATUS, paths.FALLBACK) == ("/twilio/voice", "/twilio/status", "/twilio/fallback")


def test_a_turn_is_named_by_its_number_and_a_move_by_its_second():
    assert paths.turn(12) == "/twilio/turn/12"
    assert paths.moved(31.9) == "/twilio/turn/0?moved=31"


def test_a_leg_stays_one_bounded_piece_of_the_path():
    assert paths.agent_leg("ab12") == "/twilio/agent/ab12"
    assert paths.agent_leg("../a?b#c/d") == "/twilio/agent/..%2Fa%3Fb%23c%2Fd"
    assert paths.agent_leg("x" * 500) == "/twilio/agent/" + "x" * paths.LONGEST_LEG
