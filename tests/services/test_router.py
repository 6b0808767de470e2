"""Lookups go to our own services by name, all others to the back ends, and every trouble is named."""

from __future__ import annotations

import socket
import time
from collections.abc import Mapping
from typing import Any

import pytest

from ivr.backends.http import HttpLookup
from ivr.errors import LookupFailed
from ivr.services.router import Router


@pytest.fixture
def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        return int(taken.getsockname()[1])


class Sms:
    """A service that says what is wrong with it."""

    def ask(self, question: str, given: Mapping[str, Any], *, key: str, now: float) -> Mapping[str, Any]:
        raise LookupFailed("no")

    def troubles(self) -> Mapping[str, str]:
        return {"sms": "reaches nobody"}


class Quiet:
    """A service that has no such words."""

    ask = Sms.ask


def test_all_back_ends_with_trouble_are_named_by_the_router(free_port):
    bank = HttpLookup({"bank": f"http://127.0.0.1:{free_port}", "cards": ""})
    router = Router(bank, {"sms": Sms(), "tickets": Quiet()}, time.time)
    assert router.troubles() == [
        ("bank", "cannot be reached"),
        ("cards", "no address is set"),
        ("sms", "reaches nobody"),
    ]
    assert Router(lambda *_, **__: {}, {}, time.time).troubles() == []
