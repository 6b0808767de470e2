"""What a call on a line of one's own costs, beside baresip alone: `python -m tests.bench line --rounds SECONDS`.

Prints % of a core and memory per call at 10 and 50 calls with prompts playing, the time from a key to silence, and how
many keys were lost. The callers are sipp's; the line runs in a process of its own.
"""

from __future__ import annotations

import os
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from wsgiref.simple_server import WSGIRequestHandler, make_server

import numpy as np

from ivr.speech.audio import write_wav
from ivr.speech.audio.g711 import alaw_samples
from tests.carrier.line.sip_peer import SipPeer
from tests.carrier.line.sipp import run_sipp
from tests.carrier.line.softphone import free_ports
from tests.carrier.line.stage import mark
from tests.waiting import wait_until

GATHER = '<Gather numDigits="1" finishOnKey="" timeout="60" action="/twilio/key"><Play loop="0">/a.wav</Play></Gather>'
ALONE = """
import asyncio, math, struct, sys
from baresip import Account, Config, Runtime, UserAgent

async def main(port):
    runtime = Runtime()
    await runtime.start(Config(net_interface="127.0.0.1", max_concurrent_calls=None, native_log_level="error",
        extra_config_text=f"sip_listen 127.0.0.1:{port}\\nsip_transports udp\\n"))
    account = Account(user="ivr", domain=f"127.0.0.1:{port}", password="", reg_interval=0, audio_codecs=("pcma",),
        extra_params=("catchall=yes",))
    agent = await UserAgent.create(runtime, account)
    tone = b"".join(struct.pack("<h", int(8000 * math.sin(math.tau * 600 * i / 8000))) for i in range(8000))

    def arrived(call):
        async def play():
            await call.answer()
            while call.state.value != "closed":
                try:
                    call.audio.read(32000)
                    call.audio.write(tone)
                except Exception:
                    pass
                await asyncio.sleep(0.9)
        asyncio.ensure_future(play())

    agent.on_incoming(arrived)
    print("ready", flush=True)
    await asyncio.sleep(3600)

asyncio.run(main(int(sys.argv[1])))
"""


class Quiet(WSGIRequestHandler):
    def log_message(self, *args: object) -> None:
        return


class Pages:
    """Answers each path with its TwiML or its sound, and counts the keys."""

    def __init__(self) -> None:
        self.pages = {"/twilio/voice": GATHER, "/twilio/key": GATHER, "/twilio/status": ""}
        self.keys = 0

    def __call__(self, environ: dict[str, Any], start: Callable[..., Any]) -> Iterable[bytes]:
        path = environ["PATH_INFO"]
        environ["wsgi.input"].read(int(environ["CONTENT_LENGTH"] or 0))
        self.keys += path == "/twilio/key"
        if path == "/a.wav":
            start("200 OK", [("Content-Type", "audio/x-wav")])
            return [write_wav(mark(600, 5.0))]
        start("200 OK", [("Content-Type", "text/xml")])
        return [f"<Response>{self.pages.get(path, '')}</Response>".encode()]


@contextmanager
def webhooks() -> Iterator[tuple[str, Pages]]:
    """Serve a prompt that never ends, and the next one after a key."""
    app = Pages()
    with make_server("127.0.0.1", 0, app, handler_class=Quiet) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}", app
        server.shutdown()


@contextmanager
def child(*command: str) -> Iterator[tuple[int, Path]]:
    """Run a process with a log of its own."""
    with tempfile.TemporaryDirectory() as folder:
        log = Path(folder) / "log"
        with log.open("wb") as out:
            env = {**os.environ, "TWILIO_AUTH_TOKEN": "f" * 32, "PYTHONPATH": str(Path.cwd()), "IVR_PUBLIC_URL": ""}
            process = subprocess.Popen(command, stdout=out, stderr=subprocess.STDOUT, cwd=folder, env=env)
        try:
            wait_until(lambda: log.read_text() or process.poll() is not None)
            yield process.pid, log
        finally:
            process.kill()
            process.wait()


def used(pid: int) -> tuple[float, float]:
    """Return the CPU seconds of a process and its memory in MB."""
    # The name of the process may hold blanks and brackets; behind the last bracket the fields have fixed places.
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    status = Path(f"/proc/{pid}/status").read_text()
    memory = int(status.partition("VmRSS:")[2].split()[0]) / 1024
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK"), memory


def measured(pid: int, address: tuple[str, int], calls: int, seconds: float) -> tuple[float, float]:
    """Return % of a core and MB with some calls at once."""
    with tempfile.TemporaryDirectory() as folder:
        talk = int((seconds + 6) * 1000)
        arguments = {"calls": calls, "rate": calls, "talk_ms": talk}
        callers = threading.Thread(target=run_sipp, args=(Path(folder), address), kwargs=arguments)
        callers.start()
        # Until all calls are answered and their prompts play.
        time.sleep(3)
        before, _ = used(pid)
        time.sleep(seconds)
        after, memory = used(pid)
        callers.join()
    return 100 * (after - before) / seconds, memory


def key_to_silence(address: tuple[str, int], app: Pages, keys: int) -> list[float]:
    """Return the milliseconds from the end of a key to the last loud packet."""
    times = []
    app.pages["/twilio/key"] = "<Pause length='1'/>" + GATHER
    with SipPeer(address) as peer:
        peer.call()
        for key in range(keys):
            peer.heard.clear()
            # A key counts only while sound is heard: 3200 bytes are 0.4 s of A-law.
            wait_until(lambda: len(peer.heard) > 3200 and loud(peer.heard[-160:]))
            peer.key(str(key % 10))
            pressed, last = time.monotonic(), time.monotonic()
            # Packets that were under way still arrive; the last loud one ends the sound for the caller.
            while time.monotonic() < pressed + 0.3:
                before = len(peer.heard)
                wait_until(lambda before=before: len(peer.heard) > before)
                last = time.monotonic() if loud(peer.heard[before:]) else last
            times.append(1000 * (last - pressed))
        peer.hang_up()
    return times


def loud(payload: bytes) -> bool:
    return bool(np.abs(alaw_samples(bytes(payload)).astype(int)).max(initial=0) > 1000)


def run(rounds: int, calls: int) -> None:
    """Print the table; `rounds` are the seconds of each measurement."""
    del calls
    seconds = float(rounds)
    port = free_ports(2)
    rows = []
    with child(sys.executable, "-c", ALONE, str(port)) as (pid, _):
        rows += [("baresip alone", each, *measured(pid, ("127.0.0.1", port), each, seconds)) for each in (10, 50)]
    port = free_ports(2)
    line = ("-m", "ivr.cli", "line", "--bind", f"127.0.0.1:{port}", "--api", "0", "--rate", "100", "--url")
    with webhooks() as (url, app), child(sys.executable, *line, url) as (pid, log):
        wait_until(lambda: "Listening" in log.read_text())
        address = ("127.0.0.1", port)
        rows += [("ivr line", each, *measured(pid, address, each, seconds)) for each in (10, 50)]
        times = key_to_silence(address, app, 20)
        with tempfile.TemporaryDirectory() as folder:
            app.keys = 0
            app.pages["/twilio/key"] = GATHER
            run_sipp(Path(folder), address, calls=20, rate=10, keys="130579")
            keys = app.keys
    print(f"{'':14} {'calls':>5} {'% of a core':>12} {'% a call':>9} {'MB':>6}")
    for name, each, share, memory in rows:
        print(f"{name:14} {each:5} {share:12.1f} {share / each:9.2f} {memory:6.0f}")
    print(f"key to silence: median {statistics.median(times):.0f} ms, most {max(times):.0f} ms")
    print(f"keys lost: {120 - keys} of 120")
