"""What a channel need not do has an answer that means none."""

from __future__ import annotations

import pytest

from ivr.channels.base import Channel
from tests.channels.plain_json.channel import PlainJsonChannel


def test_a_channel_without_a_carriers_services_offers_none():
    plain = PlainJsonChannel("token", bytes.hex)
    assert plain.signed_urls() == ()
    assert plain.carrier_calls() is plain.carrier_router() is plain.carrier_recordings() is None
    assert plain.carrier_messages() is None


def test_a_channel_that_leaves_something_out_cannot_be_made():
    class Half(Channel):
        kind = "half"
        speaks = True

    with pytest.raises(TypeError, match="abstract"):
        Half()
