"""What a request costs on a real server: our `ivr serve`, the peer on granian and on gunicorn, and Flask's constant.

The server's own processor time is read, so that neither the client nor other work on the machine counts.
"""

from __future__ import annotations

import contextlib
import importlib.util
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from . import client, ours, walks
from .rounds import Rounds

ROOT = Path(__file__).resolve().parent.parent.parent
THREADS = "64"
CONSTANT = "Flask's constant on granian"
OURS = "ours, as ivr serve"
GUNICORN = (
    "gunicorn is not there; for the peer as deployed: pip install --target /tmp/gunicorn gunicorn, then PYTHONPATH"
)


@dataclass(frozen=True)
class Server:
    """One contender: how it is started, and which addresses its callers post to."""

    command: tuple[str, ...]
    contender: str


def contenders() -> dict[str, Server]:
    """Name every server that can be started here; each has one worker."""
    python = sys.executable
    granian: tuple[str, ...] = (
        python,
        "-m",
        "granian",
        "--interface",
        "wsgi",
        "--http",
        "1",
        "--workers",
        "1",
        "--no-ws",
    )
    granian += ("--blocking-threads", THREADS, "--backlog", "2048", "--log-level", "error", "--host", "127.0.0.1")
    found = {
        OURS: Server((python, "-m", "ivr.cli", "serve", "--bind", "127.0.0.1:{port}"), "ours"),
        CONSTANT: Server((*granian, "--port", "{port}", "tests.bench.peer_flask:constant"), "constant"),
        "peer on granian": Server((*granian, "--port", "{port}", "tests.bench.peer_flask:app"), "peer"),
    }
    if importlib.util.find_spec("gunicorn") is None:
        print(GUNICORN, file=sys.stderr)
        return found
    gunicorn = (python, "-m", "gunicorn", "--bind", "127.0.0.1:{port}", "--log-level", "error")
    app = "tests.bench.peer_flask:app"
    found["peer on gunicorn (sync)"] = Server((*gunicorn, app), "peer")
    found["peer on gunicorn (gthread)"] = Server(
        (*gunicorn, "--worker-class", "gthread", "--threads", "8", app), "peer"
    )
    return found


def run(rounds: int, calls: int) -> None:
    """Measure every server once a round, one at a time; all of them stay up, idle."""
    walks.prove()
    with contextlib.ExitStack() as stack:
        lines: dict[str, Line] = {}
        for name, server in contenders().items():
            lines[name] = stack.enter_context(_started(server))
        processor = Rounds.run({name: line.measure(calls) for name, line in lines.items()}, rounds)
        rates = Rounds({name: line.rates[-rounds:] for name, line in lines.items()})
    processor.show("Processor time of the server for one request", "us", CONSTANT, times=1e6)
    rates.show("Requests a second, one worker, 8 callers at once", "/s", CONSTANT, digits=0)
    for name in lines:
        if name.startswith("peer"):
            by_processor, by_rate = processor.ratio(name, OURS)[0], rates.ratio(OURS, name)[0]
            print(f"  ours against the {name}: {by_processor:.2f}x by processor, {by_rate:.2f}x by rate")


class Line:
    """A running server and the callers that it has had."""

    def __init__(self, process: int, port: int, contender: str) -> None:
        self.process, self.port, self.contender = process, port, contender
        self.rates: list[float] = []
        self._calls = 0

    def measure(self, calls: int) -> client.Measure:
        """Return what plays that many calls and tells the server's seconds of processor a request."""

        def one_round() -> float:
            first, self._calls = self._calls + 1, self._calls + calls
            with client.Playing(self.port, self.contender, first, calls) as playing:
                before = processor_seconds(self.process)
                requests, seconds = playing.go()
                spent = processor_seconds(self.process) - before
            self.rates.append(requests / seconds)
            return spent / requests

        return one_round


@contextlib.contextmanager
def _started(server: Server) -> Iterator[Line]:
    port = client.free_port()
    with tempfile.TemporaryDirectory(prefix="ivr-bench-") as folder:
        command = [part.format(port=port) for part in server.command]
        environment = {**os.environ, **_settings(folder)}
        process = subprocess.Popen(command, cwd=ROOT, env=environment, stdout=subprocess.DEVNULL, stderr=_quiet())
        try:
            client.wait_for(port)
            yield Line(process.pid, port, server.contender)
        finally:
            process.terminate()
            process.wait(30)


def _settings(folder: str) -> Mapping[str, str]:
    return {
        "TWILIO_AUTH_TOKEN": walks.TOKEN,
        "IVR_PUBLIC_URL": walks.BASE,
        "IVR_STORE": f"sqlite:///{folder}/ivr.db",
        "IVR_FLOWS": str(ours.FLOWS),
    }


def _quiet() -> int | None:
    return None if os.environ.get("BENCH_NOISY") else subprocess.DEVNULL


def processor_seconds(process: int) -> float:
    """Sum what a process and its descendants have used, in user code and in the kernel.

    The kernel counts a process's clock in nanoseconds; /proc only shows hundredths of a second.
    """
    total = 0.0
    for each in family(process):
        with contextlib.suppress(OSError):
            total += time.clock_gettime(~each << 3 | 2)  # what clock_getcpuclockid(3) returns
    return total


def family(process: int) -> Iterator[int]:
    """Yield a process and all its living descendants."""
    yield process
    for task in Path(f"/proc/{process}/task").iterdir():
        with contextlib.suppress(OSError):
            for child in (task / "children").read_text().split():
                yield from family(int(child))
