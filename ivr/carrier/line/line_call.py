"""The interface between a kind of telephone line, such as SIP, and the switch. Must not know TwiML."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal, Protocol

from ivr.errors import IvrError

CallEnd = Literal["completed", "busy", "no-answer", "failed", "canceled"]
"""How a call ended. "completed" is the end of a call that was answered."""


class CannotDial(IvrError):
    """An address cannot be dialled on this line."""


@dataclass(frozen=True)
class LineFacts:
    """The facts of a call on the line. Numbers are as on the line; `headers` are those handed on, such as Diversion."""

    caller: str
    called: str
    diverted_from: str = ""
    headers: Mapping[str, str] = field(default_factory=dict)


class CallWatcher(Protocol):
    """Receives the events of one call, from any thread. Must not block."""

    def answered(self) -> None:
        """Receive the answer of the called telephone; sound flows."""

    def pressed(self, key: str) -> None:
        """Receive a key that was pressed and released, once."""

    def ended(self, how: CallEnd) -> None:
        """Receive the end of the call, once."""


class LineCall(Protocol):
    """One telephone that is connected or ringing. Sound is 8 kHz, mono, 16 bits, in the machine's byte order.

    No method blocks or raises for a call that has ended: `write` then takes everything, and `read` returns nothing.
    """

    @property
    def facts(self) -> LineFacts:
        """The numbers of the call."""

    def watch(self, watcher: CallWatcher) -> None:
        """Send the events to `watcher`, those of the past included."""

    def answer(self) -> None:
        """Answer an incoming call; `answered` follows."""

    def hang_up(self, *, busy: bool = False) -> None:
        """End the call, or refuse it if it rings; `ended` follows."""

    def write(self, pcm: bytes) -> int:
        """Send sound; return the number of bytes taken, which may be less than all."""

    def flush(self) -> None:
        """Drop the sound that was written and is not yet sent, all but about 20 ms."""

    def read(self) -> bytes:
        """Return the sound received since the last call; after half a second without a call, some may be lost."""

    def show(self, text: str) -> None:
        """Show the words of the prompt that begins, on a telephone with a screen."""


class Line(Protocol):
    """A kind of line on which telephones can be dialled."""

    def reaches(self, address: str) -> bool:
        """Return whether this line can dial an address."""

    def dial(self, address: str, caller: str) -> LineCall:
        """Ring a telephone and return at once. Raises CannotDial."""
