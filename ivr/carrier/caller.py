"""The person on the line, as the player sees them: what they hear, and what they do about it. No TwiML, no HTTP."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Literal, Protocol

DialStatus = Literal["completed", "busy", "no-answer", "failed", "canceled"]
DTMF_KEYS = frozenset("0123456789*#")


class Gone(Exception):
    """Raise it from any method of a `Caller` to hang up at once."""


@dataclass(frozen=True)
class HeardPrompt:
    """One thing that is played. `text` is what was said, at `rate`, or the address of what was played."""

    kind: Literal["say", "play", "pause", "beep"]
    text: str
    language: str
    seconds: float
    rate: float = 1.0


@dataclass(frozen=True)
class ListeningWindow:
    """What the document waits for. `timeout` is the silence in seconds that ends it; `most` bounds keys or seconds."""

    kind: Literal["gather", "record"]
    keys: bool
    speech: bool
    timeout: float
    most: int | None = None
    finish: str = ""
    language: str = ""
    hints: tuple[str, ...] = ()


@dataclass(frozen=True)
class Stretch:
    """What is about to be played. Without `listening`, keys pressed in it are lost."""

    began: float
    prompts: tuple[HeardPrompt, ...]
    listening: ListeningWindow | None

    @property
    def seconds(self) -> float:
        """How long the prompts take."""
        return sum(prompt.seconds for prompt in self.prompts)


@dataclass(frozen=True)
class Press:
    """Press keys, the first one `at` seconds on, then one every `gap` seconds. `repeat` sends the request twice."""

    keys: str = field(repr=False)
    at: float = 0.0
    gap: float = 0.3
    repeat: bool = False

    def __post_init__(self) -> None:
        if not self.keys or not set(self.keys) <= DTMF_KEYS:
            raise ValueError("keys are 0-9, * and #, and at least one")


@dataclass(frozen=True)
class Speak:
    """Say something. `seconds` None: as long as the words take."""

    text: str = field(repr=False)
    confidence: float | None = None
    at: float = 0.0
    seconds: float | None = None
    repeat: bool = False


@dataclass(frozen=True)
class Talk:
    """Talk to a recording for so many seconds, then press `key`, or fall silent when there is none.

    `sound` is what is said as a WAV file; without it silence is recorded.
    """

    seconds: float
    key: str = ""
    at: float = 0.0
    repeat: bool = False
    sound: bytes = field(default=b"", repr=False)


@dataclass(frozen=True)
class Silence:
    """Do nothing until the document gives up listening."""

    at: float = 0.0
    repeat: bool = False


@dataclass(frozen=True)
class HangUp:
    """Hang up, `at` seconds on."""

    at: float = 0.0
    repeat: bool = False


Act = Press | Speak | Talk | Silence | HangUp


@dataclass(frozen=True)
class DeskAnswer:
    """What happens to a dialled leg. `caller_leaves`: the caller, not the desk, ends the talk.

    The rest matters where whoever answers is asked to take the call. They press `press` then, and nothing when it is
    empty, or hang up (`hangs_up`); `hears` learns what they hear. Of a telephone that is `lost` the carrier never tells
    the end. `caller_leaves_at` has the caller hang up so many seconds after the dialling began, whatever goes on then.
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

    The player calls, for each stretch: `early` once, `hears` for each prompt as it begins, then, when the document
    listens and nothing was done early, `answers`. `acted` follows when the act takes place.
    """

    def early(self, stretch: Stretch) -> Act | None:
        """Say what you do while `stretch` is played (`at` counts from its start), or None to listen to the end."""

    def hears(self, heard: HeardPrompt) -> None:
        """Take in a prompt that begins to play."""

    def answers(self, listening: ListeningWindow) -> Act:
        """Say what you do now that the document listens; `at` counts from now, past `timeout` is too late."""

    def acted(self, act: Act) -> None:
        """Learn that your act takes place now, before its request is made."""

    def desk(self, numbers: Sequence[str]) -> DeskAnswer:
        """Say what becomes of a dialled leg."""
