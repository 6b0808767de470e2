"""Honest callers are answered while a real server is attacked by connections that hold it.

The numbers are small here; `python -m tests.bench door` attacks with 500 half-sent requests and 4,000 idle connections.
"""

from __future__ import annotations

import asyncio
import os
import signal
import subprocess
import sys

import pytest

from ivr.cli._sockets import claim_port
from tests.attacks.callers import Callers
from tests.attacks.flood import FORGED, Target, allow_many_files, attacked
from tests.waiting import PATIENCE, wait_until_ready

TOKEN = "0123456789abcdef0123456789abcdef"
HALF_SENT, IDLE, LOUD = 150, 300, 9
CALLS = 5
FEW_FILES = 400
"""Open files that the server may have: fewer than there are attackers."""


@pytest.fixture(scope="module")
def port(tmp_path_factory, clean_environment):
    home = tmp_path_factory.mktemp("attacked")
    number = claim_port("127.0.0.1", 0, "")
    command = f"ulimit -n {FEW_FILES}; exec {sys.executable} -m ivr.cli serve --bind 127.0.0.1:{number} --workers 1"
    with (home / "log").open("w") as log:
        process = subprocess.Popen(
            ["bash", "-c", command], cwd=home, env=clean_environment(TWILIO_AUTH_TOKEN=TOKEN), stdout=log, stderr=log
        )
    try:
        wait_until_ready(f"http://127.0.0.1:{number}", process, home / "log")
        yield number
    finally:
        process.send_signal(signal.SIGTERM)
        assert process.wait(PATIENCE) == 0
        assert "Traceback" not in (home / "log").read_text()


@pytest.mark.parametrize("signature", ["", FORGED], ids=["unsigned", "forged"])
@pytest.mark.skipif(os.name != "posix", reason="needs ulimit")
def test_every_call_is_answered_while_connections_hold_the_server(port, signature):
    allow_many_files()
    callers = Callers(f"http://127.0.0.1:{port}", TOKEN)

    async def call_under_attack() -> None:
        target = Target("127.0.0.1", port, signature)
        async with attacked(target, HALF_SENT, IDLE, LOUD):
            for _ in range(CALLS):
                await asyncio.to_thread(callers.call)

    asyncio.run(call_under_attack())
    assert callers.calls.failed == []
    assert len(callers.calls.answered) == CALLS * 4
