"""Calls go on, and hear published words only, while flows are edited, broken and published and workers die.

IVR_TEST_PUBLISHING="SECONDS CALLERS", such as "120 20", makes the run as long as wanted.
"""

from __future__ import annotations

import http.client
import os
import random
import re
import shutil
import signal
import subprocess
import sys
import threading
import time
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlencode, urlsplit

import pytest

from ivr.carrier.requests import new_sid, signature
from ivr.cli._sockets import claim_port
from ivr.services.publishing.service import Publishing
from ivr.stores import open_store
from tests.waiting import PATIENCE, wait_until_ready

TOKEN = "0123456789abcdef0123456789abcdef"
SECONDS, CALLERS = map(int, os.environ.get("IVR_TEST_PUBLISHING", "10 6").split())
TURNS = 6
CARRIER_TRIES = 4
"""The carrier tries again three times (#rc=3)."""
SECRET_WORDS = "未发布"
LINE = 'lines: {default: hotline}\ndesks: {general: "+861085550100"}\ndesk: general\n'
FLOW = """\
flow: hotline
start: main
steps:
  main:
    prompt: 这是第NUMBER号菜单。
    menu:
      - {label: 营业时间, goto: hours}
  hours:
    say: 第NUMBER号答复：九点到十七点。
    next: main
  agent:
    transfer: general
    next: bye
    otherwise: bye
  bye:
    hangup: 再见。
"""


def write_flows(folder: Path, number: str) -> None:
    folder.mkdir(exist_ok=True)
    (folder / "line.yaml").write_text(LINE, encoding="utf-8")
    (folder / "hotline.yaml").write_text(FLOW.replace("NUMBER", number), encoding="utf-8")


@dataclass
class Calls:
    """Callers who check in each call that all turns speak of one number, and never of what was not published."""

    url: str
    over: threading.Event = field(default_factory=threading.Event)
    done: int = 0
    retried: int = 0
    wrong: list[str] = field(default_factory=list)
    numbers: set[str] = field(default_factory=set)

    def run(self) -> None:
        while not self.over.is_set():
            self.call()

    def call(self) -> None:
        sid, heard = new_sid("CA"), set()
        for turn in range(TURNS):
            digits = {"Digits": "1"} if turn else {}
            answer = self.post(f"/twilio/turn/{turn}" if turn else "/twilio/voice", {"CallSid": sid, **digits})
            if "<Gather" not in answer or SECRET_WORDS in answer:
                self.wrong.append(f"turn {turn}: {answer[:300]}")
                return
            heard |= set(re.findall(r"第(\w+?)号", answer))
            time.sleep(random.uniform(0, 0.3))
        if len(heard) != 1:
            self.wrong.append(f"a call heard {heard}")
        self.numbers |= heard
        self.done += 1

    def post(self, path: str, form: dict[str, str]) -> str:
        form |= {"From": "anonymous", "To": "+861055550000", "CallStatus": "in-progress"}
        headers = {
            "X-Twilio-Signature": signature(TOKEN, self.url + path, form),
            "Content-Type": "application/x-www-form-urlencoded",
        }
        reason = ""
        for number in range(CARRIER_TRIES):
            self.retried += number > 0
            connection = http.client.HTTPConnection(urlsplit(self.url).netloc, timeout=15)
            try:
                connection.request("POST", path, urlencode(form), headers)
                response = connection.getresponse()
                body = response.read().decode()
                if response.status == 200:
                    return body
                reason = str(response.status)
            except (OSError, http.client.HTTPException) as fault:
                reason = type(fault).__name__
            finally:
                connection.close()
        return f"no answer: {reason}"


@dataclass
class Havoc:
    """Edits, breaks and deletes the server's folder, kills workers, and sends SIGHUP to the server, at random."""

    server: int
    folder: Path
    over: threading.Event
    deeds: int = 0

    def run(self) -> None:
        chance = random.Random(7)
        deeds = [self.edit, self.tear, self.delete, self.kill, self.kill, self.hang_up]
        while not self.over.wait(chance.uniform(0.1, 0.7)):
            chance.choice(deeds)()
            self.deeds += 1

    def edit(self) -> None:
        write_flows(self.folder, SECRET_WORDS)

    def tear(self) -> None:
        self.folder.mkdir(exist_ok=True)
        (self.folder / "hotline.yaml").write_text(FLOW.replace("NUMBER", SECRET_WORDS)[:90] + "[", encoding="utf-8")

    def delete(self) -> None:
        shutil.rmtree(self.folder, ignore_errors=True)

    def kill(self) -> None:
        children = Path(f"/proc/{self.server}/task/{self.server}/children").read_text().split()
        if children:
            os.kill(int(random.choice(children)), random.choice([signal.SIGKILL, signal.SIGKILL, signal.SIGHUP]))

    def hang_up(self) -> None:
        os.kill(self.server, signal.SIGHUP)


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="finds workers in /proc")
@pytest.mark.timeout(900)
def test_calls_hear_one_published_release_whatever_happens_to_folder_and_workers(tmp_path, clean_environment):
    folder, draft, store = tmp_path / "flows", tmp_path / "draft", f"sqlite:///{tmp_path}/ivr.db"
    write_flows(folder, "0")
    port = claim_port("127.0.0.1", 0, "")
    env = clean_environment(TWILIO_AUTH_TOKEN=TOKEN, IVR_STORE=store, IVR_FLOWS=str(folder))
    ivr = [sys.executable, "-m", "ivr.cli"]
    with (tmp_path / "log").open("w") as log:
        server = subprocess.Popen(
            [*ivr, "serve", "--bind", f"127.0.0.1:{port}", "--workers", "2"],
            cwd=tmp_path,
            env=env,
            stdout=log,
            stderr=log,
        )
    calls = Calls(f"http://127.0.0.1:{port}")
    havoc = Havoc(server.pid, folder, calls.over)
    asked, published, refused = 0, {"0"}, 0
    threads: list[threading.Thread] = []
    try:
        wait_until_ready(calls.url, server, tmp_path / "log")
        threads = [threading.Thread(target=calls.run) for _ in range(CALLERS)] + [threading.Thread(target=havoc.run)]
        for thread in threads:
            thread.start()
        until = time.monotonic() + SECONDS
        while time.monotonic() < until:
            asked += 1
            write_flows(draft, str(asked))
            if asked % 2 == 0:
                (draft / "hotline.yaml").write_text(FLOW.replace("goto: hours", "goto: nowhere"), encoding="utf-8")
            publish = [*ivr, "publish", str(draft), "--why", f"number {asked}", "--yes"]
            done = subprocess.run(publish, cwd=tmp_path, env=env, capture_output=True, text=True, check=False)
            assert done.returncode == (asked + 1) % 2, done.stderr
            published |= {str(asked)} if done.returncode == 0 else set()
            refused += done.returncode
            time.sleep(0.5)
        assert server.poll() is None
    finally:
        calls.over.set()
        for thread in threads:
            thread.join()
        server.send_signal(signal.SIGTERM)
        server.wait(PATIENCE)
    assert server.returncode == 0
    print(f"{calls.done} calls, {calls.retried} requests tried again, {havoc.deeds} deeds, {len(published)} published")
    assert not calls.wrong
    assert calls.done > CALLERS
    assert calls.numbers <= published
    assert len(calls.numbers) > 1
    check_audit(store, asked, refused)


def check_audit(store: str, asked: int, refused: int) -> None:
    """Check that each attempt has its entry, beside that of the first start."""
    opened = open_store(store)
    try:
        entries = Publishing(opened).entries(10_000)
    finally:
        opened.close()
    assert [entry.number for entry in entries] == list(range(asked + 1, 0, -1))
    assert sum(entry.action == "refuse" for entry in entries) == refused
    assert all(entry.by and entry.why for entry in entries)
