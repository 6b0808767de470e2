"""Calls go on while a worker is killed every two seconds: none is cut, and no turn is taken twice.

IVR_TEST_DEATHS="USERS DURATION WORKERS", such as "250 300s 4", makes the run as large as wanted.
"""

from __future__ import annotations

import json
import os
import random
import signal
import subprocess
import sys
import threading
from collections import Counter, defaultdict
from pathlib import Path

import pytest

from ivr.cli._sockets import claim_port
from ivr.demo.bank.serving import BackgroundBank
from ivr.engine.journal import journal_rows
from ivr.stores import open_store
from tests.waiting import PATIENCE, wait_until_ready

ROOT = Path(__file__).resolve().parents[2]
TOKEN = "0123456789abcdef0123456789abcdef"
USERS, DURATION, WORKERS = os.environ.get("IVR_TEST_DEATHS", "12 6s 2").split()
SECONDS_BETWEEN = 2.0
MOST_CUT = 0.001


class Killer(threading.Thread):
    """Kills one worker after the other."""

    def __init__(self, parent: int) -> None:
        super().__init__(daemon=True)
        self.children = Path(f"/proc/{parent}/task/{parent}/children")
        self.killed, self.over = 0, threading.Event()

    def run(self) -> None:
        chance = random.Random(1)
        while not self.over.wait(SECONDS_BETWEEN):
            if pids := self.children.read_text().split():
                os.kill(int(chance.choice(pids)), signal.SIGKILL)
                self.killed += 1


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="finds workers in /proc")
@pytest.mark.timeout(3600)
def test_no_call_is_cut_and_no_turn_is_taken_twice(tmp_path, clean_environment):
    store_url = f"sqlite:///{tmp_path}/ivr.db"
    port = claim_port("127.0.0.1", 0, "")
    url = f"http://127.0.0.1:{port}"
    with BackgroundBank() as bank, (tmp_path / "log").open("w") as log:
        env = clean_environment(TWILIO_AUTH_TOKEN=TOKEN, IVR_STORE=store_url, IVR_BANK_URL=bank.url)
        command = [sys.executable, "-m", "ivr.cli", "serve", "--bind", f"127.0.0.1:{port}", "--workers", WORKERS]
        server = subprocess.Popen(command, cwd=tmp_path, env=env, stdout=log, stderr=log)
        killer = Killer(server.pid)
        try:
            wait_until_ready(url, server, tmp_path / "log")
            killer.start()
            load = [sys.executable, "-m", "ivr.cli", "load", "main_menu", "--url", url, "--users", USERS]
            load += ["--duration", DURATION, "--json", "-"]
            done = subprocess.run(load, cwd=ROOT, env=env, capture_output=True, text=True, check=False)
        finally:
            killer.over.set()
            server.send_signal(signal.SIGTERM)
            assert server.wait(PATIENCE) == 0
    figures = json.loads(done.stdout)
    calls = figures["calls"]
    told = {"killed": killer.killed, "turns": figures["turns"], **calls, "latency": figures["latency"]}
    print(json.dumps(told), json.dumps(figures["error_counts"], ensure_ascii=False), sep="\n")
    assert killer.killed > 0
    assert calls["failed"] <= MOST_CUT * calls["started"], figures["error_counts"]
    check_store(store_url, calls["started"])


def check_store(url: str, started: int) -> None:
    """Check that every call began once and ended at most once, and that its turns follow each other."""
    store = open_store(url)
    try:
        turns, kinds = defaultdict(list), Counter()
        for row in journal_rows(store):
            turns[row.call_id].append(row.turn)
            kinds[row.call_id, row.kind] += 1
        assert len(turns) >= started
        for call_id, numbers in turns.items():
            assert kinds[call_id, "started"] == 1
            assert kinds[call_id, "ended"] <= 1
            assert numbers == sorted(numbers)
            assert numbers[-1] <= store.load(call_id).turn
    finally:
        store.close()
