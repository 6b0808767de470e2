"""The shipped profiles: complete, and the one for older callers slower than the standard in every figure."""

from __future__ import annotations

from ivr.flow.profiles import profiles


def test_a_profile_has_what_it_does_not_say_from_the_one_it_inherits() -> None:
    standard, elderly = profiles()["standard"], profiles()["elderly"]
    assert elderly.minimum_confidence == standard.minimum_confidence
    assert elderly.name == "elderly"


def test_older_callers_hear_slower_speech_and_have_more_time() -> None:
    standard, elderly = profiles()["standard"], profiles()["elderly"]
    assert elderly.rate < standard.rate
    assert elderly.characters_per_minute < standard.characters_per_minute
    assert elderly.first_timeout > standard.first_timeout
    assert elderly.inter_digit_timeout > standard.inter_digit_timeout
    assert elderly.option_pause > standard.option_pause


def test_older_callers_get_to_a_person_after_fewer_failures_and_hear_of_one_first() -> None:
    standard, elderly = profiles()["standard"], profiles()["elderly"]
    assert elderly.error_budget < standard.error_budget
    assert (standard.agent_spoken, elderly.agent_spoken) == ("last", "first")


def test_every_profile_is_sure_of_words_only_above_what_it_takes_at_all() -> None:
    assert all(0 < profile.minimum_confidence < profile.sure_confidence < 1 for profile in profiles().values())
