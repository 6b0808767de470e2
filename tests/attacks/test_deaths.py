"""Calls go on while workers are killed: none is cut, and no turn is taken twice.

A worker is killed every two seconds; in PostgreSQL the database is killed, too, and started again.
IVR_TEST_DEATHS="CALLS AT_ONCE WORKERS", such as "5000 100 4", makes the runs as large as wanted.
"""

from __future__ import annotations

import os
import random
import signal
import subprocess
import sys
import threading
from pathlib import Path

import pytest

from ivr.cli._sockets import claim_port
from ivr.demo.bank.serving import BackgroundBank
from tests.attacks.steadfast import SteadfastCrowd, check_turns
from tests.postgresql import PostgresqlServer
from tests.waiting import PATIENCE, wait_until_ready

TOKEN = "0123456789abcdef0123456789abcdef"
KEY = "3b7d02e94c6f18a5d0e2b79c4f615a83"
CALLS, AT_ONCE, WORKERS = map(int, os.environ.get("IVR_TEST_DEATHS", "60 12 2").split())
SECONDS_BETWEEN = 2.0
DATABASE_EVERY = 3
MOST_CUT = 0.001


class Killer(threading.Thread):
    """Kills one worker after the other; every DATABASE_EVERY times the database instead, if there is one."""

    def __init__(self, parent: int, database: PostgresqlServer | None = None) -> None:
        super().__init__(daemon=True)
        self.children = Path(f"/proc/{parent}/task/{parent}/children")
        self.killed, self.databases, self.over = 0, 0, threading.Event()
        self.database = database

    def run(self) -> None:
        chance = random.Random(1)
        while not self.over.wait(SECONDS_BETWEEN):
            if self.database is not None and self.killed % DATABASE_EVERY == DATABASE_EVERY - 1:
                self.database.kill()
                self.database.start()
                self.databases += 1
            if pids := self.children.read_text().split():
                os.kill(int(chance.choice(pids)), signal.SIGKILL)
                self.killed += 1


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="finds workers in /proc")
@pytest.mark.timeout(3600)
@pytest.mark.parametrize("kind", ["sqlite", "postgresql"])
def test_no_call_is_cut_and_no_turn_is_taken_twice(kind, request, tmp_path, clean_environment):
    database = request.getfixturevalue("own_postgresql_server") if kind == "postgresql" else None
    store_url = database.url() if database else f"sqlite:///{tmp_path}/ivr.db"
    port = claim_port("127.0.0.1", 0, "")
    url = f"http://127.0.0.1:{port}"
    with BackgroundBank() as bank, (tmp_path / "log").open("w") as log:
        env = clean_environment(TWILIO_AUTH_TOKEN=TOKEN, IVR_KEY=KEY, IVR_STORE=store_url, IVR_BANK_URL=bank.url)
        command = [sys.executable, "-m", "ivr.cli", "serve", "--bind", f"127.0.0.1:{port}", "--workers", str(WORKERS)]
        server = subprocess.Popen(command, cwd=tmp_path, env=env, stdout=log, stderr=log)
        killer, crowd = Killer(server.pid, database), SteadfastCrowd(url, TOKEN)
        try:
            wait_until_ready(url, server, tmp_path / "log")
            killer.start()
            crowd.call(CALLS, AT_ONCE)
        finally:
            killer.over.set()
            killer.join(PATIENCE)
            server.send_signal(signal.SIGTERM)
            assert server.wait(PATIENCE) == 0
    print(
        f"{killer.killed} workers and {killer.databases} databases killed; {dict(crowd.outcomes)}; "
        f"asked to wait {crowd.holds} times; the longest call took {crowd.longest:.1f} s"
    )
    assert killer.killed > 0
    assert killer.databases > 0 or database is None
    assert CALLS - crowd.outcomes["served"] <= MOST_CUT * CALLS, crowd.outcomes
    check_turns(store_url, crowd.calls)
