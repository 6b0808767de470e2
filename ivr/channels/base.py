"""The interface of a channel, one telephone system. Each channel is a folder here; its `channel.py` holds its class."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar, Generic, Protocol, Self, TypeVar

from flask import Blueprint

from ivr.engine.ports import Calls, Incoming, Renderer
from ivr.engine.verbs import Closing, Prompt
from ivr.flow.phrasebook import Phrasebooks
from ivr.services.queue.legs import KeyPressed, Whisper
from ivr.services.queue.service import CarrierRouter
from ivr.services.sms.backend import Backend
from ivr.settings import Settings
from ivr.speech.speech_input import Fetching
from ivr.telemetry.metrics import Metrics

if TYPE_CHECKING:
    from _typeshed.wsgi import WSGIEnvironment

Fingerprint = Callable[[bytes], str]
"""A keyed digest: equal bytes give equal texts, and the text does not reveal the bytes."""
RequestT = TypeVar("RequestT")
DirectAnswer = Callable[["WSGIEnvironment", bytes], bytes | None]
"""Answers a request with this body by a turn's document; None leaves the request to the blueprint."""


@dataclass(frozen=True)
class CarrierSetup:
    """The settings at a carrier: the object, such as a telephone number, and the URL for each of its events."""

    place: str
    addresses: Sequence[tuple[str, str]]


class DirectTurns(Protocol):
    """The turns of a channel that can be answered without the web framework, as its blueprint answers them."""

    @property
    def blueprint(self) -> str:
        """The name of the blueprint."""

    @property
    def content_type(self) -> str:
        """The type of every document."""

    @property
    def samples(self) -> Sequence[str]:
        """One path of each of its routes."""

    @property
    def root(self) -> str:
        """The beginning of the paths of all webhooks of the channel."""

    @property
    def signature(self) -> str:
        """The variable of the header that every webhook request carries; an empty text if none is checked."""

    @property
    def last_resorts(self) -> Sequence[str]:
        """The paths that the carrier requests when a turn could not be played."""

    def find(self, path: str) -> DirectAnswer | None:
        """Return what answers a POST to this path, or None for any other path."""

    def hold(self, environ: WSGIEnvironment, body: bytes) -> bytes | None:
        """Return the document for an authentic request to a turn that cannot be taken now; None for any other."""


class Turns(Protocol):
    """Runs the turns of calls."""

    def answer(self, channel: Renderer, incoming: Incoming) -> bytes:
        """Run one turn and return its document; no input of a caller raises."""

    def hang_up(self, incoming: Incoming) -> None:
        """Record that the caller has hung up."""


class AgentLegs(Protocol):
    """Processes the events of agents' legs."""

    def answered(self, leg: str, now: float, *, call: str = "") -> Whisper | None:
        """Record that an agent has answered; return the whisper, or None if the caller no longer waits."""

    def key(self, leg: str, key: str, now: float, *, call: str = "") -> KeyPressed:
        """Process the key that the agent pressed; an empty text means none."""

    def picked_up(self, leg: str, now: float) -> None:
        """Record that a customer who is called back has answered."""

    def reached(self, leg: str, status: str, now: float) -> None:
        """Record the status with which dialling a customer who is called back ended."""

    def ended(self, leg: str, status: str, now: float) -> None:
        """Record that an agent's leg has ended."""


class Host(Protocol):
    """The part of the application that a channel's webhooks use."""

    @property
    def phrases(self) -> Phrasebooks:
        """The engine's own phrases, as the live release has them."""

    @property
    def settings(self) -> Settings:
        """The deployment's settings."""

    @property
    def session(self) -> Turns:
        """Runs the turns of calls."""

    @property
    def legs(self) -> AgentLegs:
        """Processes the events of agents' legs."""

    @property
    def desk_number(self) -> str | None:
        """The number that the apology dials."""

    @property
    def clock(self) -> Callable[[], float]:
        """Returns the Unix time."""

    def reason_in_words(self, reason: str, language: str) -> str:
        """Return the label of a call's reason; an empty text if no choice has that reason."""

    def recorded(self, leg: str, recording: str, seconds: float) -> None:
        """Record that the recording of a conversation is ready at the carrier."""

    def voiced(self, prompts: Sequence[Prompt], *, carrier_speaks: bool) -> tuple[Prompt, ...]:
        """Return the prompts with texts replaced by audio, unless the carrier's voice speaks them."""


class Channel(ABC, Generic[RequestT]):
    """One telephone system. `RequestT` is its type of request. `kind` is the name of its folder.

    Its call ids must differ from those of other channels.
    """

    kind: ClassVar[str]
    speaks: ClassVar[bool]
    settings_of_carrier: ClassVar[tuple[str, ...]] = ()
    """The fields of Settings that this channel alone reads."""

    @classmethod
    @abstractmethod
    def from_settings(cls, settings: Settings, fingerprint: Fingerprint) -> Self | None:
        """Return the configured channel, or None if the settings configure none. Raises SettingsError."""

    @classmethod
    def unsigned(cls, settings: Settings) -> str:  # noqa: ARG003
        """Return a sentence on what must be set so that forged requests are detected; an empty text if it is."""
        return ""

    @abstractmethod
    def routes(self, host: Host, metrics: Metrics) -> Sequence[Blueprint]:
        """Return the webhooks; every path begins with `kind`."""

    def direct_turns(self, host: Host, metrics: Metrics) -> DirectTurns | None:
        """Return the turns that can be answered in front of the web framework, or None."""
        return None

    @abstractmethod
    def carrier_setup(self, public_url: str) -> CarrierSetup:
        """Return the settings to make at the carrier, with addresses below `public_url`."""

    def warnings(self) -> Sequence[str]:
        """Return a sentence for each thing that is not set and that callers will miss."""
        return ()

    @abstractmethod
    def verify(self, request: RequestT) -> None:
        """Verify that the carrier sent this request, before reading it. Raises BadSignature."""

    @abstractmethod
    def read(self, request: RequestT, *, turn: int | None = None, flow: str | None = None) -> Incoming:
        """Read a verified request. Raises BadRequest if it lacks a call id."""

    @abstractmethod
    def render(self, closing: Closing, *, turn: int) -> bytes:
        """Write the document. `turn` is the number that the caller's next request must carry."""

    @abstractmethod
    def sorry(self, language: str, number: str | None, *, attempt: int = 1) -> bytes:
        """Write the apology that is played if a turn fails, then dial `number`. Never raises.

        Must not use a call, store or flow. `attempt` is the number of failed attempts to dial.
        """

    def outside(self, number: str | None) -> bytes | None:
        """Write a document for a fallback outside of this server: it leads to no address of it, and dials `number`.

        Return None if the channel has no such document.
        """
        return None

    def hold(self, request: RequestT) -> bytes | None:
        """Write a document that asks the caller to wait and then requests the turn again. Must not use a call or store.

        Return None if the caller has waited long enough; then the apology is played.
        """
        return None

    def signed_urls(self) -> Sequence[str]:
        """Return the URLs that the signature of an incoming call may cover; empty if URLs are not signed."""
        return ()

    def carrier_calls(self) -> Calls | None:
        """Return the client that moves and places calls; None if waiting calls cannot be moved."""
        return None

    def carrier_router(self) -> CarrierRouter | None:
        """Return the carrier's own router of calls to agents; None to use the engine's queue."""
        return None

    def carrier_recordings(self) -> Fetching | None:
        """Return the client of the carrier's recordings; None if nothing is recorded."""
        return None

    def carrier_messages(self) -> Backend | None:
        """Return the sender of text messages, or None. Raises SettingsError."""
        return None
