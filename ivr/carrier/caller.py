"""The interface between a caller and the player: prompts and acts. Must not know TwiML or HTTP."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Literal, Protocol

DialStatus = Literal["completed", "busy", "no-answer", "failed", "canceled"]
DTMF_KEYS = frozenset("0123456789*#")


class Gone(Exception):
    """Raised by a method of a `Caller` to hang up at once."""


@dataclass(frozen=True)
class HeardText:
    """Words, spoken at `rate`."""

    text: str
    language: str
    seconds: float
    rate: float = 1.0


@dataclass(frozen=True)
class HeardRecording:
    """The sound at an address, or the keys that are played as tones."""

    url: str
    seconds: float


@dataclass(frozen=True)
class HeardPause:
    """Silence within the prompts."""

    seconds: float


@dataclass(frozen=True)
class HeardTone:
    """The tone before a recording."""

    seconds: float = 0.5


HeardPrompt = HeardText | HeardRecording | HeardPause | HeardTone


@dataclass(frozen=True)
class ListeningWindow:
    """The input that a document waits for. A silence of `timeout` seconds ends it; `most` limits keys or seconds.

    With `records` the caller's words are recorded; otherwise keys and words are gathered.
    """

    keys: bool
    speech: bool
    timeout: float
    most: int | None = None
    finish: str = ""
    language: str = ""
    hints: tuple[str, ...] = ()
    records: bool = False


@dataclass(frozen=True)
class Stretch:
    """The prompts about to be played. Without `listening`, keys pressed meanwhile are lost."""

    began: float
    prompts: tuple[HeardPrompt, ...]
    listening: ListeningWindow | None

    @property
    def seconds(self) -> float:
        """The duration of the prompts in seconds."""
        return sum(prompt.seconds for prompt in self.prompts)


@dataclass(frozen=True)
class Press:
    """Press keys, the first after `at` seconds, then one every `gap` seconds. `repeat` sends the request twice."""

    keys: str = field(repr=False)
    at: float = 0.0
    gap: float = 0.3
    repeat: bool = False

    def __post_init__(self) -> None:
        if not self.keys or not set(self.keys) <= DTMF_KEYS:
            raise ValueError("keys are 0-9, * and #, and at least one")


@dataclass(frozen=True)
class Speak:
    """Say something. If `seconds` is None, the duration is estimated from the words."""

    text: str = field(repr=False)
    confidence: float | None = None
    at: float = 0.0
    seconds: float | None = None
    repeat: bool = False


@dataclass(frozen=True)
class Talk:
    """Speak into a recording for `seconds`, then press `key`, or fall silent if there is none.

    `sound` is a WAV file; without it, silence is recorded.
    """

    seconds: float
    key: str = ""
    at: float = 0.0
    repeat: bool = False
    sound: bytes = field(default=b"", repr=False)


@dataclass(frozen=True)
class Silence:
    """Do nothing until the document stops listening."""

    at: float = 0.0
    repeat: bool = False


@dataclass(frozen=True)
class HangUp:
    """Hang up after `at` seconds."""

    at: float = 0.0
    repeat: bool = False


Act = Press | Speak | Talk | Silence | HangUp


@dataclass(frozen=True)
class DeskAnswer:
    """The outcome of a dialled leg. With `caller_leaves` the caller, not the agent, ends the talk.

    After the whisper the agent presses `press` (nothing if it is empty) or hangs up (`hangs_up`); `hears` receives the
    prompts of the leg. If the leg is `lost`, the carrier never reports its end. With `caller_leaves_at` the caller
    hangs up so many seconds after dialling began.
    """

    status: DialStatus = "completed"
    talk: float = 30.0
    ring: float = 6.0
    caller_leaves: bool = False
    repeat: bool = False
    press: str = "1"
    hangs_up: bool = False
    lost: bool = False
    caller_leaves_at: float | None = None
    hears: Callable[[HeardPrompt], None] | None = None


class Caller(Protocol):
    """A person, a script or a load user. Any method may raise `Gone` to hang up.

    For each stretch the player calls `early` once, `hears` for each prompt as it begins, then, if the document listens
    and there was no early act, `answers`. `acted` follows when the act takes place.
    """

    def early(self, stretch: Stretch) -> Act | None:
        """Return the act during `stretch` (`at` counts from its start), or None to listen to the end."""

    def hears(self, heard: HeardPrompt) -> None:
        """Receive a prompt that begins to play."""

    def answers(self, listening: ListeningWindow) -> Act:
        """Return the act while the document listens; `at` counts from now, and past `timeout` is too late."""

    def acted(self, act: Act) -> None:
        """Be notified that the act takes place now, before its request is made."""

    def desk(self, numbers: Sequence[str]) -> DeskAnswer:
        """Return the outcome of a dialled leg."""
