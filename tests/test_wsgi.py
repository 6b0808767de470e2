"""`ivr.wsgi:application` under the servers that people have: it answers calls and does the server's other work."""

from __future__ import annotations

import importlib.util
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from ivr.cli._sockets import claim_port
from ivr.crypto import Seal
from ivr.engine.ports import JournalRow, Saved
from ivr.engine.service_ports.tickets import OpenTicket
from ivr.jobs.steady_clock import SteadyClock
from ivr.services.tickets.service import Tickets
from ivr.session.session import LOST_SECONDS
from ivr.stores import open_store
from tests.waiting import wait_until, wait_until_ready

ROOT = Path(__file__).resolve().parent.parent
TOKEN = "0123456789abcdef0123456789abcdef"
GRANIAN = ["granian", "--interface", "wsgi", "--workers", "2", "--port", "{port}"]
GRANIAN += ["--workers-kill-timeout", "15"]
GUNICORN = ["gunicorn", "--workers", "2", "--threads", "4", "--bind", "127.0.0.1:{port}"]
SERVERS = [GRANIAN, GUNICORN, [*GUNICORN, "--preload"]]


class Alarms(BaseHTTPRequestHandler):
    """Takes alarms."""

    def do_POST(self) -> None:
        self.rfile.read(int(self.headers["Content-Length"]))
        self.server.taken += 1
        self.send_response(204)
        self.end_headers()

    def log_message(self, *_: object) -> None:
        pass


@pytest.fixture
def alarms() -> Iterator[ThreadingHTTPServer]:
    http = ThreadingHTTPServer(("127.0.0.1", 0), Alarms)
    http.taken = 0
    threading.Thread(target=http.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True).start()
    yield http
    http.shutdown()
    http.server_close()


@pytest.fixture
def store(tmp_path):
    """Return a store in which a complaint has waited for far too long, and a call whose end nobody reported."""
    kept = open_store(f"sqlite:///{tmp_path}/ivr.db")
    now = time.time()
    ticket = OpenTicket(number="+8613800000001", kind="service", text="x")
    Tickets(kept, Seal(TOKEN.encode())).open(ticket, key="k", now=now - 2 * 86_400)
    row = JournalRow("CAlost", 1, now - LOST_SECONDS - 60, "turn", "{}")
    kept.save(Saved("CAlost", 1, "k", b"of another version", b""), [row], expected=None)
    _run_clock(kept, until=now, seconds=LOST_SECONDS + 60)
    yield kept
    kept.close()


def _run_clock(store, until, seconds):
    """Record that the wall clock has not jumped for so long: until then nothing is ended by age."""
    for before in (seconds, 0.0):
        SteadyClock(store, lambda at=until - before: at, lambda ago=before: time.monotonic() - ago).look()


@pytest.mark.parametrize("server", SERVERS, ids=lambda server: "-".join((server[0], *server[9:])))
def test_a_wsgi_server_answers_calls_and_does_the_servers_other_work(
    server, store, alarms, tmp_path, clean_environment, post
):
    if importlib.util.find_spec(server[0]) is None:
        pytest.skip(f"{server[0]} is not installed; install it to try ivr.wsgi:application under it")
    port = claim_port("127.0.0.1", 0, "")
    url = f"http://127.0.0.1:{port}"
    env = clean_environment(
        TWILIO_AUTH_TOKEN=TOKEN,
        IVR_STORE=f"sqlite:///{tmp_path}/ivr.db",
        IVR_ALARM_URL=f"http://127.0.0.1:{alarms.server_port}/alarms",
    )
    command = [sys.executable, "-m", *(word.format(port=port) for word in server), "ivr.wsgi:application"]
    with (
        (tmp_path / "log").open("w") as log,
        subprocess.Popen(command, cwd=ROOT, env=env, stdout=log, stderr=log, text=True) as process,
    ):
        try:
            wait_until_ready(url, process, tmp_path / "log")
            status, kind, body = post(url, "/twilio/voice", TOKEN)
            assert (status, kind) == (200, "text/xml; charset=utf-8")
            assert 'action="/twilio/turn/1#' in body
            assert post(url, "/twilio/voice", "another")[0] == 403
            wait_until(lambda: alarms.taken)
            wait_until(lambda: store.load("CAlost").ended)
        finally:
            process.send_signal(signal.SIGTERM)
            process.wait(30)
    assert alarms.taken == 1, "the work of a minute is done once, whatever the number of workers"
    assert "Traceback" not in (tmp_path / "log").read_text()


def test_without_a_token_the_application_does_not_start(clean_environment):
    run = subprocess.run(
        [sys.executable, "-c", "import ivr.wsgi"],
        cwd=ROOT,
        env=clean_environment(IVR_STORE="memory:"),
        capture_output=True,
        text=True,
        check=False,
    )
    assert run.returncode == 1
    assert "TWILIO_AUTH_TOKEN is not set" in run.stderr
