"""Wires the parts and answers requests: the same request again gets the same reply, every other one takes a turn."""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from pathlib import Path
from typing import Any

from .backends.http import HttpLookup
from .channels.twilio.calls import TwilioCalls
from .channels.twilio.channel import TwilioChannel
from .channels.twilio.messages import TwilioMessages
from .channels.twilio.recordings import TwilioRecordings
from .crypto import Seal
from .diagnostics.problem import Place
from .engine.call import Call
from .engine.engine import Engine, Reply
from .engine.inputs import LOST, CallStarted, HungUp, Input, RecognizerFailed, Recorded, Resumed
from .engine.ports import Calls, Channel, Event, Incoming, JournalRow, Lookup, Saved
from .engine.turn import Services
from .engine.verbs import Hangup, Prompt
from .errors import FlowStuck, IvrError, StoreError
from .flow.loader import load, reload
from .flow.model import Release
from .jobs.outbox import UNSENT
from .reporting.call_detail import EVENTS as EVENTS
from .reporting.call_detail import rows_of
from .services.identity.risk import Risks
from .services.queue.legs import Legs
from .services.queue.repository import QueueRepository
from .services.queue.service import Queue
from .services.registry import own_services
from .services.router import Router
from .services.sms.local_outbox import messages
from .session.call_codec import freeze, thaw
from .session.step_registry import catalogue as catalogue
from .settings import Settings, store_file
from .speech.display_format import display_format
from .speech.itn import inverse_normalize
from .speech.phrases import understand
from .speech.prompts import KnownPrompt, Prompts, known_prompts, open_prompts
from .speech.speech_input import SpeechInput, open_speech_input
from .speech.tts import local_voices
from .speech.verbalize import Reader
from .stores import Store, open_store

TURN_LIMIT = 400
"""Turns that one call may take; no caller needs as many, and a machine that calls must not stay for ever."""

RECORDINGS = "recordings"
"""The collection of recorded conversations, by the carrier's name for each."""

LOST_SECONDS = 6 * 3600.0
"""Without a sign for so long a call is over: carriers end calls after four hours (Twilio), and turns take seconds."""
LOST_AT_ONCE = 200

TakenOutcome = tuple[str, str, str]
"""A flow, a step and an outcome."""


@dataclass
class Ivr:
    """The running engine: what the web, the simulator and the load test answer calls with. Thread-safe."""

    settings: Settings
    store: Store
    seal: Seal
    services: Services
    back_ends: Router
    queue: Queue
    calls: Calls | None
    channel: TwilioChannel
    prompts: Prompts
    engine: Engine
    speech_input: SpeechInput
    clock: Callable[[], float]
    _older: dict[str, Engine] = field(default_factory=dict)
    _older_lock: threading.Lock = field(default_factory=threading.Lock)

    @property
    def release(self) -> Release:
        """The flows that new calls get."""
        return self.engine.release

    @property
    def desk_number(self) -> str | None:
        """The number of the desk that callers reach when all else fails."""
        return self.release.line.desks[self.release.line.desk].number

    @property
    def legs(self) -> Legs:
        """The agents' side of the queue."""
        return self.queue.legs

    @property
    def risks(self) -> Risks:
        """The callers and customers that the bank warns of."""
        return Risks(self.store, self.seal)

    def reason_in_words(self, reason: str, language: str) -> str:
        """Return what a call is about as callers choose it, in the fewest words; nothing if no choice has it."""
        if not reason:
            return ""
        steps = [step for flow in self.release.flows.values() for step in flow.steps.values()]
        choices = [choice for step in steps for choice in step.own_choices()]
        labels = (choice.label for choice in choices if choice.reason == reason and choice.label)
        fixed = (label.by_language[label.language_for(language)].fixed for label in labels)
        return min(filter(None, fixed), key=len, default="")

    # answering

    def answer(self, channel: Channel, incoming: Incoming) -> bytes:
        """Take one turn, or give the stored reply if this request was answered before.

        Raises IvrError when store or flows fail; the web layer then apologises and dials a person.
        """
        with self.store.lease(incoming.call_id):
            saved = self.store.load(incoming.call_id)
            if saved is not None and saved.key == incoming.key:
                return saved.reply
            if saved is not None and saved.ended:
                return channel.render(Hangup(), turn=saved.turn)
            reply = self._turn(saved, incoming)
            heard = self.prompts.ready(reply.closing, carrier_speaks=channel.speaks)
            document = channel.render(heard, turn=reply.call.turn)
            self._keep(saved, reply, incoming.key, document)
            return document

    def voiced(self, prompts: Sequence[Prompt]) -> tuple[Prompt, ...]:
        """Return what is said outside of turns, to agents and to customers who are called back, as they hear it."""
        return self.prompts.voiced(tuple(prompts), carrier_speaks=self.channel.speaks)

    def sound(self, name: str) -> bytes | None:
        """Return a sound that was rendered for one caller, by its name in the address; None for an unknown name."""
        return self.prompts.heard(name)

    def close(self) -> None:
        """End voices and release the store."""
        self.prompts.close()
        self.store.close()

    def hang_up(self, incoming: Incoming) -> None:
        """Take note that the caller has gone; a call that has ended already, or was never here, stays as it is."""
        with self.store.lease(incoming.call_id):
            saved = self.store.load(incoming.call_id)
            if saved is not None and not saved.ended:
                self._keep(saved, self._turn(saved, incoming), incoming.key, saved.reply)

    def recorded(self, leg: str, recording: str, seconds: float) -> None:
        """Remember that the recording of a conversation lies at the carrier: by whose leg, and how long it is."""
        kept = {"leg": leg, "seconds": seconds, "at": int(self.clock())}
        self.store.change(RECORDINGS, recording, lambda known: known or kept)

    def _turn(self, saved: Saved | None, incoming: Incoming) -> Reply:
        now = self.clock()
        if saved is None:
            started = incoming.input
            if not isinstance(started, CallStarted):  # the store lost the call: it begins again, rather than break
                started = CallStarted(incoming.caller, incoming.called)
            return self.engine.begin(incoming.call_id, started, now)
        call = thaw(saved.call, self.seal)
        if call.turn >= TURN_LIMIT:
            raise FlowStuck(f"the call has taken {TURN_LIMIT} turns")
        engine = self._engine_of(call)
        return engine.turn(call, self._given(engine, call, incoming, now), now)

    def _given(self, engine: Engine, call: Call, incoming: Incoming, now: float) -> Input:
        """Return what the caller did, as the turn that the call is at takes it."""
        given = incoming.input
        if isinstance(given, RecognizerFailed):
            if call.input_mode == "keys":
                raise FlowStuck("the carrier cannot even take keys")
            return RecognizerFailed(self.speech_input.after(call.input_mode, call.language))
        if incoming.turn != call.turn and not isinstance(given, HungUp):
            return Resumed()
        hearing = engine.hears(call, now) if isinstance(given, Recorded) else None
        return self.speech_input.hear(given, hearing) if isinstance(given, Recorded) and hearing else given

    def _keep(self, saved: Saved | None, reply: Reply, key: str, document: bytes) -> None:
        call, now = reply.call, self.clock()
        rows = [_row(call, event, now) for event in reply.events]
        entry = Saved(call.id, call.turn, key, freeze(call, self.seal), document, ended=bool(call.ended))
        self._save(entry, rows, saved)

    def _save(self, entry: Saved, rows: list[JournalRow], saved: Saved | None) -> None:
        if entry.ended and self.settings.events_url:
            # Listed first: a call that ended unlisted would never be told of.
            self.store.change(EVENTS, entry.call_id, lambda before: before or {**UNSENT})
        if not self.store.save(entry, rows, expected=saved.turn if saved else None):
            raise StoreError("another worker took this turn without the lease")

    def end_lost(self, now: float) -> int:
        """End calls that nothing was heard of for so long that the carrier must have forgotten to say so; count them.

        The oldest are looked at first, some at a time.
        """
        ended = 0
        for call_id in self.store.calls(live=True, limit=LOST_AT_ONCE, oldest=True):
            last = max((row.at for row in rows_of(self.store, call_id)), default=now)
            if now - last < LOST_SECONDS:
                continue
            with self.store.lease(call_id):
                saved = self.store.load(call_id)
                if saved is not None and not saved.ended:
                    self._end_lost(saved, now)
                    ended += 1
        return ended

    def _end_lost(self, saved: Saved, now: float) -> None:
        try:
            call = thaw(saved.call, self.seal)
            self._keep(saved, self._engine_of(call).turn(call, HungUp(LOST), now), saved.key, saved.reply)
        except (IvrError, LookupError):  # written by another version or key: it can be ended all the same
            row = JournalRow(saved.call_id, saved.turn, now, "ended", json.dumps({"reason": LOST}))
            self._save(replace(saved, turn=saved.turn + 1, ended=True), [row], saved)

    def _engine_of(self, call: Call) -> Engine:
        """Return the engine of the release that the call began with."""
        if call.release == self.release.version:
            return self.engine
        with self._older_lock:
            if call.release not in self._older:
                files = self.store.release(call.release)
                if files is None:
                    raise FlowStuck("the flows that this call began with are gone")
                self._older[call.release] = Engine(reload(files, catalogue()), self.services)
            return self._older[call.release]

    # telling

    def live(self) -> int:
        """Count the calls that have not ended."""
        return self.store.live()

    def ready(self) -> list[tuple[str, bool, str]]:
        """Name every part that a call needs, whether it can be used, and why not."""
        try:
            self.store.ping()
        except IvrError as error:
            return [("store", False, str(error)), ("flows", True, self.release.version)]
        return [("store", True, ""), ("flows", True, self.release.version)]

    def degraded(self) -> list[tuple[str, str]]:
        """Name the back ends, voices and recognisers that cannot be used now, and why: calls are taken all the same."""
        troubles = (
            self.back_ends.troubles(),
            self.prompts.troubles(self._known),
            self.speech_input.troubles(self.release),
        )
        return [trouble for of in troubles for trouble in of]

    @cached_property
    def _known(self) -> tuple[KnownPrompt, ...]:
        """List what callers can hear, where somebody looks whether it is there."""
        return () if "cloud" in self.settings.tts else known_prompts(self.release)

    def facts(self, call_id: str) -> Mapping[str, Any]:
        """Tell where a call stands, for tests and operators: nothing that was typed is among it."""
        saved = self.store.load(call_id)
        if saved is None:
            return {}
        call = thaw(saved.call, self.seal)
        level = call.identity.level if self.clock() < call.identity.until else 0
        return {
            "flow": call.frame.flow,
            "step": call.frame.step,
            "language": call.language,
            "level": level,
            "errors": call.errors,
            "turn": call.turn,
            "release": call.release,
            "queued": call.transfer.get("desk"),
            "priority": call.transfer.get("priority"),
        }

    def texts_sent(self) -> list[str]:
        """Return the text messages in the outbox, the newest last: for tests, where nothing leaves the machine."""
        return [message.text.reveal() for message in reversed(messages(self.store, self.seal))]

    def choices_taken(self) -> frozenset[TakenOutcome]:
        """Return every outcome that some call took."""
        rows = _all_rows(self.store)
        data = (json.loads(row.data) for row in rows if row.kind == "outcome")
        return frozenset((row["flow"], row["step"], row["outcome"]) for row in data)

    def choices_there(self) -> dict[TakenOutcome, Place]:
        """Return every outcome that callers can choose, and where it is written."""
        return {
            (flow.name, step.name, outcome): route[0].goto.place
            for flow in self.release.flows.values()
            for step in flow.written_steps()
            for outcome, route in step.exits().items()
            if outcome in step.choice_outcomes()
        }


def build(
    settings: Settings,
    *,
    clock: Callable[[], float] = time.time,
    store: Store | None = None,
    lookup: Lookup | None = None,
    calls: Calls | None = None,
    release: Release | None = None,
) -> Ivr:
    """Wire everything for these settings; `calls` stands in for those of the carrier.

    `release` stands for the flow files when it was read already.

    Raises FlowError with every problem of the flow files, SettingsError or StoreError when a part cannot be used.
    """
    release = release or load(settings.flows, catalogue())
    seal = Seal.from_settings(settings)
    found = store or open_store(settings.store)
    found.keep_release(release.version, release.files)
    outside = lookup or HttpLookup({"bank": settings.bank_url})
    placing = calls or TwilioCalls.from_settings(settings)
    queue = Queue(
        QueueRepository(found),
        found,
        seal,
        release.line,
        workflow=settings.workflow,
        places_calls=placing is not None and placing.places,
    )
    asked = Router(outside, own_services(found, seal, queue, TwilioMessages.from_settings(settings)), clock)
    recordings = TwilioRecordings.from_settings(settings)
    speech_input = open_speech_input(settings, recordings)
    reader = Reader(yao=settings.digit_one == "yao")
    services = Services(
        asked, reader, inverse_normalize, understand, display_format, time.monotonic, speech_input.input_mode
    )
    token = settings.auth_token.reveal() if settings.auth_token else None
    channel = TwilioChannel(token, settings.public_url or None, fingerprint=seal.fingerprint)
    voices = local_voices(settings.models)
    prompts = open_prompts(settings.tts, settings.audio, _private(settings), voices, seal, clock)
    engine = Engine(release, services)
    return Ivr(settings, found, seal, services, asked, queue, placing, channel, prompts, engine, speech_input, clock)


def _private(settings: Settings) -> Path | None:
    """Return the folder for sounds that are one caller's own: beside the store; None keeps them with the process."""
    if settings.store == "memory:":
        return None
    file = store_file(settings.store)
    return (file.parent if file else Path("var")) / "spoken"


def _row(call: Call, event: Event, now: float) -> JournalRow:
    return JournalRow(call.id, call.turn, now, event.kind, json.dumps(event.data, ensure_ascii=False))


def _all_rows(store: Store) -> Iterator[JournalRow]:
    after = 0
    while rows := store.journal(after=after):
        yield from rows
        after += len(rows)
