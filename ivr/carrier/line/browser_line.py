"""Telephones in the browser: a page, a script, and a WebSocket for keys and sound, by `websockets`.

A tab calls the line, or waits under a number for calls, as an agent's does. Text frames are JSON, binary frames are
sound: 8 kHz, mono, 16 bits, little-endian.
"""

from __future__ import annotations

import base64
import hmac
import json
import queue
import threading
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from http import HTTPStatus
from importlib.resources import files
from types import TracebackType
from typing import TYPE_CHECKING, Any, Self
from urllib.parse import urlsplit

from ivr.carrier.caller import DTMF_KEYS
from ivr.net.reachability import is_loopback

from .call_events import CallEvents
from .line_call import CallEnd, CannotDial, LineCall, LineFacts

if TYPE_CHECKING:
    from websockets.http11 import Request, Response
    from websockets.sync.server import Server, ServerConnection

PAGE = "/phone"
_FILES = {
    PAGE: ("phone.html", "text/html; charset=utf-8"),
    f"{PAGE}/phone.js": ("phone.js", "text/javascript; charset=utf-8"),
    f"{PAGE}/phone.css": ("phone.css", "text/css; charset=utf-8"),
}
SOCKET = f"{PAGE}/socket"
_POLICY = (
    "default-src 'self'; img-src data:; media-src 'self' blob: mediastream:; frame-ancestors 'none'; base-uri 'none'"
)
LARGEST_FRAME = 32 << 10
"""Bytes of a frame that a tab may send."""
MOST_WAITING = 1000
"""Frames that wait for a slow tab; more are dropped."""
MOST_HEARD = 64000
"""Bytes of a tab's microphone that are kept, four seconds; older ones are dropped."""
MOST_TABS = 50
_LONGEST_NUMBER = 64


@dataclass(frozen=True)
class BrowserOptions:
    """Where the page is served. Elsewhere than on loopback, `password` is asked for; the user's name does not matter.

    `number` is the caller that the page suggests, `desk` the number under which an agent's tab waits.
    """

    host: str = "127.0.0.1"
    port: int = 0
    password: str = field(default="", repr=False)
    number: str = "+8613800000001"
    desk: str = ""


class BrowserCall(CallEvents):
    """One call of a tab."""

    def __init__(self, tab: _Tab, facts: LineFacts, *, outgoing: bool) -> None:
        super().__init__()
        self._tab, self.facts = tab, facts
        self._outgoing = outgoing
        self._heard = bytearray()

    def answer(self) -> None:
        """Answer the tab's call."""
        self._tab.tell("answered")
        self.report_answer()

    def hang_up(self, *, busy: bool = False) -> None:
        """End the call."""
        self.report_end("busy" if busy else "completed" if self._is_answered else "canceled")

    def write(self, pcm: bytes) -> int:
        """Send sound."""
        if self._end is None:
            self._tab.send(pcm)
        return len(pcm)

    def flush(self) -> None:
        """Let the tab drop what it has not yet played."""
        self._tab.tell("flush")

    def read(self) -> bytes:
        """Return the microphone's sound since the last call."""
        with self._lock:
            pcm = bytes(self._heard)
            self._heard.clear()
        return pcm

    def show(self, text: str) -> None:
        """Show the words of a prompt."""
        if self._end is None:
            self._tab.tell("said", text=text)

    # --- what the tab does ---

    def hears(self, pcm: bytes) -> None:
        """Receive the microphone."""
        with self._lock:
            # Whole samples only: an odd byte would shift all sound behind it by half a sample, which is noise.
            self._heard += pcm[: len(pcm) // 2 * 2]
            del self._heard[:-MOST_HEARD]

    def presses(self, key: str) -> None:
        """Receive a key."""
        if key in DTMF_KEYS:
            self.report_key(key)

    def _free(self, how: CallEnd) -> None:
        self._tab.ended(self, how)


class _Tab:
    """One open page: its socket, written by a thread of its own, and its call."""

    def __init__(self, line: BrowserLine, socket: ServerConnection) -> None:
        self._line, self._socket = line, socket
        self._out: queue.Queue[str | bytes | None] = queue.Queue(MOST_WAITING)
        self._lock = threading.Lock()
        self._call: BrowserCall | None = None
        self.number = ""
        self.caller = ""
        self._thread = threading.Thread(target=self._write, name="line-tab", daemon=True)

    def serve(self) -> None:
        """Read until the tab is closed."""
        from websockets.exceptions import ConnectionClosed

        self._thread.start()
        try:
            with suppress(ConnectionClosed):
                for message in self._socket:
                    self._receive(message)
        finally:
            # Before the call ends, so that no new call is sent to this tab meanwhile.
            self._line.closed(self)
            if call := self._call:
                call.report_end("completed")
            self.send(None)

    def tell(self, kind: str, **facts: str) -> None:
        """Send an event."""
        self.send(json.dumps({"type": kind, **facts}, ensure_ascii=False))

    def send(self, message: str | bytes | None) -> None:
        """Send a frame without blocking; None ends the thread that writes."""
        # A tab that reads too slowly loses frames; blocking here would stop the sound of all calls.
        with suppress(queue.Full):
            self._out.put_nowait(message)

    def rings(self, facts: LineFacts) -> BrowserCall:
        """Ring. Raises CannotDial if the tab has a call."""
        with self._lock:
            if self._call:
                raise CannotDial("this telephone is in use")
            call = self._call = BrowserCall(self, facts, outgoing=True)
        self.tell("ringing", caller=facts.caller)
        return call

    def ended(self, call: BrowserCall, how: CallEnd) -> None:
        """Forget a call that has ended."""
        with self._lock:
            if self._call is call:
                self._call = None
        self.tell("ended", how=how)

    def _write(self) -> None:
        from websockets.exceptions import ConnectionClosed

        with suppress(ConnectionClosed, OSError):
            while (message := self._out.get()) is not None:
                self._socket.send(message)

    def _receive(self, message: str | bytes) -> None:
        call = self._call
        if isinstance(message, bytes):
            if call:
                call.hears(message)
            return
        try:
            order: Any = json.loads(message)
        except ValueError:
            return
        if not isinstance(order, dict):
            return
        match order.get("type"):
            case "key" if call:
                call.presses(str(order.get("key", "")))
            case "answer" if call:
                call.report_answer()
            case "hang_up" if call:
                call.report_end("completed")
            case "wait":
                self.number = _plain(order.get("number"))
                self._line.waits(self)
            case "dial" if call is None:
                self._dial(_plain(order.get("caller")), _plain(order.get("called")))

    def _dial(self, caller: str, called: str) -> None:
        self.caller = caller
        with self._lock:
            call = self._call = BrowserCall(self, LineFacts(caller, called), outgoing=False)
        self._line.arrived(call)


class BrowserLine:
    """Serves the page from `start` to `close`; `arrived` receives every call that a tab makes."""

    def __init__(self, options: BrowserOptions, arrived: Callable[[LineCall], None]) -> None:
        self._options, self.arrived = options, arrived
        self._lock = threading.Lock()
        self._waiting: dict[str, _Tab] = {}
        self._tabs: list[_Tab] = []
        self._server: Server | None = None

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, fault: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    @property
    def url(self) -> str:
        """The address of the page."""
        port = self._server.socket.getsockname()[1] if self._server else self._options.port
        return f"http://{self._options.host}:{port}{PAGE}"

    def start(self) -> None:
        """Listen. Raises OSError if the address is taken."""
        from websockets.sync.server import serve

        self._server = serve(
            self._serve,
            self._options.host,
            self._options.port,
            process_request=self._request,
            max_size=LARGEST_FRAME,
            compression=None,
            server_header=None,
        )
        threading.Thread(target=self._server.serve_forever, name="line-browser", daemon=True).start()

    def close(self) -> None:
        """Stop to listen."""
        if self._server is not None:
            self._server.shutdown()

    # --- telephones ---

    def reaches(self, address: str) -> bool:
        """Return whether a tab waits under this number."""
        return address in self._waiting

    def dial(self, address: str, caller: str) -> LineCall:
        """Ring the tab. Raises CannotDial."""
        tab = self._waiting.get(address)
        if tab is None:
            raise CannotDial("no tab waits under this number")
        return tab.rings(LineFacts(caller, address))

    def waits(self, tab: _Tab) -> None:
        """Let a tab wait under its number; the latest tab of a number gets the calls."""
        with self._lock:
            self._waiting = {number: other for number, other in self._waiting.items() if other is not tab}
            if tab.number:
                self._waiting[tab.number] = tab
        tab.tell("waiting", number=tab.number)

    def closed(self, tab: _Tab) -> None:
        """Forget a tab."""
        with self._lock:
            self._tabs = [other for other in self._tabs if other is not tab]
            self._waiting = {number: other for number, other in self._waiting.items() if other is not tab}

    def texted(self, number: str, text: str) -> None:
        """Show a text message in the tabs that call from its number, or wait under it."""
        for tab in self._tabs:
            if number in (tab.caller, tab.number):
                tab.tell("message", text=text)

    # --- HTTP ---

    def _serve(self, socket: ServerConnection) -> None:
        tab = _Tab(self, socket)
        with self._lock:
            if len(self._tabs) >= MOST_TABS:
                return
            self._tabs = [*self._tabs, tab]
        tab.serve()

    def _request(self, socket: ServerConnection, request: Request) -> Response | None:
        """Answer a request for a page; None lets the WebSocket begin."""
        headers = request.headers
        if refused := self._why_not(headers):
            return _response(*refused)
        path = request.path.partition("?")[0]
        if path == SOCKET:
            origin = headers.get("Origin", "")
            # Browsers let any page open a WebSocket to any host; the Origin tells which page it was.
            if origin and urlsplit(origin).netloc != headers.get("Host", ""):
                return _response(HTTPStatus.FORBIDDEN, b"", {})
            return None
        if path not in _FILES:
            return _response(HTTPStatus.NOT_FOUND, b"", {})
        name, kind = _FILES[path]
        body = files(__package__).joinpath(name).read_bytes()
        if path == PAGE:
            for mark, value in (("{number}", self._options.number), ("{desk}", self._options.desk)):
                body = body.replace(mark.encode(), value.encode())
        return _response(HTTPStatus.OK, body, {"Content-Type": kind, "Content-Security-Policy": _POLICY})

    def _why_not(self, headers: Mapping[str, str]) -> tuple[HTTPStatus, bytes, dict[str, str]] | None:
        """Refuse other sites that point their name here, and visitors without the password."""
        if self._options.password:
            password = headers.get("Authorization", "").partition("Basic ")[2]
            with suppress(ValueError):
                password = base64.b64decode(password, validate=True).decode("utf-8", "replace").partition(":")[2]
            if not hmac.compare_digest(password.encode(), self._options.password.encode()):
                return HTTPStatus.UNAUTHORIZED, b"", {"WWW-Authenticate": 'Basic realm="telephone", charset="UTF-8"'}
        # A page of another site can point its own name at 127.0.0.1 (DNS rebinding); its Host header gives it away.
        elif not is_loopback(urlsplit(f"//{headers.get('Host', '')}").hostname or ""):
            return HTTPStatus.FORBIDDEN, b"", {}
        return None


def _plain(text: object) -> str:
    """Return a number or name that a tab gives, without control characters."""
    return "".join(each for each in str(text or "") if each.isprintable())[:_LONGEST_NUMBER].strip()


def _response(status: HTTPStatus, body: bytes, headers: Mapping[str, str]) -> Response:
    from websockets.datastructures import Headers
    from websockets.http11 import Response

    fields = {
        "Content-Length": str(len(body)),
        "Cache-Control": "no-store",
        "X-Content-Type-Options": "nosniff",
        "Referrer-Policy": "no-referrer",
        "Connection": "close",
        **headers,
    }
    return Response(status.value, status.phrase, Headers(fields), body)
