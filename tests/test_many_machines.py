"""Two `ivr serve` on one PostgreSQL server: any of them takes the next turn; the database may go away and come back."""

from __future__ import annotations

import json
import os
import re
import signal
import subprocess
import sys
import urllib.request
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from html import unescape
from pathlib import Path
from threading import Thread
from typing import Any
from urllib.parse import urlencode

import pytest
from twilio.request_validator import RequestValidator

from ivr.cli._sockets import claim_port
from ivr.demo.bank.serving import BackgroundBank
from ivr.stores import open_store
from tests.attacks.steadfast import BalancedTransport, SteadfastCrowd, check_turns
from tests.postgresql import PostgresqlServer
from tests.server_fixtures import exchange
from tests.waiting import PATIENCE, wait_until, wait_until_ready

TOKEN, API_TOKEN = "8c1fd2704be936a5f07d28e4b61c935a", "e40b7f93d1285ca6b97e03f4d86a21c5"
PUBLIC_URL = "https://ivr.example.com"
KEY = "3b7d02e94c6f18a5d0e2b79c4f615a83"
PASSWORD = "8s3cretOfTheDatabase"


class Machine:
    """One `ivr serve`, and what it writes."""

    def __init__(self, home: Path, environment: dict[str, str]) -> None:
        home.mkdir()
        self.url = f"http://127.0.0.1:{claim_port('127.0.0.1', 0, '')}"
        self.log = home / "log"
        command = [
            sys.executable,
            "-m",
            "ivr.cli",
            "serve",
            "--bind",
            self.url.removeprefix("http://"),
            "--workers",
            "1",
        ]
        with self.log.open("w") as log:
            self.process = subprocess.Popen(command, cwd=home, env=environment, stdout=log, stderr=log)

    def lose(self) -> None:
        """Kill every process of the machine, as when its power fails."""
        with suppress(FileNotFoundError):
            children = Path(f"/proc/{self.process.pid}/task/{self.process.pid}/children").read_text("ascii").split()
            for pid in (self.process.pid, *map(int, children)):
                os.kill(pid, signal.SIGKILL)
        self.process.wait(PATIENCE)

    def post(self, path: str, call: str, **form: str) -> str:
        """Send a request of the carrier, which knows the balancer's address only; return the answer."""
        form = {"CallSid": call, "From": "anonymous", "To": "+861055550000", **form}
        signature = RequestValidator(TOKEN).compute_signature(PUBLIC_URL + path, form)
        headers = {"X-Twilio-Signature": signature, "Content-Type": "application/x-www-form-urlencoded"}
        status, _, body = exchange(self.url, "POST", path, urlencode(form), headers)
        assert status == 200
        return body

    def api(self, method: str, path: str, **body: Any) -> Any:
        """Send a request to the API of the desktops."""
        headers = {"Authorization": f"Bearer {API_TOKEN}", "Content-Type": "application/json"}
        data = json.dumps(body).encode() if method != "GET" else None
        request = urllib.request.Request(self.url + path, data, headers, method=method)
        with urllib.request.urlopen(request, timeout=20) as answer:
            return json.load(answer)


@pytest.fixture
def database(own_postgresql_server: PostgresqlServer) -> PostgresqlServer:
    return own_postgresql_server


@pytest.fixture
def address(database: PostgresqlServer) -> str:
    return database.url().replace("ivr@", f"ivr:{PASSWORD}@")


@pytest.fixture
def machines(tmp_path: Path, address: str, clean_environment: Callable[..., dict[str, str]]) -> Iterator[list[Machine]]:
    environment = clean_environment(
        TWILIO_AUTH_TOKEN=TOKEN, IVR_KEY=KEY, IVR_STORE=address, IVR_API_TOKEN=API_TOKEN, IVR_PUBLIC_URL=PUBLIC_URL
    )
    running = [Machine(tmp_path / name, environment) for name in ("east", "west")]
    try:
        for machine in running:
            wait_until_ready(machine.url, machine.process, machine.log)
        yield running
    finally:  # a server that is left running is a fault of whatever test comes next
        for machine in running:
            machine.process.send_signal(signal.SIGTERM)
        for machine in running:
            machine.process.wait(PATIENCE)
    for machine in running:
        assert PASSWORD not in machine.log.read_text("utf-8")


def test_calls_queue_and_agents_are_shared_and_survive_machines_and_the_database(
    machines: list[Machine], database: PostgresqlServer, address: str
) -> None:
    east, west = machines
    sid = "CA" + "1" * 32

    def press(machine: Machine, turn: int, digits: str, call: str = sid) -> str:
        return (
            machine.post(f"/twilio/turn/{turn}", call, Digits=digits) if turn else machine.post("/twilio/voice", call)
        )

    # turns of one call on alternating machines, every request on both at once
    with ThreadPoolExecutor(4) as pool:
        for turn, digits, words in (
            (0, "", "欢迎"),
            (1, "9", "请再选一次"),
            (2, "8", "For your balance"),
            (3, "8", "查询余额"),
        ):
            answers = list(pool.map(lambda m, t=turn, d=digits: press(m, t, d), [east, west, west, east]))  # type: ignore[misc]
            assert len(set(answers)) == 1, "a request has one answer, byte by byte"
            assert words in answers[0]

    # agents that sign on at one machine are there at the other
    desk = east.api("GET", "/api/queue")["desks"][0]["desk"]
    east.api("PUT", "/api/agents/wang", number="+861055550001", desks=[desk])
    west.api("POST", "/api/agents/wang/ready")
    assert [(a["name"], a["state"]) for a in east.api("GET", "/api/agents")] == [("wang", "ready")]

    # a machine that is killed: its calls go on at the other
    east.process.kill()
    east.process.wait()
    assert "For your balance" in press(west, 4, "8")

    # the database is gone: callers hear a sentence, and go on where they were when it is back
    database.stop(signal.SIGQUIT)
    for call in (sid, "CA" + "2" * 32):
        held = press(west, 5 if call == sid else 0, "8", call)
        assert "<Say" in held
        assert "<Redirect" in held or "<Dial" in held
    database.start()
    wait_until(lambda: "查询余额" in press(west, 5, "8"))
    again = re.search(r"<Redirect[^>]*>([^<]+)<", held)
    assert again is not None
    wait_until(lambda: "欢迎" in west.post(unescape(again[1]), "CA" + "2" * 32))

    store = open_store(address)
    rows = [(row.turn, row.kind) for row in store.journal(sid)]
    assert [kind for _, kind in rows].count("started") == 1
    turns = [turn for turn, kind in rows if kind == "turn"]
    assert turns == sorted(set(turns))
    store.close()


def test_a_machine_that_is_lost_for_good_costs_no_call(
    tmp_path: Path, address: str, clean_environment: Callable[..., dict[str, str]]
) -> None:
    with BackgroundBank() as bank:
        environment = clean_environment(
            TWILIO_AUTH_TOKEN=TOKEN, IVR_KEY=KEY, IVR_STORE=address, IVR_PUBLIC_URL=PUBLIC_URL, IVR_BANK_URL=bank.url
        )
        east, west = (Machine(tmp_path / name, environment) for name in ("east", "west"))
        try:
            for machine in (east, west):
                wait_until_ready(machine.url, machine.process, machine.log)
            crowd = SteadfastCrowd(
                PUBLIC_URL, TOKEN, PUBLIC_URL, lambda: BalancedTransport(PUBLIC_URL, [east.url, west.url])
            )
            calling = Thread(target=crowd.call, args=(60, 12))
            calling.start()
            wait_until(lambda: crowd.outcomes["served"] >= 6)
            east.lose()
            calling.join()
        finally:
            east.lose()
            west.process.send_signal(signal.SIGTERM)
            west.process.wait(PATIENCE)
    assert crowd.outcomes == {"served": 60}
    check_turns(address, crowd.calls)
