"""Callers stay on the line while another process keeps the store locked, and go on when it is free.

IVR_TEST_LOCKED="CALLERS SECONDS", such as "60 60", makes the run as large as wanted, with two new calls a second.
"""

from __future__ import annotations

import os
import re
import signal
import sqlite3
import subprocess
import sys
import threading
import time
from html import unescape
from itertools import count

import pytest

from ivr.carrier.requests import new_sid
from ivr.cli._sockets import claim_port
from tests.waiting import PATIENCE, wait_until, wait_until_ready

TOKEN = "0123456789abcdef0123456789abcdef"
CALLERS, SECONDS = (int(number) for number in os.environ.get("IVR_TEST_LOCKED", "6 1").split())
REDIRECT = re.compile(r"<Redirect[^>]*>([^<#]*)")
PAUSE = re.compile(r'<Pause length="([0-9]+)"')


class Caller(threading.Thread):
    """A call that arrives, presses a key at the menu, and follows what it is told until it can press another key."""

    def __init__(self, url: str, post, *, waits_for: threading.Event | None = None) -> None:
        super().__init__()
        self.url, self.post, self.sid, self.waits_for = url, post, new_sid("CA"), waits_for
        self.held, self.seconds, self.gathers, self.ended = 0, [], 0, ""

    def run(self) -> None:
        document = self.ask("/twilio/voice/main_menu")
        if self.waits_for is not None:
            assert self.waits_for.wait(PATIENCE)
            document = self.ask("/twilio/turn/1", Digits="4")
        for _ in count():
            assert "<Say" in document or "<Play" in document, "the caller hears nothing"
            if "<Gather" in document:
                self.gathers += 1
                return
            redirect = REDIRECT.search(document)
            if redirect is None or "hold=" not in redirect[1]:
                self.ended = document
                return
            self.held += 1
            time.sleep(float(PAUSE.search(document)[1]))
            document = self.ask(unescape(redirect[1]))

    def ask(self, path: str, **form: str) -> str:
        started = time.monotonic()
        status, _, body = self.post(self.url, path, TOKEN, CallSid=self.sid, CallStatus="in-progress", **form)
        self.seconds.append(time.monotonic() - started)
        assert status == 200
        return body


@pytest.fixture
def served(tmp_path, clean_environment):
    port = claim_port("127.0.0.1", 0, "")
    env = clean_environment(TWILIO_AUTH_TOKEN=TOKEN, IVR_STORE=f"sqlite:///{tmp_path}/ivr.db")
    command = [sys.executable, "-m", "ivr.cli", "serve", "--bind", f"127.0.0.1:{port}", "--workers", "2"]
    with (tmp_path / "log").open("w") as log:
        process = subprocess.Popen(command, cwd=tmp_path, env=env, stdout=log, stderr=log)
    try:
        wait_until_ready(f"http://127.0.0.1:{port}", process, tmp_path / "log")
        yield f"http://127.0.0.1:{port}", tmp_path / "ivr.db"
    finally:
        process.send_signal(signal.SIGTERM)
        assert process.wait(PATIENCE) == 0


def test_no_caller_is_cut_off_while_the_store_is_locked(served, post):
    url, file = served
    locked = threading.Event()
    waiting = [Caller(url, post, waits_for=locked) for _ in range(CALLERS)]
    for caller in waiting:
        caller.start()
    wait_until(lambda: all(caller.seconds for caller in waiting))
    other = sqlite3.connect(file, isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    locked.set()
    arriving = []
    until = time.monotonic() + SECONDS
    while time.monotonic() < until:
        arriving.append(Caller(url, post))
        arriving[-1].start()
        time.sleep(0.5)
    wait_until(lambda: all(len(caller.seconds) > 1 for caller in waiting) and all(each.seconds for each in arriving))
    other.execute("ROLLBACK")
    other.close()
    free = time.monotonic()
    for caller in (*waiting, *arriving):
        caller.join(PATIENCE)
    recovered = time.monotonic() - free
    callers = [*waiting, *arriving]
    longest = max(max(caller.seconds) for caller in callers)
    print(f"{len(callers)} callers, longest answer {longest:.2f} s, all go on {recovered:.2f} s after the lock")
    assert [caller.ended for caller in callers if caller.ended] == []
    assert all(caller.gathers == 1 for caller in callers)
    assert sum(caller.held for caller in callers) >= CALLERS
