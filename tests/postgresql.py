"""A real PostgreSQL server in a folder of its own, on a free port of this machine, run by a user that is not root."""

from __future__ import annotations

import os
import pwd
import shutil
import signal
import socket
import subprocess
import tempfile
import uuid
from pathlib import Path

import psycopg

from tests.waiting import wait_until

USERS = ("postgres", "nobody")
"""System users of whom one runs the server when the tests are run by root: PostgreSQL refuses root."""
KEPT_TABLES = ("layout", "last_write", "pings")
MISSING = "no PostgreSQL server is installed (apt-get install postgresql): the store in PostgreSQL is NOT tested"


def programs() -> Path | None:
    """Return the folder of `initdb` and `postgres`, the newest version; None if there is none."""
    folders = sorted(Path("/usr/lib/postgresql").glob("*/bin"), key=lambda path: int(path.parent.name), reverse=True)
    if found := shutil.which("postgres"):
        folders.append(Path(found).resolve().parent)
    return next((path for path in folders if (path / "postgres").exists() and (path / "initdb").exists()), None)


class PostgresqlServer:
    """A server that can be stopped, killed and started again. Nothing is synced unless `durable`."""

    def __init__(self, bin_folder: Path, *, durable: bool = False) -> None:
        self._bin, self._durable = bin_folder, durable
        self.folder = Path(tempfile.mkdtemp(prefix="ivr-postgresql-"))
        self._as_user: dict[str, object] = {}
        if os.geteuid() == 0:
            user = next(entry for entry in pwd.getpwall() if entry.pw_name in USERS)
            os.chown(self.folder, user.pw_uid, user.pw_gid)
            self._as_user = {"user": user.pw_uid, "group": user.pw_gid, "extra_groups": []}
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            self.port = free.getsockname()[1]
        self.place = f"127.0.0.1:{self.port}"
        self._process: subprocess.Popen[bytes] | None = None
        self._data = self.folder / "data"
        self.empty: list[str] = []
        """Schemas whose tables are there and empty."""
        options = ["-A", "trust", "-U", "ivr", "-E", "UTF8", "--locale", "C", "--no-sync", "--no-instructions"]
        self._run("initdb", "-D", str(self._data), *options)
        self.start()

    def start(self) -> None:
        """Start the server and wait until it answers."""
        settings = {
            "listen_addresses": "127.0.0.1", "port": self.port, "unix_socket_directories": self.folder,
            "shared_buffers": "32MB", "max_connections": 120, "deadlock_timeout": "100ms",
        }  # fmt: skip
        if not self._durable:
            settings |= {"fsync": "off", "full_page_writes": "off", "autovacuum": "off"}
        options = [f"-c{name}={value}" for name, value in settings.items()]
        log = (self.folder / "log").open("ab")
        command = [str(self._bin / "postgres"), "-D", str(self._data), *options]
        self._process = subprocess.Popen(command, stdout=log, stderr=log, cwd=self.folder, **self._as_user)  # type: ignore[call-overload]
        log.close()
        wait_until(self.answers)

    def answers(self) -> bool:
        """Return whether the server takes connections."""
        command = [str(self._bin / "pg_isready"), "-q", "-h", "127.0.0.1", "-p", str(self.port)]
        return subprocess.run(command, check=False).returncode == 0

    def stop(self, how: signal.Signals = signal.SIGINT) -> None:
        """Stop the server: SIGINT ends sessions and stops, SIGQUIT does so without a last checkpoint, as in a crash."""
        if self._process is not None:
            self._process.send_signal(how)
            self._process.wait(60)
            self._process = None

    def kill(self) -> None:
        """Kill every process of the server with SIGKILL."""
        assert self._process is not None
        pids = self._pids()
        for pid in pids:
            os.kill(pid, signal.SIGKILL)
        self._process.wait(60)
        self._process = None
        wait_until(lambda: not any(Path(f"/proc/{pid}").exists() for pid in pids))

    def freeze(self) -> None:
        """Let every process of the server hang; `thaw` ends it."""
        self._signal(signal.SIGSTOP)

    def thaw(self) -> None:
        """Let the server go on."""
        self._signal(signal.SIGCONT)

    def url(self, schema: str = "", options: str = "") -> str:
        """Return an address with a schema of its own."""
        return f"postgresql://ivr@{self.place}/postgres?schema={schema or fresh_schema()}{options}"

    def sql(self, statement: str) -> str:
        """Execute a statement as the owner of the database; return what psql prints."""
        done = self._run("psql", "-h", "127.0.0.1", "-p", str(self.port), "-U", "ivr", "-Atqc", statement, "postgres")
        return done.stdout.decode().strip()

    def make_empty(self, schema: str) -> None:
        """Delete all rows of a schema that is no longer used, so that another test can have it."""
        with psycopg.connect(f"postgresql://ivr@{self.place}/postgres", autocommit=True) as connection:
            tables = connection.execute("SELECT tablename FROM pg_tables WHERE schemaname = %s", [schema]).fetchall()
            deletes = "".join(f"DELETE FROM {name};" for (name,) in tables if name not in KEPT_TABLES)
            counts = "".join(f"UPDATE {name} SET number = 0;" for name in ("last_write", "pings"))
            connection.execute(f"SET lock_timeout = '2s'; SET ivr.pruning = on; SET search_path = {schema}")
            connection.execute(deletes + counts)
        self.empty.append(schema)

    def log(self) -> str:
        """Return what the server has logged."""
        return (self.folder / "log").read_text("utf-8", "replace")

    def remove(self) -> None:
        """Stop the server and delete its files."""
        self.stop(signal.SIGQUIT)
        shutil.rmtree(self.folder, ignore_errors=True)

    def _signal(self, what: signal.Signals) -> None:
        for pid in self._pids():
            os.kill(pid, what)

    def _pids(self) -> list[int]:
        assert self._process is not None
        children = Path(f"/proc/{self._process.pid}/task/{self._process.pid}/children").read_text("ascii").split()
        return [self._process.pid, *map(int, children)]

    def _run(self, program: str, *options: str) -> subprocess.CompletedProcess[bytes]:
        command = [str(self._bin / program), *options]
        return subprocess.run(command, check=True, capture_output=True, cwd=self.folder, **self._as_user)  # type: ignore[call-overload, no-any-return]


def fresh_schema() -> str:
    return f"t{uuid.uuid4().hex[:16]}"
