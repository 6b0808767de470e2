"""`ivr serve` for real: a server with two workers on a free port, signed requests, and refusals in a sentence."""

from __future__ import annotations

import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from types import SimpleNamespace

import pytest
from click.testing import CliRunner

from ivr.channels.base import CarrierSetup
from ivr.cli import main, serve
from ivr.cli._refused import Refused
from ivr.cli._sockets import claim_port
from ivr.crypto import Seal
from ivr.services.tickets.service import Tickets
from ivr.settings import Settings
from ivr.stores import open_store
from tests.asking import ask
from tests.waiting import PATIENCE, wait_until, wait_until_ready

ROOT = Path(__file__).resolve().parent.parent.parent
TOKEN = "0123456789abcdef0123456789abcdef"
KEY = "3b7d02e94c6f18a5d0e2b79c4f615a83"


@pytest.fixture(scope="module")
def server(tmp_path_factory, clean_environment) -> Iterator[tuple[str, Path]]:
    home = tmp_path_factory.mktemp("serve")
    port = claim_port("127.0.0.1", 0, "")
    with (home / "out").open("w") as out, (home / "err").open("w") as err:
        process = subprocess.Popen(
            [sys.executable, "-m", "ivr.cli", "serve", "--bind", f"127.0.0.1:{port}", "--workers", "2"],
            cwd=home,
            env=clean_environment(TWILIO_AUTH_TOKEN=TOKEN),
            stdout=out,
            stderr=err,
            text=True,
        )
    try:
        wait_until_ready(f"http://127.0.0.1:{port}", process, home / "err")
        yield f"http://127.0.0.1:{port}", home
    finally:
        process.send_signal(signal.SIGTERM)
        assert process.wait(PATIENCE) == 0


def test_a_signed_call_is_answered_and_goes_on_in_any_worker(server, post):
    url, _ = server
    for turn in range(1, 9):
        path = "/twilio/voice" if turn == 1 else f"/twilio/turn/{turn - 1}"
        status, kind, body = post(url, path, TOKEN, **({} if turn == 1 else {"Digits": ""}))
        assert (status, kind) == (200, "text/xml; charset=utf-8")
        assert body.startswith("<?xml")
        if "<Gather" not in body:
            break
        assert f'action="/twilio/turn/{turn}#' in body
    assert turn > 1


@pytest.mark.parametrize("query", ["x=%E4%BD%A0", "x=%e4%bd%A0&y=a%2fb+c", "blank="])
def test_escapes_reach_the_signature_check_as_they_were_sent(server, post, query):
    assert post(server[0], f"/twilio/voice?{query}", TOKEN, CallSid="CA" + "6" * 32)[0] == 200


def test_a_forged_request_is_refused(server, post):
    assert post(server[0], "/twilio/voice", "another")[0] == 403


def test_the_workers_count_together(server, post, get):
    url, _ = server
    before = [counted(get(url, "/metrics")[2]) for _ in range(3)]
    for _ in range(6):
        post(url, "/twilio/voice", TOKEN, CallSid="CA" + "7" * 32)
    after = [counted(get(url, "/metrics")[2]) for _ in range(3)]
    assert len(set(before)) == 1
    assert set(after) == {before[0] + 6}


def counted(text: str) -> float:
    rows = (line.split() for line in text.splitlines() if line.startswith("ivr_webhook_duration_seconds_count"))
    return sum(float(value) for _, value in rows)


def test_nothing_that_was_typed_is_written_down(server, post):
    url, home = server
    for turn in (1, 2, 3):
        post(url, f"/twilio/turn/{turn}", TOKEN, Digits="975310", SpeechResult="我的密码是975310")
    written = [path for path in home.rglob("*") if path.is_file()]
    assert any(b'"event": "turn"' in path.read_bytes() for path in written)
    assert not [path for path in written if b"975310" in path.read_bytes()]


def test_it_says_what_to_set_at_the_carrier(server):
    url, home = server
    told = (home / "out").read_text()
    for path in ("voice", "fallback", "status"):
        assert f"{url}/twilio/{path}" in told


def test_every_channel_says_what_to_set_at_its_carrier():
    setup = CarrierSetup("the other carrier", (("a call comes in", "https://ivr.example.com/other/voice"),))
    channels = [SimpleNamespace(carrier_setup=lambda _: setup), SimpleNamespace(carrier_setup=lambda _: setup)]
    lines = serve._welcome("http://127.0.0.1:1", Settings(public_url="https://ivr.example.com"), channels).splitlines()
    own = ["Set at the other carrier:", "  a call comes in        https://ivr.example.com/other/voice"]
    assert lines == ["Listening on http://127.0.0.1:1", *own, *own]


def test_it_warns_that_codes_reach_nobody(server):
    _, home = server
    assert "Warning: TWILIO_SMS_FROM is not set" in (home / "err").read_text()
    assert "IVR_STORE" not in (home / "err").read_text()


def test_what_nobody_would_miss_until_it_is_gone_is_told_first(monkeypatch, shipped):
    assert [*serve._warnings(Settings(store="memory:"), shipped, [])] == [
        "IVR_STORE is memory: calls, complaints and locks are lost when the server ends."
    ]
    channel = SimpleNamespace(warnings=lambda: ("CARRIER_NUMBER is not set.",))
    assert [*serve._warnings(Settings(), shipped, [channel])] == ["CARRIER_NUMBER is not set."]
    monkeypatch.setenv("IVR_STOR", "memory:")
    assert [*serve._warnings(Settings(), shipped, [])] == ["IVR_STOR is no setting. Did you mean IVR_STORE?"]


class Receiver(BaseHTTPRequestHandler):
    """Takes alarms, or says that it does not."""

    def do_POST(self) -> None:
        self.server.bodies.append(json.loads(self.rfile.read(int(self.headers["Content-Length"]))))
        self.send_response(self.server.status)
        self.end_headers()

    def log_message(self, *_: object) -> None:
        pass


@pytest.fixture
def alarmed(tmp_path) -> Iterator[ThreadingHTTPServer]:
    """Return a receiver of alarms; in the store of this test's folder a complaint has waited for far too long."""
    store = open_store(f"sqlite:///{tmp_path}/ivr.db")
    given = {"number": "+8613800000001", "kind": "service", "text": "x"}
    seal = Seal.from_settings(Settings(store=f"sqlite:///{tmp_path}/ivr.db"))
    ask(Tickets(store, seal), "tickets.open", given, key="k", now=time.time() - 2 * 86_400)
    store.close()
    http = ThreadingHTTPServer(("127.0.0.1", 0), Receiver)
    http.bodies, http.status = [], 204
    threading.Thread(target=http.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True).start()
    yield http
    http.shutdown()
    http.server_close()


@pytest.mark.parametrize(("status", "line"), [(204, '"taken": 1, "failed": 0'), (500, '"taken": 0, "failed": 1')])
def test_one_worker_of_all_sounds_the_alarms(alarmed, status, line, tmp_path, clean_environment):
    alarmed.status = status
    url = f"http://127.0.0.1:{alarmed.server_port}/alarms/a-token"
    env = clean_environment(TWILIO_AUTH_TOKEN=TOKEN, IVR_ALARM_URL=url, IVR_STORE=f"sqlite:///{tmp_path}/ivr.db")
    port = claim_port("127.0.0.1", 0, "")
    with subprocess.Popen(
        [sys.executable, "-m", "ivr.cli", "serve", "--bind", f"127.0.0.1:{port}", "--workers", "2"],
        cwd=tmp_path,
        env=env,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    ) as process:
        wait_until_ready(f"http://127.0.0.1:{port}", process)
        log = ""
        while '"event": "alarms"' not in log and (line_of_log := process.stderr.readline()):
            log += line_of_log
        process.send_signal(signal.SIGTERM)
        log += process.communicate(timeout=PATIENCE)[1]
    assert process.returncode == 0
    assert [(alarm["about"], alarm["alarm"]) for alarm in alarmed.bodies] == [("ticket", "first_reply.overdue")]
    assert log.count('"event": "alarms"') == 1
    assert line in log
    assert "a-token" not in log


@pytest.fixture
def refusal(clean_environment) -> Callable[..., str]:
    """Run a command that must not start; give its words."""

    def run(*arguments: str, **env: str) -> str:
        given = clean_environment(IVR_STORE="memory:", **env)
        runner = CliRunner(env={name: None for name in os.environ if name not in given} | given)
        done = runner.invoke(main, ["serve", *arguments])
        assert done.exit_code == 2, done.output
        assert "Traceback" not in done.output
        return done.output

    return run


def test_without_a_token_it_does_not_start(refusal):
    assert "TWILIO_AUTH_TOKEN is not set" in refusal()
    assert "loopback only" in refusal("--insecure", "--bind", "0.0.0.0:8080")


@pytest.mark.parametrize(
    ("bind", "words"),
    [
        ("here", "'here' is not HOST:PORT"),
        ("127.0.0.1:99999", "is not HOST:PORT"),
        ("192.0.2.1:8080", "cannot listen on 192.0.2.1:8080"),
    ],
)
def test_an_address_that_cannot_be_used_is_refused(refusal, bind, words):
    assert words in refusal("--bind", bind, TWILIO_AUTH_TOKEN=KEY[::-1], IVR_KEY=KEY)


def test_a_server_for_other_machines_needs_a_key_strong_secrets_and_a_bank_that_knows_it(refusal):
    everywhere = ("--bind", "0.0.0.0:8080")
    weak = refusal(*everywhere, TWILIO_AUTH_TOKEN=TOKEN, IVR_BANK_URL="http://core.bank.example")
    assert "IVR_KEY is not set" in weak
    assert "TWILIO_AUTH_TOKEN looks like a sample" in weak
    open_bank = refusal(*everywhere, TWILIO_AUTH_TOKEN=KEY, IVR_KEY=KEY[::-1], IVR_BANK_URL="http://core.bank.example")
    assert "over http" in open_bank
    assert "cannot tell who asks" in open_bank
    proxied = refusal(TWILIO_AUTH_TOKEN=KEY, IVR_KEY=KEY, IVR_PUBLIC_URL="https://ivr.bank.example")
    assert "IVR_KEY is the carrier's token" in proxied
    assert TOKEN not in weak + proxied


def test_a_port_in_use_is_refused(refusal):
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        assert "Address already in use" in refusal("--bind", f"127.0.0.1:{port}", TWILIO_AUTH_TOKEN=TOKEN)


def test_a_store_in_memory_is_for_one_process(refusal):
    assert "not shared between processes" in refusal("--workers", "2", TWILIO_AUTH_TOKEN=TOKEN)


def test_every_fault_of_the_flows_is_told_with_its_place(refusal, tmp_path):
    flows = tmp_path / "flows"
    shutil.copytree(ROOT / "flows", flows)
    flow = flows / "main_menu.yaml"
    flow.write_text(flow.read_text(encoding="utf-8").replace("\nstart:", "\nstrat:"), encoding="utf-8")
    (flows / "another.yaml").write_text("flow: [\n", encoding="utf-8")
    told = refusal(TWILIO_AUTH_TOKEN=TOKEN, IVR_FLOWS=str(flows))
    assert "main_menu.yaml:" in told
    assert '"strat" is no key of a flow' in told
    assert "another.yaml:" in told


def test_the_fallback_outside_the_server_is_printed(clean_environment):
    given = clean_environment(IVR_STORE="memory:", TWILIO_AUTH_TOKEN=TOKEN)
    done = CliRunner(env=given).invoke(main, ["serve", "--print-fallback"])
    assert (done.exit_code, done.output.count("<Dial")) == (0, 1), done.output
    assert done.output.startswith("<?xml")


def test_a_store_is_put_aside_whole(tmp_path, monkeypatch):
    file = tmp_path / "ivr.db"
    store = open_store(f"sqlite:///{file}")
    store.keep_release("v1", {"a.yaml": "x"})
    store.close()
    monkeypatch.setenv("IVR_STORE", f"sqlite:///{file}")
    serve._put_store_aside("127.0.0.1", 0)
    [aside] = [path for path in tmp_path.glob("ivr.db.2*") if not path.name.endswith(("-wal", "-shm"))]
    assert not file.exists()
    kept = open_store(f"sqlite:///{aside}")
    assert kept.release("v1") == {"a.yaml": "x"}
    kept.close()
    with socket.create_server(("127.0.0.1", 0)) as running, pytest.raises(Refused, match="in use"):
        serve._put_store_aside(*running.getsockname())
    monkeypatch.setenv("IVR_STORE", "memory:")
    with pytest.raises(Refused, match="SQLite file"):
        serve._put_store_aside("127.0.0.1", 0)


def test_a_check_ends_without_a_server(clean_environment):
    given = clean_environment(IVR_STORE="memory:", TWILIO_AUTH_TOKEN=TOKEN)
    done = CliRunner(env=given).invoke(main, ["serve", "--check"])
    assert (done.exit_code, done.output) == (0, "")


@pytest.mark.parametrize(
    ("store", "cores", "workers"), [("memory:", 8, 1), ("sqlite:///a.db", 8, 2), ("sqlite:///a.db", 1, 1)]
)
def test_two_workers_are_the_default_where_they_can_run(monkeypatch, store, cores, workers):
    monkeypatch.setattr(os, "sched_getaffinity", lambda _: set(range(cores)), raising=False)
    assert serve._workers_for(Settings(store=store)) == workers


def test_new_flows_are_taken_when_they_are_published_and_not_by_a_worker_or_a_restart(
    tmp_path, clean_environment, post
):
    flows = tmp_path / "flows"
    shutil.copytree(ROOT / "flows", flows)
    port = claim_port("127.0.0.1", 0, "")
    url = f"http://127.0.0.1:{port}"
    env = clean_environment(TWILIO_AUTH_TOKEN=TOKEN, IVR_FLOWS=str(flows), IVR_STORE=f"sqlite:///{tmp_path}/ivr.db")
    ivr = [sys.executable, "-m", "ivr.cli"]
    with (tmp_path / "log").open("w") as log:
        command = [*ivr, "serve", "--bind", f"127.0.0.1:{port}", "--workers", "1"]
        process = subprocess.Popen(command, cwd=tmp_path, env=env, stdout=log, stderr=log)
    calls = iter(range(1_000_000))

    def welcome() -> str:
        return post(url, "/twilio/voice/main_menu", TOKEN, CallSid=f"CA{next(calls):032}")[2]

    try:
        wait_until_ready(url, process, tmp_path / "log")
        flow = flows / "main_menu.yaml"
        words = flow.read_text(encoding="utf-8")
        assert "欢迎致电示范银行" in welcome()
        flow.write_text(words.replace("欢迎致电示范银行", "欢迎致电新的银行"), encoding="utf-8")
        for child in Path(f"/proc/{process.pid}/task/{process.pid}/children").read_text().split():
            os.kill(int(child), signal.SIGKILL)
        assert "欢迎致电示范银行" in welcome()
        process.send_signal(signal.SIGHUP)
        wait_until(lambda: (tmp_path / "log").read_text().count("Listening on") == 2)
        wait_until(lambda: "are not what is live" in (tmp_path / "log").read_text())
        assert "欢迎致电示范银行" in welcome()
        publish = [*ivr, "publish", "--why", "a new name"]
        assert subprocess.run(publish, cwd=tmp_path, env=env, capture_output=True, check=False).returncode == 0
        assert "欢迎致电新的银行" in welcome()
        flow.write_text("flow: [\n", encoding="utf-8")
        process.send_signal(signal.SIGHUP)
        wait_until(lambda: (tmp_path / "log").read_text().count("Listening on") == 3)
        assert "欢迎致电新的银行" in welcome()
    finally:
        wait_until(lambda: process.poll() is not None or handles_sigterm(process.pid))
        process.send_signal(signal.SIGTERM)
        assert process.wait(PATIENCE) == 0


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="looks for handlers in /proc")
@pytest.mark.parametrize("ending", [signal.SIGTERM, signal.SIGINT])
def test_a_server_that_is_told_to_end_while_it_starts_ends_in_order(ending, tmp_path, clean_environment):
    env = clean_environment(TWILIO_AUTH_TOKEN=TOKEN, IVR_STORE=f"sqlite:///{tmp_path}/ivr.db", TMPDIR=str(tmp_path))
    command = [sys.executable, "-m", "ivr.cli", "serve", "--bind", f"127.0.0.1:{claim_port('127.0.0.1', 0, '')}"]
    with subprocess.Popen(command, cwd=tmp_path, env=env, stdout=subprocess.PIPE, stderr=subprocess.STDOUT) as process:
        wait_until(lambda: handles_sigterm(process.pid))
        process.send_signal(ending)
        said = process.communicate(timeout=PATIENCE)[0]
    assert (process.returncode, said) == (0, b"")
    assert list(tmp_path.glob("ivr-metrics-*")) == []


def handles_sigterm(pid: int) -> bool:
    """Return whether a process has a handler for SIGTERM; it has none while Python itself starts."""
    lines = Path(f"/proc/{pid}/status").read_text().splitlines()
    caught = next(int(line.split()[1], 16) for line in lines if line.startswith("SigCgt"))
    return bool(caught >> (signal.SIGTERM - 1) & 1)


def test_a_wrong_setting_is_told(refusal):
    assert "IVR_PUBLIC_URL" in refusal(TWILIO_AUTH_TOKEN=TOKEN, IVR_PUBLIC_URL="ivr.example.com")
