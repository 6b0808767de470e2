"""The verbs: instructions of a turn that are independent of the carrier. Channels translate them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal


@dataclass(frozen=True)
class Say:
    """Speak a text. `rate` is a share of the voice's normal speed; `language` is a BCP 47 tag as editors write it."""

    text: str
    language: str = "zh-CN"
    rate: float = 1.0
    barge_in: bool = True


@dataclass(frozen=True)
class Play:
    """Play a recording by address, relative to the public URL."""

    url: str
    barge_in: bool = True


@dataclass(frozen=True)
class Pause:
    """Be silent for `seconds`."""

    seconds: float
    barge_in: bool = True


Prompt = Say | Play | Pause


@dataclass(frozen=True)
class Keys:
    """The keys that a gather takes. `most` keys end it at once; `finish` is a key that ends it, or "" for none."""

    most: int = 1
    finish: str = ""


InputMode = Literal["carrier", "recording", "keys"]
"""The recogniser of a call: the carrier's, our own on a recording, or none (keys only)."""


@dataclass(frozen=True)
class Hearing:
    """The speech input of a gather: the expected words, the language and the recogniser."""

    language: str
    hints: tuple[str, ...] = ()
    by: Literal["carrier", "recording"] = "carrier"


@dataclass(frozen=True)
class Gather:
    """Speak `prompts`, then wait for keys or speech.

    `first_timeout` seconds run from the end of the prompts to the first key, `inter_digit_timeout` between keys.
    Prompts whose `barge_in` is false are heard to their end; keys pressed in them are lost.
    `secret` forbids channels to log or record what is typed.
    """

    prompts: tuple[Prompt, ...]
    keys: Keys = field(default_factory=Keys)
    hearing: Hearing | None = None
    first_timeout: float = 5.0
    inter_digit_timeout: float = 3.0
    secret: bool = False


@dataclass(frozen=True)
class Record:
    """Speak `prompts`, then record the caller until a finish key, `silence` seconds of quiet or `most` seconds."""

    prompts: tuple[Prompt, ...]
    most: int = 120
    silence: int = 5
    finish: str = "#"


@dataclass(frozen=True)
class Dial:
    """Speak `prompts`, then connect the caller with `number`; ring at most `timeout` seconds.

    With `leg`, the id of the agent's leg, the agent first hears a whisper and must accept the call. `record` turns on
    the recording of the conversation.
    """

    prompts: tuple[Prompt, ...]
    number: str
    timeout: int = 30
    leg: str = ""
    record: bool = False


@dataclass(frozen=True)
class Enqueue:
    """Speak `prompts`, then pass the caller to a workflow of the carrier's own router, with the attributes of a task.

    After `timeout` seconds the router gives up; 0 leaves that to the workflow.
    """

    prompts: tuple[Prompt, ...]
    workflow: str
    priority: int = 0
    task: Mapping[str, Any] = field(default_factory=dict)
    timeout: float = 0.0


@dataclass(frozen=True)
class Hangup:
    """Speak `prompts`, then end the call."""

    prompts: tuple[Prompt, ...] = ()


Closing = Gather | Record | Dial | Enqueue | Hangup
"""A turn answers with exactly one of these: each waits for the caller or ends the call, so nothing falls silent."""
