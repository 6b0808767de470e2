"""What a request costs on a real server: our `ivr serve`, the peer on granian, gunicorn and Node, Flask's constant.

The server's own processor time is read, so that neither the client nor other work on the machine counts.
"""

from __future__ import annotations

import contextlib
import importlib.util
import json
import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from . import client, ours, walks
from .report import Row, compared
from .rounds import Rounds

ROOT = Path(__file__).resolve().parent.parent.parent
THREADS = "64"
CONSTANT = "Flask's constant on granian"
OURS = "ours, as ivr serve"
GTHREAD, NODE = "peer on gunicorn (gthread)", "peer: Node express + twilio"
AIMS = {CONSTANT: "at most 1.43x", GTHREAD: "at most 0.33x", NODE: "at most 0.67x"}
NO_GUNICORN = (
    "LEFT OUT: gunicorn is not there; for the peer as deployed: pip install --target /tmp/gunicorn gunicorn, "
    "then PYTHONPATH=/tmp/gunicorn"
)
NODE_FOLDER = Path(os.environ.get("BENCH_NODE_FOLDER", Path.home() / ".cache" / "ivr-bench-node"))
LOAD_SHARE = 0.7


@dataclass(frozen=True)
class Server:
    """One contender: how it is started, and which addresses its callers post to."""

    command: tuple[str, ...]
    contender: str
    folder: Path = ROOT
    ready: str = ""
    """The page that answers 200 once calls are taken; a server without it takes them as soon as it listens."""


def contenders() -> dict[str, Server]:
    """Return every server that can be started here; each has one worker. What is left out is said on stderr."""
    python = sys.executable
    granian = (python, "-m", "granian", "--interface", "wsgi", "--http", "1", "--workers", "1", "--no-ws")
    # Far more threads than callers, so that no request waits for one.
    granian += ("--blocking-threads", THREADS, "--backlog", "2048", "--log-level", "error", "--host", "127.0.0.1")
    servers = {
        OURS: Server(
            (python, "-m", "ivr.cli", "serve", "--workers", "1", "--bind", "127.0.0.1:{port}"),
            "ours",
            ready="/health/ready",
        ),
        CONSTANT: Server((*granian, "--port", "{port}", "tests.bench.peer_flask:constant"), "constant"),
        "peer on granian": Server((*granian, "--port", "{port}", "tests.bench.peer_flask:app"), "peer"),
    }
    if importlib.util.find_spec("gunicorn") is None:
        print(NO_GUNICORN, file=sys.stderr)
    else:
        gunicorn = (python, "-m", "gunicorn", "--bind", "127.0.0.1:{port}", "--log-level", "error")
        threads = ("--worker-class", "gthread", "--threads", "8")
        servers[GTHREAD] = Server((*gunicorn, *threads, "tests.bench.peer_flask:app"), "peer")
    if _node_is_ready():
        servers[NODE] = Server(("node", "server.js", "{port}"), "peer", NODE_FOLDER)
    return servers


def _node_is_ready() -> bool:
    """Install express and twilio into a folder outside of the tree, if Node is there and this was not done yet."""
    if not (shutil.which("node") and shutil.which("npm")):
        print("LEFT OUT: node and npm are not there, so there is no peer in Node", file=sys.stderr)
        return False
    shutil.copytree(Path(__file__).with_name("peer_node"), NODE_FOLDER, dirs_exist_ok=True)
    if not (NODE_FOLDER / "node_modules" / "twilio").is_dir():
        install = ["npm", "install", "--no-audit", "--no-fund"]
        done = subprocess.run(install, cwd=NODE_FOLDER, capture_output=True, text=True, check=False)
        if done.returncode:
            print(f"LEFT OUT: no peer in Node, for npm install failed: {done.stderr[-300:]}", file=sys.stderr)
            return False
    return True


def run(rounds: int, calls: int) -> list[Row]:
    """Measure every server once a round, one at a time; all of them stay up, idle."""
    walks.prove()
    with contextlib.ExitStack() as stack:
        bank_url = stack.enter_context(ours.bank())
        lines = {name: stack.enter_context(started(server, bank_url)) for name, server in contenders().items()}
        # A server that answers wrongly or with an error page may be fast.
        for line in lines.values():
            line.check()
        processor = Rounds.run({name: line.measure(calls) for name, line in lines.items()}, rounds)
        # The first round is thrown away here too, as `Rounds.run` does with the processor times.
        rates = Rounds({name: line.rates[-rounds:] for name, line in lines.items()})
        processor.show("Processor time of the server for one request", "us", CONSTANT, times=1e6)
        rates.show("Requests a second, one worker, 8 callers at once", "/s", CONSTANT, digits=0)
        rows = [
            compared("served, processor a request", processor, OURS, name, aim=AIMS.get(name, ""))
            for name in lines
            if name != OURS
        ]
        rows += [
            Row(f"served, processor a request: {name}", f"{processor.median(name) * 1e6:,.1f} us") for name in lines
        ]
        rows += [_tail(name, lines[name], rates.median(name), calls) for name in (OURS, CONSTANT)]
        return [*rows, _mix(lines[OURS])]


def _tail(name: str, line: Line, rate: float, calls: int) -> Row:
    """Send requests at random at a share of the rate that the server took, and tell the 99th percentile."""
    p50, p99 = line.open_loop(rate * LOAD_SHARE, calls * 10)
    aim = "at most 6x" if name == OURS else ""
    return Row(
        f"p99 at {LOAD_SHARE:.0%} of {rate:,.0f}/s, open loop: {name}",
        f"{p99 * 1e3:.1f} ms",
        f"{p99 / p50:.1f}x p50 ({p50 * 1e3:.1f} ms)",
        aim,
    )


def _mix(line: Line) -> Row:
    """Let `ivr load` play its mix, and tell what a turn of it costs the server."""
    command = [sys.executable, "-m", "ivr.cli", "load", "main_menu", "--url", f"http://127.0.0.1:{line.port}"]
    command += ["--users", "60", "--duration", "30s", "--json", "-"]
    environment = {**os.environ, "TWILIO_AUTH_TOKEN": walks.TOKEN, "IVR_PUBLIC_URL": walks.BASE}
    before = processor_seconds(line.process)
    done = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, check=True)
    spent = processor_seconds(line.process) - before
    result = json.loads(done.stdout)
    detail = f"{result['turns']} turns, {result['errors']} failed; client {result['client']['cpu_us_per_turn']:,.0f} us"
    return Row("served, the mix of ivr load, processor a turn", f"{spent / result['turns'] * 1e6:,.0f} us", detail)


class Line:
    """A running server and the callers that it has had."""

    def __init__(self, process: int, port: int, contender: str) -> None:
        self.process, self.port, self.contender = process, port, contender
        self.rates: list[float] = []
        self._calls = 0

    def measure(self, calls: int) -> client.Measure:
        """Return a measure: it plays that many calls and returns the server's seconds of processor a request."""

        def one_round() -> float:
            first, self._calls = self._calls + 1, self._calls + calls
            # The callers are a process of their own, which signs before the first reading.
            with client.Playing(self.port, self.contender, first, calls) as playing:
                before = processor_seconds(self.process)
                requests, seconds = playing.go()
                spent = processor_seconds(self.process) - before
            self.rates.append(requests / seconds)
            return spent / requests

        return one_round

    def check(self) -> None:
        """Walk once over the wire and see that the replies say what they should."""
        caller = client.Connection(self.port)
        self._calls += 1
        requests = walks.requests(walks.ALONE, self._calls, self.contender)
        walks.check(walks.ALONE, [caller.reply(posted.wire()) for posted in requests], self.contender)

    def open_loop(self, rate: float, calls: int) -> tuple[float, float]:
        """Return p50 and p99 in seconds of requests that arrive at random at a rate."""
        first, self._calls = self._calls + 1, self._calls + calls
        command = [sys.executable, "-m", "tests.bench.open_loop", str(self.port), self.contender]
        command += [str(first), str(calls), str(rate)]
        done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True)
        p50, p99 = json.loads(done.stdout)
        return float(p50), float(p99)


@contextlib.contextmanager
def started(server: Server, bank_url: str, **settings: str) -> Iterator[Line]:
    """Start a contender with further settings; yield it when it answers."""
    port = client.free_port()
    with tempfile.TemporaryDirectory(prefix="ivr-bench-") as folder:
        command = [part.format(port=port) for part in server.command]
        environment = ours.environment(folder, BENCH_HOST=walks.HOST, IVR_BANK_URL=bank_url, **settings)
        log = Path(folder) / "log"
        with log.open("w") as stderr:
            process = subprocess.Popen(
                command, cwd=server.folder, env=environment, stdout=subprocess.DEVNULL, stderr=stderr
            )
        try:
            try:
                client.wait_for(port)
                if server.ready:
                    client.wait_until_ready(port, server.ready)
            except OSError as error:
                raise RuntimeError(f"{' '.join(command)} does not listen:\n{log.read_text()}") from error
            yield Line(process.pid, port, server.contender)
        finally:
            process.terminate()
            process.wait(30)


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
