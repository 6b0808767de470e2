"""The TwiML verbs as data, and the faults of an answer. `twiml_parser.py` reads them."""

from __future__ import annotations

from dataclasses import dataclass

from ivr.errors import IvrError

OWN_RULE = 0
"""The number for faults that Twilio accepts but that harm callers, such as dead air."""


class TwimlFault(IvrError):
    """An answer violates Twilio's rules. `number` is Twilio's error number; a warning (not fatal) stops nothing."""

    def __init__(self, number: int, message: str, *, url: str = "", fatal: bool = True) -> None:
        self.number = number
        self.message = message
        self.url = url
        self.fatal = fatal
        super().__init__(f"{number}: {message}" if number else message)


@dataclass(frozen=True)
class SayPiece:
    """Words at one speaking rate (1.0 is normal), followed by `pause` seconds of silence."""

    text: str
    rate: float = 1.0
    pause: float = 0.0


@dataclass(frozen=True)
class Say:
    """Speak a text."""

    pieces: tuple[SayPiece, ...]
    language: str
    voice: str
    loop: int = 1

    @property
    def text(self) -> str:
        """The words without SSML."""
        return " ".join("".join(piece.text for piece in self.pieces).split())


@dataclass(frozen=True)
class Play:
    """Play a recording, or dial tones."""

    url: str
    loop: int = 1
    digits: str = ""


@dataclass(frozen=True)
class Pause:
    """Be silent."""

    length: float = 1.0


TwimlPrompt = Say | Play | Pause


@dataclass(frozen=True)
class Gather:
    """Listen for keys or speech during and after the prompts. Without `action`, the document is requested again."""

    prompts: tuple[TwimlPrompt, ...] = ()
    action: str | None = None
    method: str = "POST"
    keys: bool = True
    speech: bool = False
    timeout: float = 5.0
    speech_timeout: float | None = None
    num_digits: int | None = None
    finish_on_key: str = "#"
    action_on_empty: bool = False
    barge_in: bool = True
    language: str = "en-US"
    hints: tuple[str, ...] = ()


@dataclass(frozen=True)
class Record:
    """Record the caller."""

    action: str | None = None
    method: str = "POST"
    timeout: float = 5.0
    finish_on_key: str = "1234567890*#"
    max_length: int = 3600
    play_beep: bool = True
    status_callback: str | None = None
    trim: bool = True
    """Whether silence at both ends of the recording is cut off."""


@dataclass(frozen=True)
class Party:
    """A party to dial. `url` is the document played to them before they are connected."""

    number: str
    url: str | None = None
    method: str = "POST"
    status_callback: str | None = None


@dataclass(frozen=True)
class Dial:
    """Connect the caller with a party."""

    parties: tuple[Party, ...]
    action: str | None = None
    method: str = "POST"
    timeout: int = 30
    caller_id: str = ""
    record: bool = False
    recorded: str | None = None

    @property
    def numbers(self) -> tuple[str, ...]:
        """The numbers or addresses of all parties."""
        return tuple(party.number for party in self.parties)


@dataclass(frozen=True)
class Enqueue:
    """Put the caller into the carrier's queue, or pass them to its router with a JSON `task`."""

    name: str
    action: str | None = None
    method: str = "POST"
    wait_url: str | None = None
    wait_method: str = "POST"
    task: str | None = None


@dataclass(frozen=True)
class Redirect:
    """Continue with another document. An empty `url` is this document again."""

    url: str
    method: str = "POST"


@dataclass(frozen=True)
class Hangup:
    """End the call."""


@dataclass(frozen=True)
class Reject:
    """Refuse the call."""

    reason: str = "rejected"


@dataclass(frozen=True)
class Leave:
    """Leave the queue."""


Verb = Say | Play | Pause | Gather | Record | Dial | Enqueue | Redirect | Hangup | Reject | Leave


@dataclass(frozen=True)
class TwimlDocument:
    """A parsed answer. `warnings` are faults in spite of which Twilio continues."""

    verbs: tuple[Verb, ...]
    warnings: tuple[TwimlFault, ...] = ()
