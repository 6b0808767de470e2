"""What Gather and Record make of what a caller does."""

from __future__ import annotations

from dataclasses import replace

import pytest

from ivr.carrier import gather_rules as rules
from ivr.carrier.caller import HangUp, Press, Speak, Talk
from ivr.carrier.twiml import Gather, Record
from ivr.carrier.twiml_parser import parse_twiml


def gather(attributes: str = 'numDigits="4"') -> Gather:
    page = f'<Response><Gather action="/a" {attributes}/></Response>'
    verb = parse_twiml(page.encode(), status=200, content_type="text/xml").verbs[0]
    assert isinstance(verb, Gather)
    return verb


def record(attributes: str = 'maxLength="60" timeout="5" finishOnKey="#"') -> Record:
    page = f'<Response><Record action="/a" {attributes}/></Response>'
    verb = parse_twiml(page.encode(), status=200, content_type="text/xml").verbs[0]
    assert isinstance(verb, Record)
    return verb


def test_keys_end_a_gather_when_there_are_enough_and_the_rest_is_left_over() -> None:
    gathered = rules.gathered(gather(), "123456")
    assert (gathered.digits, gathered.rest, gathered.finished_on) == ("1234", "56", "")


def test_the_finishing_key_ends_a_gather_and_is_not_part_of_the_digits() -> None:
    gathered = rules.gathered(gather('finishOnKey="#"'), "12#9")
    assert (gathered.digits, gathered.finished_on, gathered.rest) == ("12", "#", "9")


def test_a_gap_longer_than_the_timeout_leaves_one_key() -> None:
    gathered = rules.gathered(gather('timeout="3" numDigits="4"'), "123", gap=3.0)
    assert (gathered.digits, gathered.rest) == ("1", "23")


def test_too_few_keys_wait_for_the_timeout_after_the_last() -> None:
    assert rules.gathered(gather('timeout="5" numDigits="4"'), "12", gap=0.5).wait == pytest.approx(5.5)


def test_keys_cut_prompts_short_where_keys_are_taken_and_words_where_barge_in_is_on() -> None:
    both = gather('input="dtmf speech" numDigits="1"')
    assert rules.stops(both, Press("1"))
    assert rules.stops(both, Speak("余额"))
    assert not rules.stops(replace(both, barge_in=False), Speak("余额"))
    assert not rules.stops(gather('input="speech"'), Press("1"))


def test_an_empty_gather_tells_its_action_nothing_or_blanks_as_the_carrier_likes() -> None:
    silence = rules.Gathered()
    assert silence.empty
    assert silence.parameters(blank=False) == {}
    assert silence.parameters(blank=True) == {"msg": "Gather End", "Digits": "", "FinishedOnKey": ""}


def test_words_are_told_with_their_confidence_if_there_is_one() -> None:
    assert rules.Gathered(speech="余额").parameters(blank=True) == {"SpeechResult": "余额"}
    assert rules.Gathered(speech="余额", confidence=0.5).parameters(blank=True)["Confidence"] == "0.5"


def test_keys_of_a_gather_are_not_shown_by_repr() -> None:
    assert "135790" not in repr(rules.gathered(gather('numDigits="6"'), "135790"))


def test_a_recording_ends_by_key_silence_length_or_hanging_up() -> None:
    assert rules.record_result(record(), Talk(8.0, key="#")).key == "#"
    quiet = rules.record_result(record(), Talk(8.0))
    assert (quiet.seconds, quiet.key, quiet.wait) == (8.0, "", 13.0)
    assert rules.record_result(record(), Talk(500.0)).seconds == 60.0
    left = rules.record_result(record(), HangUp(at=7.0))
    assert (left.seconds, left.key) == (7.0, "hangup")
