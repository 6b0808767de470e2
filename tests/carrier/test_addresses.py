"""The addresses that are set at the carrier are those that the channel answers."""

from __future__ import annotations

import pytest

from ivr.carrier import addresses
from ivr.channels.twilio import paths


def test_they_are_those_of_the_channel():
    assert (addresses.VOICE, addresses.STATUS, addresses.FALLBACK) == (paths.VOICE, paths.STATUS, paths.FALLBACK)
    assert addresses.OPTIONS == paths.RETRIES


@pytest.mark.parametrize(("flow", "path"), [("", "/twilio/voice"), ("main_menu", "/twilio/voice/main_menu")])
def test_a_call_arrives_at_a_flow_or_where_the_called_number_leads(flow: str, path: str):
    assert addresses.voice(flow) == path
