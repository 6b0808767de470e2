"""The door of one worker: threads that wait for all connections together, and answer requests that have arrived whole.

No thread waits for a client: what has arrived of a request is kept with its connection, and so is what a client has not
taken of an answer. Only a whole request takes a place of the engine. Two threads more than there are places always
wait at the door, so health checks and the last resort never wait for the engine.
"""

from __future__ import annotations

import math
import socket
import threading
import time
from collections.abc import Iterable, Sequence
from contextlib import suppress
from typing import TYPE_CHECKING, Protocol

from ivr.telemetry import log

from .connections import (
    IDLE_SECONDS,
    READING_SECONDS,
    WHOLE_SECONDS,
    HttpConnection,
    OpenConnections,
    most_connections,
)
from .lanes import Lane
from .readiness import Readiness
from .requests import BadRequestError, HttpRequest
from .responses import Outgoing, run_application, short_answer

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIEnvironment

ENGINE_PLACES = 64
"""Turns in progress in one worker: a turn that waits for a slow bank must not delay others. Few of them compute at once
(`ivr.net.turnstile`, with the measurements)."""
URGENT_PLACES = 6
"""Requests to the last resort that are answered at once."""
DOOR_THREADS = 2
LONGEST_QUEUE = 1.0
"""Seconds that a request waits for a place; then the engine is left out, and the caller hears a sentence."""
SWEEP_SECONDS = 0.25
ACCEPTED_AT_ONCE = 8
MOST_PIPELINED = 8
"""Requests that a client may send before it has read the first answer; carriers and proxies send one."""
_MOST_READ = 16 * 1024
_Job = tuple[HttpConnection, HttpRequest]


class GuardedApplication(Protocol):
    """A WSGI application that says which requests need not, or must not, take a place of its engine."""

    most_body: int
    """The largest body in bytes that it reads."""

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        """Answer a request."""

    def at_once(self, environ: WSGIEnvironment) -> tuple[int, bytes, str] | None:
        """Return status, body and type of an answer from the head alone, or None; the body is not read then."""

    def is_urgent(self, environ: WSGIEnvironment) -> bool:
        """Return whether a request must be answered even while the engine is stuck."""

    def without_engine(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        """Answer a request that has waited too long for the engine."""


class Door:
    """Serves an application on listening sockets."""

    def __init__(
        self, app: GuardedApplication, listeners: Sequence[socket.socket], *, places: int = ENGINE_PLACES
    ) -> None:
        self._app, self._places = app, places
        self._listeners = {listener.fileno(): listener for listener in listeners}
        self._ready = Readiness()
        self._open = OpenConnections(most_connections())
        self._engine: Lane[_Job] = Lane(places)
        self._urgent: Lane[_Job] = Lane(URGENT_PLACES)
        self._leaving = threading.Event()
        self._under_way = 0
        self._count = threading.Lock()

    def start(self) -> None:
        """Start all threads, and accept connections."""
        # All threads are started now, so that a flood of connections cannot start any.
        for number in range(self._places + URGENT_PLACES + DOOR_THREADS):
            threading.Thread(target=self._work, name=f"ivr-door-{number}", daemon=True).start()
        threading.Thread(target=self._sweep, name="ivr-door-sweep", daemon=True).start()
        for descriptor, listener in self._listeners.items():
            listener.setblocking(False)
            self._ready.add(descriptor)

    def leave(self, seconds: float, idle_seconds: float = 0.0) -> None:
        """Accept no more connections; return when requests under way are answered, or after `seconds`.

        Idle connections may send one more request for `idle_seconds`: closing one at the moment at which its client
        uses it would lose that request.
        """
        self._leaving.set()
        until = time.monotonic() + seconds
        grace = min(until, time.monotonic() + idle_seconds)
        while len(self._open) and time.monotonic() < grace:
            time.sleep(SWEEP_SECONDS / 5)
        while (self._under_way or len(self._open)) and time.monotonic() < until:
            self._open.shut_idle()
            time.sleep(SWEEP_SECONDS / 5)

    def _work(self) -> None:
        while True:
            try:
                descriptor = self._ready.wait()
                if descriptor in self._listeners:
                    self._accept(descriptor)
                elif connection := self._open.get(descriptor):
                    self._go_on(connection)
            except Exception as fault:  # a thread of the door must not end
                log.fault("door", fault)

    def _accept(self, descriptor: int) -> None:
        listener = self._listeners[descriptor]
        try:
            # Bounded, so that a flood of connections does not keep this thread from requests that are open already.
            for _ in range(ACCEPTED_AT_ONCE):
                if self._leaving.is_set():
                    return
                sock, address = listener.accept()
                self._admit(sock, address, listener)
        except BlockingIOError:
            pass
        except OSError as fault:  # the client has gone, or there are no descriptors left
            log.fault("accept", fault)
            # Without the pause, a process without descriptors would spin: the connection stays in the queue and is
            # reported again.
            time.sleep(SWEEP_SECONDS / 10)
        finally:
            if not self._leaving.is_set():
                self._ready.arm(descriptor)

    def _admit(self, sock: socket.socket, address: object, listener: socket.socket) -> None:
        sock.setblocking(False)
        with suppress(OSError):
            # Nagle's algorithm would hold the last piece of an answer back until the carrier acknowledges the one
            # before.
            sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        connection = HttpConnection(sock, _client_of(address, listener), self._app.most_body)
        self._open.add(connection)
        self._ready.add(connection.descriptor)

    def _go_on(self, connection: HttpConnection) -> None:
        """Read or write as far as the socket allows."""
        try:
            if connection.outgoing is not None:
                self._write(connection)
            else:
                self._read(connection)
        except (OSError, ValueError):  # the client has gone
            self._open.close(connection)

    def _read(self, connection: HttpConnection) -> None:
        try:
            data = connection.socket.recv(_MOST_READ)
        except BlockingIOError:
            self._ready.arm(connection.descriptor)
            return
        if not data:
            self._open.close(connection)
            return
        reader = connection.reader
        if reader.is_between:
            connection.until = time.monotonic() + WHOLE_SECONDS
        try:
            reader.feed(data)
        except BadRequestError as fault:
            if not reader.complete:
                self._send(connection, short_answer(fault.status, keeps=False))
                return
            # Whole requests before the fault are answered first; the connection ends with the last of them.
            reader.complete[-1].keeps = False
        if len(reader.complete) > MOST_PIPELINED:
            self._send(connection, short_answer(400, keeps=False))
        elif reader.complete:
            self._answer_next(connection)
        elif reader.current is None or reader.current.admitted or self._admits(connection, reader.current):
            self._ready.arm(connection.descriptor)

    def _admits(self, connection: HttpConnection, request: HttpRequest) -> bool:
        """Look at a head whose body has not arrived; answer and return False if the body need not be read."""
        answer = self._app.at_once(request.environ)
        if answer is not None:
            status, body, kind = answer
            self._send(connection, short_answer(status, body=body, kind=kind, keeps=False))
            return False
        request.admitted = True
        if request.expects_word:
            connection.socket.send(b"HTTP/1.1 100 Continue\r\n\r\n")
        return True

    def _answer_next(self, connection: HttpConnection) -> None:
        """Answer the oldest whole request: at once, or in its lane."""
        request = connection.reader.complete.popleft()
        # The sweep leaves a connection alone while its request is with the engine, which has deadlines of its own.
        connection.until = math.inf
        answer = None if request.admitted else self._app.at_once(request.environ)
        if answer is not None:
            status, body, kind = answer
            self._send(connection, short_answer(status, body=body, kind=kind, keeps=self._keeps(request)))
            return
        lane = self._urgent if self._app.is_urgent(request.environ) else self._engine
        job: _Job | None = (connection, request)
        with self._count:
            self._under_way += 1
        if lane.enter((connection, request), time.monotonic()):
            while job is not None:
                self._do(*job, late=False)
                # The thread goes on with the next waiting job: handing it to another thread would cost a switch under
                # load.
                job = lane.next_job()

    def _do(self, connection: HttpConnection, request: HttpRequest, *, late: bool) -> None:
        """Let the application answer, and send the answer."""
        app = self._app.without_engine if late else self._app
        try:
            outgoing = run_application(app, request.environ, keeps=self._keeps(request))
        except Exception as fault:
            log.fault("application", fault)
            outgoing = short_answer(500, keeps=False)
        finally:
            with self._count:
                self._under_way -= 1
        try:
            self._send(connection, outgoing)
        except (OSError, ValueError):
            self._open.close(connection)

    def _keeps(self, request: HttpRequest) -> bool:
        return request.keeps and not self._leaving.is_set()

    def _send(self, connection: HttpConnection, outgoing: Outgoing) -> None:
        connection.outgoing = outgoing
        self._write(connection)

    def _write(self, connection: HttpConnection) -> None:
        """Send what the client takes; go on with its next request after the last byte."""
        outgoing = connection.outgoing
        if outgoing is None:
            return
        while outgoing.data or outgoing.next_part():
            try:
                sent = connection.socket.send(outgoing.data)
            except BlockingIOError:
                connection.until = time.monotonic() + READING_SECONDS
                self._ready.arm(connection.descriptor, write=True)
                return
            outgoing.data = outgoing.data[sent:]
        connection.outgoing = None
        if outgoing.close:
            self._end(connection)
        elif connection.reader.complete:
            self._answer_next(connection)
        else:
            between = connection.reader.is_between
            connection.until = time.monotonic() + (IDLE_SECONDS if between else WHOLE_SECONDS)
            self._open.renew(connection)
            self._ready.arm(connection.descriptor)

    def _end(self, connection: HttpConnection) -> None:
        """Close after an answer. Bytes that are not read would make the kernel reset the connection, so read them."""
        with suppress(OSError):
            connection.socket.shutdown(socket.SHUT_WR)
        with suppress(OSError):
            for _ in range(16):
                if not connection.socket.recv(_MOST_READ):
                    break
        self._open.close(connection)

    def _sweep(self) -> None:
        """End connections whose time is over, and answer requests that have waited too long for a place."""
        while True:
            time.sleep(SWEEP_SECONDS)
            now = time.monotonic()
            try:
                self._open.shut_overdue(now)
                for lane in (self._engine, self._urgent):
                    for connection, request in lane.overdue(now - LONGEST_QUEUE):
                        self._do(connection, request, late=True)
            except Exception as fault:
                log.fault("sweep", fault)


def _client_of(address: object, listener: socket.socket) -> dict[str, str]:
    """Return the part of the environment that a connection determines; a UNIX socket has no addresses."""
    name = listener.getsockname()
    if not isinstance(address, tuple) or not isinstance(name, tuple):
        return {"REMOTE_ADDR": "", "SERVER_NAME": "localhost", "SERVER_PORT": "80"}
    return {"REMOTE_ADDR": address[0], "SERVER_NAME": name[0], "SERVER_PORT": str(name[1])}
