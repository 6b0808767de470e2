"""The TwiML verbs as data, and the faults that an answer can have. Reading them is `parse.py`'s work."""

from __future__ import annotations

from dataclasses import dataclass

from ivr.errors import IvrError

OWN_RULE = 0
"""The number of faults that Twilio lets pass and a caller does not, such as dead air."""


class TwimlFault(IvrError):
    """An answer breaks Twilio's contract. `number` is Twilio's error number; a warning (not fatal) is played on."""

    def __init__(self, number: int, message: str, *, url: str = "", fatal: bool = True) -> None:
        self.number = number
        self.message = message
        self.url = url
        self.fatal = fatal
        super().__init__(f"{number}: {message}" if number else message)


@dataclass(frozen=True)
class SayPiece:
    """A run of words at one speaking rate (1.0 is normal), followed by `pause` seconds of quiet."""

    text: str
    rate: float = 1.0
    pause: float = 0.0


@dataclass(frozen=True)
class Say:
    """Speak."""

    pieces: tuple[SayPiece, ...]
    language: str
    voice: str
    loop: int = 1

    @property
    def text(self) -> str:
        """All words, without marks for the voice."""
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
    """Listen for keys or speech while and after the prompts play. `action` None: the document itself is asked again."""

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


@dataclass(frozen=True)
class Party:
    """Somebody to dial. `url` answers what they hear before the two are connected; `status_callback` learns the end."""

    number: str
    url: str | None = None
    method: str = "POST"
    status_callback: str | None = None


@dataclass(frozen=True)
class Dial:
    """Connect the caller with somebody."""

    parties: tuple[Party, ...]
    action: str | None = None
    method: str = "POST"
    timeout: int = 30
    caller_id: str = ""
    record: bool = False
    recorded: str | None = None

    @property
    def numbers(self) -> tuple[str, ...]:
        """Everybody's number or address."""
        return tuple(party.number for party in self.parties)


@dataclass(frozen=True)
class Enqueue:
    """Put the caller into a queue that the carrier keeps, or hand them to its router with a `task` of JSON."""

    name: str
    action: str | None = None
    method: str = "POST"
    wait_url: str | None = None
    wait_method: str = "POST"
    task: str | None = None


@dataclass(frozen=True)
class Redirect:
    """Go on with another document. An empty `url` is this document again."""

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
    """One answer, understood. `warnings` are faults that Twilio would play on with."""

    verbs: tuple[Verb, ...]
    warnings: tuple[TwimlFault, ...] = ()
