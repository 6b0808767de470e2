"""One connection to a PostgreSQL server, with a deadline on every wait. The only module that imports psycopg.

Why libpq's pipeline mode through `psycopg.pq`, and not psycopg's connections and cursors: a read with its answer costs
7 us of CPU here and 20 to 30 there (measured with the C version of both, prepared, binary). Several commands go out
at once and cost one round trip; commands whose answer does not matter yet are not waited for.
"""

from __future__ import annotations

import os
import select
import time
from collections.abc import Iterable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING

from ivr.errors import SettingsError, StoreError
from ivr.net.turnstile import step_aside
from ivr.settings.extras import how_to_install

from ._breaker import Breaker
from ._postgresql_address import SAMPLE, ServerAddress, address_of, split_options
from ._postgresql_faults import ENDS, ServerGone, ServerRefused, failed_connection, refusal

try:
    from psycopg import OperationalError, pq
except ImportError:
    raise SettingsError(f"a store in PostgreSQL needs psycopg; install it with: {how_to_install('postgres')}") from None

if TYPE_CHECKING:
    from psycopg.pq.abc import PGconn, PGresult

LEAST_VERSION = 14
GRACE_SECONDS = 0.25
"""The time for one round trip that remains when a deadline is over: a write that need not wait is still done."""
SLICE_MILLISECONDS = 250
QUICK_MILLISECONDS = 1
"""A wait longer than this leaves the turnstile, so that others compute meanwhile."""

_SYNC, _ABORTED = int(pq.ExecStatus.PIPELINE_SYNC), int(pq.ExecStatus.PIPELINE_ABORTED)
_GOOD = frozenset({int(pq.ExecStatus.COMMAND_OK), int(pq.ExecStatus.TUPLES_OK)})
_READ, _WRITE = select.POLLIN, select.POLLIN | select.POLLOUT


@dataclass(frozen=True)
class Statement:
    """A prepared statement. `formats` has a 1 for each parameter that is bytes, a 0 for each that is text."""

    name: bytes
    sql: bytes
    formats: tuple[int, ...] = ()


Command = tuple[Statement, Sequence[bytes | None]]
Row = tuple[bytes | None, ...]


def read_server_address(url: str) -> ServerAddress:
    """Read a URL such as `postgresql://ivr@db.example.com/ivr`. Raises SettingsError; the text quotes nothing of it."""
    plain, options = split_options(url)
    try:
        options_of_libpq = pq.Conninfo.parse(plain.encode())
    except OperationalError as fault:
        unknown = " with options that libpq knows" if "invalid URI query parameter" in str(fault) else ""
        raise SettingsError(f"a PostgreSQL address is {SAMPLE}{unknown}; IVR_STORE cannot be read") from None
    parameters = {o.keyword.decode(): o.val.decode() for o in options_of_libpq if o.val is not None}
    return address_of(parameters, options)


class ServerConnection:
    """A connection for one thread at a time. After ServerGone it is `broken` and cannot be used again."""

    __slots__ = (
        "__weakref__",
        "_breaker",
        "_pg",
        "_poll",
        "_unread",
        "broken",
        "given_back",
        "in_transaction",
        "shown",
    )

    def __init__(self, address: ServerAddress, parameters: Mapping[str, str], breaker: Breaker, until: float) -> None:
        self.shown, self._breaker = address.shown, breaker
        self.broken = self.in_transaction = False
        self.given_back = 0.0
        self._unread = 0
        self._poll = select.poll()
        self._pg = self._connect(parameters, until)
        try:
            self._check_version()
            # A blocking libpq would wait without regard to the caller's deadline, and deadlock once both sides' buffers
            # fill.
            self._pg.nonblocking = 1
            self._poll.register(self._pg.socket, _READ)
            self._pg.enter_pipeline_mode()
        except BaseException:
            self.close()
            raise

    def prepare(self, statements: Iterable[Statement], until: float) -> None:
        """Prepare statements, in one round trip."""
        try:
            for statement in statements:
                self._pg.send_prepare(statement.name, statement.sql)
        except OperationalError:
            raise self._gone("it has closed the connection") from None
        self._finish_group()
        self._answers(until)

    def run(self, sql: str, until: float, values: Sequence[bytes] = ()) -> Sequence[Row]:
        """Execute a statement that is not prepared."""
        try:
            self._pg.send_query_params(sql.encode(), list(values), None, None, 1)
        except OperationalError:
            raise self._gone("it has closed the connection") from None
        self._finish_group()
        return _rows(self._answers(until)[-1])

    def run_script(self, sql: str, until: float) -> None:
        """Execute several statements as one text, outside of the pipeline."""
        pg = self._pg
        try:
            # The pipeline takes one statement at a time; a script with BEGIN and COMMIT needs the simple protocol.
            pg.exit_pipeline_mode()
            pg.send_query(sql.encode())
            while pg.flush():
                self._poll.poll(SLICE_MILLISECONDS)
            failed, began = None, time.monotonic()
            while True:
                while pg.is_busy():
                    self._wait(began, until)
                    pg.consume_input()
                result = pg.get_result()
                if result is None:
                    break
                # The first error is the cause; those behind it only say that the transaction was aborted.
                failed = failed or (None if result.status in _GOOD else result)
            pg.enter_pipeline_mode()
        except OperationalError:
            raise self._gone("it has closed the connection") from None
        if failed is not None:
            raise self._refused(failed)

    def ask(self, commands: Sequence[Command], until: float) -> list[PGresult]:
        """Send commands and return their results, in one round trip.

        Outside of a transaction block they are one transaction. Raises ServerRefused when one fails, ServerGone when
        there is no answer until `until`, in seconds of `time.monotonic()`.
        """
        self.post(commands)
        return self._answers(until)

    def post(self, commands: Sequence[Command]) -> None:
        """Send commands without waiting for their answers; errors of theirs are ignored."""
        send = self._pg.send_query_prepared
        try:
            for statement, values in commands:
                send(statement.name, values, statement.formats, 1)
        except OperationalError:
            raise self._gone("it has closed the connection") from None
        self._finish_group()

    def is_fresh(self) -> bool:
        """Return whether the server still keeps an idle connection, without asking it."""
        try:
            while self._poll.poll(0):
                # Answers of posted commands (UNLOCK, COMMIT) may still be on their way; anything else is the server's
                # last word.
                if not self._unread:
                    return False  # the server says that it ends the connection, or has ended it
                self._pg.consume_input()
                while self._unread and not self._pg.is_busy():
                    self._skip_result()
        except (OperationalError, OSError, ServerGone):
            return False
        return True

    def close(self) -> None:
        """Close the connection; the server frees what it holds."""
        self.broken = True
        with suppress(OperationalError):
            self._pg.finish()

    def abandon(self) -> None:
        """Drop the connection in a forked child without a word to the server, which the parent goes on using."""
        self.broken = True
        with suppress(OperationalError, OSError):
            # `finish` would send a Terminate over the socket that the parent shares, and end the parent's session.
            os.close(self._pg.socket)

    def _connect(self, parameters: Mapping[str, str], until: float) -> PGconn:
        text = " ".join(f"{name}='{_escaped(value)}'" for name, value in parameters.items())
        began, pg = time.monotonic(), pq.PGconn.connect_start(text.encode())
        waiting = {int(pq.PollingStatus.READING): select.POLLIN, int(pq.PollingStatus.WRITING): select.POLLOUT}
        with step_aside():
            while (status := _connect_poll(pg)) in waiting:
                left = max(0.0, until - time.monotonic())
                poll = select.poll()
                poll.register(pg.socket, waiting[status])
                if not poll.poll(min(left * 1000, SLICE_MILLISECONDS)):
                    now = time.monotonic()
                    self._breaker.note_fault(now, began)
                    if now >= until:
                        pg.finish()
                        raise ServerGone(self.shown, f"it has not answered within {now - began:.3g} s")
        if status != pq.PollingStatus.OK:
            fault = failed_connection(self.shown, pg.get_error_message())
            pg.finish()
            self._breaker.note_fault(time.monotonic(), began)
            raise fault
        return pg

    def _check_version(self) -> None:
        major = self._pg.server_version // 10000
        if major < LEAST_VERSION:
            reason = f"it is version {major}; version {LEAST_VERSION} or later is needed"
            raise StoreError(f"PostgreSQL at {self.shown}: {reason}")

    def _finish_group(self) -> None:
        """End a group of commands and send it all; read answers meanwhile, so that neither side blocks the other."""
        pg = self._pg
        try:
            pg.pipeline_sync()
            self._unread += 1
            while pg.flush():
                self._poll.modify(pg.socket, _WRITE)
                try:
                    if not self._poll.poll(GRACE_SECONDS * 20_000):
                        raise self._gone("it takes nothing more")
                finally:
                    self._poll.modify(pg.socket, _READ)
                pg.consume_input()
        except OperationalError:
            raise self._gone("it has closed the connection") from None

    def _answers(self, until: float) -> list[PGresult]:
        """Return the results of the newest group; skip those of groups that were only posted."""
        results: list[PGresult] = []
        failed: PGresult | None = None
        pg, began = self._pg, 0.0
        try:
            while True:
                while pg.is_busy():
                    began = began or time.monotonic()
                    # Most answers come within a millisecond; leaving the turnstile and entering it again would cost
                    # more than that.
                    if not self._poll.poll(QUICK_MILLISECONDS):
                        self._wait(began, until)
                    pg.consume_input()
                result = pg.get_result()
                if result is None:  # the end of a command, and nothing more of a connection that is lost
                    if pg.status != pq.ConnStatus.OK:
                        raise self._gone("it has closed the connection", failed)
                    continue
                status = result.status
                if status == _SYNC:
                    self._unread -= 1
                    if not self._unread:
                        break
                    # Results up to here belong to groups that were only posted; no caller waits for them or their
                    # errors.
                    results, failed = [], None
                elif status in _GOOD:
                    results.append(result)
                elif status != _ABORTED:
                    failed = failed or result
        except OperationalError:
            raise self._gone("it has closed the connection", failed) from None
        self._breaker.note_success()
        if failed is not None:
            raise self._refused(failed)
        return results

    def _wait(self, began: float, until: float) -> None:
        """Wait for an answer until the deadline, or for GRACE_SECONDS if it is over."""
        # Woken in slices, so that the breaker learns of a stuck server while this thread still waits for it.
        until = max(until, began + GRACE_SECONDS)
        with step_aside():
            while not self._poll.poll(min(max(0.0, until - time.monotonic()) * 1000 + 1, SLICE_MILLISECONDS)):
                now = time.monotonic()
                self._breaker.note_fault(now, began)
                if now >= until:
                    raise self._gone(f"it has not answered within {now - began:.3g} s")

    def _skip_result(self) -> None:
        result = self._pg.get_result()
        if result is not None and result.status == _SYNC:
            self._unread -= 1
        elif result is not None and result.status not in _GOOD and result.status != _ABORTED:
            severity = result.error_field(pq.DiagnosticField.SEVERITY_NONLOCALIZED)
            if severity in (b"FATAL", b"PANIC"):
                raise self._gone("it has closed the connection", result)

    def _refused(self, failed: PGresult) -> ServerRefused:
        """Return the exception to raise for a failed statement; close a connection that is of no use afterwards."""
        sqlstate = _sqlstate(failed)
        if sqlstate in ENDS:
            self.close()
        return refusal(self.shown, sqlstate)

    def _gone(self, reason: str, failed: PGresult | None = None) -> ServerGone:
        """Close the connection and return the exception to raise."""
        now = time.monotonic()
        self._breaker.note_fault(now)
        self.close()
        return ServerGone(self.shown, reason, _sqlstate(failed) if failed else "")


def _connect_poll(pg: PGconn) -> int:
    try:
        return pg.connect_poll()
    except OperationalError:
        return pq.PollingStatus.FAILED


def _rows(result: PGresult) -> list[Row]:
    get, columns = result.get_value, range(result.nfields)
    return [tuple(get(row, column) for column in columns) for row in range(result.ntuples)]


def _sqlstate(result: PGresult) -> str:
    return (result.error_field(pq.DiagnosticField.SQLSTATE) or b"").decode()


def _escaped(value: str) -> str:
    return value.replace("\\", "\\\\").replace("'", "\\'")
