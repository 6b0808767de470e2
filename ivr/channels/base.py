"""The interface of a channel, one telephone system. Each channel is a folder here; its `channel.py` holds its class."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import ClassVar, Generic, Protocol, Self, TypeVar

from flask import Blueprint

from ivr.engine.ports import Calls, Incoming, Renderer
from ivr.engine.verbs import Closing, Prompt
from ivr.services.queue.legs import KeyPressed, Whisper
from ivr.services.queue.service import CarrierRouter
from ivr.services.sms.backend import Backend
from ivr.settings import Settings
from ivr.speech.speech_input import Fetching
from ivr.telemetry.metrics import Metrics

Fingerprint = Callable[[bytes], str]
"""A keyed digest: equal for equal bytes, and nothing can be learnt from it."""
RequestT = TypeVar("RequestT")


@dataclass(frozen=True)
class CarrierSetup:
    """What an operator sets at a carrier: at what, such as a telephone number, and the address of each event there."""

    place: str
    addresses: Sequence[tuple[str, str]]


class Turns(Protocol):
    """Takes the turns of calls."""

    def answer(self, channel: Renderer, incoming: Incoming) -> bytes:
        """Run one turn and return the document; what callers do is never an exception."""

    def hang_up(self, incoming: Incoming) -> None:
        """Note that the caller has hung up."""


class AgentLegs(Protocol):
    """The agents' side of the queue."""

    def answered(self, leg: str, now: float) -> Whisper | None:
        """Note that an agent has picked up; return what the agent hears, or None when the caller no longer waits."""

    def key(self, leg: str, key: str, now: float) -> KeyPressed:
        """Take the key that the agent pressed, or an empty text for none."""

    def picked_up(self, leg: str, now: float) -> None:
        """Note that a caller who is called back has answered."""

    def reached(self, leg: str, status: str, now: float) -> None:
        """Note how dialling a caller who is called back ended."""

    def ended(self, leg: str, status: str, now: float) -> None:
        """Note that an agent's leg is over."""


class Host(Protocol):
    """What a channel's webhooks may ask of the application."""

    @property
    def settings(self) -> Settings:
        """The deployment's settings."""

    @property
    def session(self) -> Turns:
        """Takes the turns of calls."""

    @property
    def legs(self) -> AgentLegs:
        """The agents' side of the queue."""

    @property
    def desk_number(self) -> str | None:
        """The number that the apology dials."""

    @property
    def clock(self) -> Callable[[], float]:
        """Tells the Unix time."""

    def reason_in_words(self, reason: str, language: str) -> str:
        """Return a call's reason in words; an empty text for a reason that no choice has."""

    def recorded(self, leg: str, recording: str, seconds: float) -> None:
        """Note that the recording of a conversation is ready at the carrier."""

    def voiced(self, prompts: Sequence[Prompt], *, carrier_speaks: bool) -> tuple[Prompt, ...]:
        """Return prompts as they are heard: by a recording, the carrier's voice, or one of ours."""


class Channel(ABC, Generic[RequestT]):
    """One telephone system. `RequestT` is a request as this carrier sends it.

    `kind` is the name of the folder. Ids of calls must differ from those of other channels.
    """

    kind: ClassVar[str]
    speaks: ClassVar[bool]

    @classmethod
    @abstractmethod
    def from_settings(cls, settings: Settings, fingerprint: Fingerprint) -> Self | None:
        """Return the channel that the settings configure, or None where they configure none. Raises SettingsError."""

    @abstractmethod
    def routes(self, host: Host, metrics: Metrics) -> Sequence[Blueprint]:
        """Return the webhooks; every path begins with the channel's kind."""

    @abstractmethod
    def carrier_setup(self, public_url: str) -> CarrierSetup:
        """Return what an operator sets at the carrier, which reaches this server at `public_url`."""

    @abstractmethod
    def verify(self, request: RequestT) -> None:
        """Verify that the carrier sent this request, before any of it is read. Raises BadSignature."""

    @abstractmethod
    def read(self, request: RequestT, *, turn: int | None = None, flow: str | None = None) -> Incoming:
        """Read a verified request. Raises BadRequest when it names no call."""

    @abstractmethod
    def render(self, closing: Closing, *, turn: int) -> bytes:
        """Write the document. `turn` is the number that the request answering this document must carry."""

    @abstractmethod
    def sorry(self, language: str, number: str | None, *, attempt: int = 1) -> bytes:
        """Write the apology that is played when no turn can be taken, then dial `number`. Never raises.

        Needs no call, no store and no flow. `attempt` counts how often the dialling has failed already.
        """

    def signed_urls(self) -> Sequence[str]:
        """Return the URLs that the signature of an incoming call may cover; none where no URL is signed."""
        return ()

    def carrier_calls(self) -> Calls | None:
        """Return the client that moves and places calls at the carrier, or None: callers then wait for their turn."""
        return None

    def carrier_router(self) -> CarrierRouter | None:
        """Return what hands callers to the carrier's own router, or None: our queue finds the person."""
        return None

    def carrier_recordings(self) -> Fetching | None:
        """Return the client of the carrier's recordings, or None: nothing is recorded."""
        return None

    def carrier_messages(self) -> Backend | None:
        """Return the back end that sends text messages, or None. Raises SettingsError."""
        return None
