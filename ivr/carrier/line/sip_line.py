"""A SIP line on baresip, the first driver of the line interface. No other module may import `baresip`.

One per process. Baresip runs in threads of its own and reports to an event loop, which runs here in a thread; sound is
read and written from any thread.
"""

from __future__ import annotations

import asyncio
import logging
import socket
import threading
from collections.abc import Callable, Coroutine, Sequence
from contextlib import suppress
from dataclasses import dataclass
from types import TracebackType
from typing import TYPE_CHECKING, Any, Self
from urllib.parse import quote

from ivr.errors import IvrError
from ivr.settings.extras import missing_extra

from .call_events import CallEvents
from .line_call import CallEnd, CannotDial, LineCall, LineFacts
from .number_plan import user_of
from .peer_filter import PeerFilter
from .sip_messages import SipMessages

if TYPE_CHECKING:
    import baresip

START_SECONDS = 10.0
RTP_SECONDS = 20
"""A peer that sends no sound for so long is gone; telephones send silence, too."""
HEADERS = ("To", "Diversion", "History-Info", "P-Asserted-Identity")
READ_BYTES = 32768
_READS, _READ_SECONDS = 50, 0.01
CODECS = ("pcma", "pcmu")
"""PCMA first: it is the codec of mainland China's network. Others are refused with 488."""


class NoSipLine(IvrError):
    """The SIP line cannot be started; the text says why."""


@dataclass(frozen=True)
class SipOptions:
    """Where the line listens, who may call (IP addresses or networks; empty means loopback), and its way out.

    `peer` is the host, or host and port, that numbers are dialled through.
    """

    host: str = "127.0.0.1"
    port: int = 5060
    allowed: Sequence[str] = ()
    peer: str = ""
    most_calls: int = 240
    rtp_ports: tuple[int, int] = (16384, 32767)
    user: str = "ivr"


class SipCall(CallEvents):
    """One call of the line, in either direction."""

    def __init__(self, line: SipLine, call: baresip.Call, facts: LineFacts) -> None:
        super().__init__()
        self._line, self._call, self.facts = line, call, facts
        self._asked = False
        call.on(self._event)
        call.on_dtmf(self._digit)

    def answer(self) -> None:
        """Answer the call."""
        self._line.later(self._call.answer)

    def hang_up(self, *, busy: bool = False) -> None:
        """End or refuse the call."""
        # Noted first: the end of a call that we ended ourselves is no refusal, with any reason that baresip gives.
        self._asked = True
        if self._end is None:
            self._line.later(self._call.reject if busy else self._call.hangup)

    def write(self, pcm: bytes) -> int:
        """Send sound; a call without sound, as on hold or at its end, takes everything."""
        try:
            return int(self._call.audio.write(pcm))
        except self._line.audio_errors:
            return len(pcm)

    def flush(self) -> None:
        """Drop the sound that is not yet sent."""
        with suppress(*self._line.audio_errors):
            self._call.audio.flush_tx()

    def read(self) -> bytes:
        """Return the sound received since the last call."""
        try:
            return bytes(self._call.audio.read(READ_BYTES))
        except self._line.audio_errors:
            return b""

    def show(self, text: str) -> None:
        """Show nothing: softphones take no text."""

    # --- in the event loop ---

    def _digit(self, digit: baresip.DigitEvent) -> None:
        self.report_key(digit.digit)

    def _event(self, event: baresip.StackEvent) -> None:
        name = event.event.name
        if name == "CALL_ESTABLISHED":
            self._line.guard.learn(self._call.call_id or "")
            self.report_answer()
        elif name == "CALL_CLOSED":
            self.report_end("completed" if self._is_answered else _end_of(event.text or "", self._asked))

    def _free(self, how: CallEnd) -> None:
        self._line.guard.forget(self._call.call_id or "")


class SipLine:
    """Listens from `start` to `close`; `arrived` receives every incoming call, in the event loop."""

    def __init__(self, options: SipOptions, arrived: Callable[[LineCall], None]) -> None:
        self._options, self._arrived = options, arrived
        self.guard = PeerFilter(options.host, options.port, options.allowed)
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, name="line-sip", daemon=True)
        self._runtime: baresip.Runtime | None = None
        self._agent: baresip.UserAgent | None = None
        self.audio_errors: tuple[type[Exception], ...] = ()

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, fault: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def start(self) -> None:
        """Listen. Raises NoSipLine if the extra is missing or the address is taken."""
        if missing := missing_extra("sip"):
            self._loop.close()
            raise NoSipLine(missing)
        from baresip.errors import AudioNotActive, AudioRestarted, BaresipError

        self.audio_errors = (AudioNotActive, AudioRestarted)
        self._thread.start()
        try:
            _claim(self._options.host, self._options.port)
            self.run(self._start(), START_SECONDS)
        except (IvrError, BaresipError, TimeoutError, OSError) as fault:
            self.close()
            raise fault if isinstance(fault, IvrError) else NoSipLine(f"the SIP line did not start: {fault}") from None

    def close(self) -> None:
        """Stop listening; calls under way end."""
        runtime, self._runtime = self._runtime, None
        if runtime is not None:
            with suppress(Exception):
                self.run(runtime.close(), START_SECONDS)
        # After the runtime, whose closing needs the loop.
        if self._thread.is_alive():
            self._loop.call_soon_threadsafe(self._loop.stop)
            self._thread.join()
        self._loop.close()

    def run(self, work: Coroutine[Any, Any, Any], seconds: float) -> Any:
        """Run a coroutine in the event loop and return its result."""
        return asyncio.run_coroutine_threadsafe(work, self._loop).result(seconds)

    def later(self, work: Callable[[], Coroutine[Any, Any, None]]) -> None:
        """Start work on a call; a call that has ended meanwhile is no error."""

        async def quietly() -> None:
            with suppress(Exception):
                await work()

        asyncio.run_coroutine_threadsafe(quietly(), self._loop)

    # --- dialling ---

    def reaches(self, address: str) -> bool:
        """Return whether `address` is a SIP address, or a number that goes through the peer."""
        return address.startswith(("sip:", "sips:")) or bool(self._options.peer)

    def dial(self, address: str, caller: str) -> LineCall:
        """Ring a telephone. Raises CannotDial."""
        from baresip.errors import BaresipError

        uri = address if address.startswith(("sip:", "sips:")) else f"sip:{address}@{self._options.peer}"
        agent = self._agent
        if agent is None or any(letter.isspace() or letter in '<>"' for letter in uri):
            raise CannotDial("the line is closed" if agent is None else "this is no SIP address")
        # Escaped, because the caller's own spelling may hold blanks, brackets or line ends, which would end the header.
        headers = {"P-Asserted-Identity": f"<sip:{quote(caller, safe='+')}@{self._options.host}>"} if caller else None
        try:
            call = self.run(agent.dial(uri, headers), START_SECONDS)
        except (BaresipError, ValueError, TimeoutError) as fault:
            raise CannotDial(f"cannot dial: {fault}") from None
        return SipCall(self, call, LineFacts(caller, address))

    # --- in the event loop ---

    async def _start(self) -> None:
        import baresip

        logging.getLogger("baresip").setLevel(logging.CRITICAL)  # a scanner must not fill the log
        SipMessages(self.guard).attach(logging.getLogger("baresip.native.sip"))
        options = self._options
        low, high = options.rtp_ports
        self._runtime = runtime = baresip.Runtime(native_log_level="error")
        await runtime.start(
            baresip.Config(
                net_interface=options.host,
                # Baresip's default is two.
                max_concurrent_calls=options.most_calls,
                rtp_timeout=RTP_SECONDS,
                expose_headers=HEADERS,
                native_log_level="error",
                sip_trace=True,
                extra_config_text=(
                    f"sip_listen {options.host}:{options.port}\nsip_transports udp\nrtp_ports {low}-{high}\n"
                ),
            )
        )
        account = baresip.Account(
            user=options.user,
            domain=f"{options.host}:{options.port}",
            password="",
            # No registration: an exchange sends calls to the address of the line.
            reg_interval=0,
            audio_codecs=CODECS,
            # Else calls to any other user than `user` get 404, though the called number is what chooses the flow.
            extra_params=("catchall=yes",),
        )
        self._agent = await baresip.UserAgent.create(runtime, account, transfer_policy="reject")
        self._agent.on_incoming(self._incoming)
        self.guard.close_door()

    def _incoming(self, call: baresip.Call) -> None:
        headers = dict(call.headers)
        # The exchange vouches for this header; From is what the telephone says of itself.
        caller = headers.get("P-Asserted-Identity") or call.peer or ""
        diverted = headers.get("Diversion", "")
        facts = LineFacts(user_of(caller), user_of(headers.get("To", "")), diverted, headers)
        self._judge(SipCall(self, call, facts), call, _READS)

    def _judge(self, arrived: SipCall, call: baresip.Call, reads: int) -> None:
        """Hand a call on, or refuse a malformed one; its request may be read a moment after the call is reported."""
        verdict = self.guard.verdict(call.call_id or "")
        if verdict is None and reads:
            self._loop.call_later(_READ_SECONDS, self._judge, arrived, call, reads - 1)
        elif verdict is False:
            arrived.hang_up(busy=True)
        else:
            self._arrived(arrived)


def _end_of(text: str, asked: bool) -> CallEnd:
    """Return how an unanswered call ended, from baresip's reason, such as "486 Busy Here"."""
    if asked:
        return "canceled"
    code = text[:3]
    if code in ("486", "600", "603"):
        return "busy"
    # Request timeout, temporarily unavailable, terminated by our own CANCEL.
    if code in ("408", "480", "487"):
        return "no-answer"
    return "failed" if code.isdecimal() else "canceled"


def _claim(host: str, port: int) -> None:
    """Raise NoSipLine if the address cannot be listened at: baresip starts without it."""
    try:
        with socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET, socket.SOCK_DGRAM) as probe:
            probe.bind((host, port))
    except OSError as fault:
        raise NoSipLine(f"cannot listen on {host}:{port} (UDP): {fault.strerror}") from None
