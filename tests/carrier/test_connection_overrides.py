"""The options in the fragment of an address are those of the carrier's manual."""

from __future__ import annotations

import pytest

from ivr.carrier.connection_overrides import connection_overrides
from ivr.channels.twilio.paths import RETRIES


def test_by_default_only_a_failed_connection_is_tried_again_once():
    options = connection_overrides("")
    assert options.again(1, "ct")
    assert not options.again(2, "ct")
    assert not options.again(1, "5xx")
    assert not options.again(1, None)


def test_all_failures_are_tried_again_as_often_as_asked_for():
    options = connection_overrides("rc=3&rp=all&ct=2000")
    assert all(options.again(3, cause) for cause in ("ct", "rt", "4xx", "5xx"))
    assert not options.again(4, "ct")
    assert not options.again(1, None)


def test_single_failures_are_named():
    options = connection_overrides("rc=2&rp=5xx,rt")
    assert [options.again(1, cause) for cause in ("ct", "rt", "4xx", "5xx")] == [False, True, False, True]


@pytest.mark.parametrize("fragment", ["rc=6", "rc=x", "rp=some", "rp="])
def test_values_that_the_carrier_refuses_are_refused(fragment):
    if fragment == "rp=":  # a blank value counts as none
        assert connection_overrides(fragment).after == {"ct"}
    else:
        with pytest.raises(ValueError, match=fragment[:3]):
            connection_overrides(fragment)


def test_the_options_that_the_channel_sets_are_understood():
    options = connection_overrides(RETRIES.removeprefix("#"))
    assert (options.retries, options.after) == (3, {"all"})
