"""Wires the parts of one deployment: build() makes the parts, create_app() the web application with its jobs."""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from .backends.declared import service_addresses
from .backends.exposure import unsafe_services, unsafe_settings
from .backends.http import HttpLookup
from .backends.of_releases import LookupOfReleases
from .calendar import use_calendar
from .channels.base import Channel
from .channels.registry import first, open_channels, recording_source, recordings_of, unsigned
from .crypto import Seal
from .diagnostics.problem import Place
from .engine.journal import journal_rows
from .engine.ports import Calls, Documents, Lookup
from .engine.turn import Services
from .engine.verbs import Prompt
from .errors import IvrError, SettingsError
from .flow.model import Release
from .flow.outside_services import Lookups
from .jobs.housekeeping import REPLY_SECONDS, forget_old, forget_replies
from .jobs.outbox import UNSENT, Outbox, Webhook
from .jobs.repeating import RepeatedJob
from .jobs.scheduler import Round, Scheduler
from .jobs.steady_clock import CLOCK_BELIEVED_SECONDS, SteadyClock
from .reporting.call_detail import EVENTS, EndedCalls
from .services.alarm_rounds import alarm_rounds
from .services.announcements import Announcements
from .services.identity.risk import Risks
from .services.queue.dispatcher import Dispatcher
from .services.queue.legs import Legs
from .services.queue.repository import QueueRepository
from .services.queue.service import Queue
from .services.recordings import RECORDINGS, CallRecordings
from .services.registry import OwnServices, hand_on
from .services.router import Router
from .services.sms import SmsSender
from .services.sms.backend import Backend
from .services.sms.local_outbox import messages
from .services.staff_work import StaffWork
from .session.call_codec import TYPED_SECONDS
from .session.published import published_release
from .session.release_watch import ReleaseWatch
from .session.releases import ReleaseEngines
from .session.session import LOST_SECONDS, Session
from .settings import Settings, store_file
from .speech.display_format import display_format
from .speech.itn import inverse_normalize
from .speech.phrases import understand
from .speech.prompts import KnownPrompt, known_prompts, open_prompts
from .speech.readings import readings_of
from .speech.speech_input import open_speech_input
from .speech.tts import Voice, local_voices
from .speech.verbalize import Reader
from .stores import Store, Watched, open_store
from .telemetry import log
from .telemetry.tracing import Tracing, tracing_of
from .web import WebApplication, web_app

TakenOutcome = tuple[str, str, str]
"""A flow, a step and an outcome."""


@dataclass
class Ivr(StaffWork):
    """The running engine, which the web, the simulator and the tests use to answer calls. Thread-safe."""

    settings: Settings
    store: Store
    seal: Seal
    services: Services
    back_ends: Router
    queue: Queue
    calls: Calls | None
    channels: Mapping[str, Channel[Any]]
    session: Session
    clock: Callable[[], float]
    sms_sender: SmsSender | None = None
    _checked: tuple[str, tuple[KnownPrompt, ...]] | None = None

    @property
    def release(self) -> Release:
        """The release of flows that is live for all new calls."""
        return self.session.engines.newest.release

    @property
    def desk_number(self) -> str | None:
        """The number of the default desk, which the apology dials."""
        return self.release.line.desks[self.release.line.desk].number

    @property
    def legs(self) -> Legs:
        """Processes the events of agents' legs."""
        return self.queue.legs

    @property
    def risks(self) -> Risks:
        """The risk marks of callers and customers."""
        return Risks(self.store, self.seal)

    @property
    def call_recordings(self) -> CallRecordings:
        """The recordings of calls, for staff."""
        return CallRecordings(self.store, recording_source(self.channels))

    def reason_in_words(self, reason: str, language: str) -> str:
        """Return the shortest label of a call's reason; an empty text if no choice has that reason."""
        if not reason:
            return ""
        steps = [step for flow in self.release.flows.values() for step in flow.steps.values()]
        choices = [choice for step in steps for choice in step.own_choices()]
        labels = (choice.label for choice in choices if choice.reason == reason and choice.label)
        fixed = (label.by_language[label.language_for(language)].fixed for label in labels)
        return min(filter(None, fixed), key=len, default="")

    def voiced(self, prompts: Sequence[Prompt], *, carrier_speaks: bool) -> tuple[Prompt, ...]:
        """Return prompts outside of turns, to agents and called-back customers, with texts replaced by audio."""
        return self.session.prompts.voiced(tuple(prompts), carrier_speaks=carrier_speaks)

    def sound(self, name: str) -> bytes | None:
        """Return a sound that was rendered for one caller, by its name in the URL; None for an unknown name."""
        return self.session.prompts.heard(name)

    def close(self) -> None:
        """Close the voices and the store."""
        self.session.prompts.close()
        self.store.close()

    def recorded(self, leg: str, recording: str, seconds: float) -> None:
        """Record that the recording of a conversation is ready at the carrier: its leg and its duration."""
        state = self.queue.repository.state()
        offer = state.offers.get(leg)
        waiter = state.waiters.get(offer.waiter) if offer else None
        call = (waiter.call or waiter.id) if waiter else ""
        entry = {"leg": leg, "call": call, "seconds": seconds, "at": int(self.clock())}
        self.store.change(RECORDINGS, recording, lambda before: before or entry)

    def live(self) -> int:
        """Return the number of live calls."""
        return self.store.live()

    def ready(self) -> list[tuple[str, bool, str]]:
        """Return every part that a call needs: its name, whether it is usable, and the reason if not."""
        try:
            self.store.ping()
        except IvrError as error:
            return [("store", False, str(error)), ("flows", True, self.release.version)]
        return [("store", True, ""), ("flows", True, self.release.version)]

    def degraded(self) -> list[tuple[str, str]]:
        """Return the back ends, voices and recognisers that are unusable now, and why; calls are still accepted."""
        own = self.store.troubles() if isinstance(self.store, Watched) else ()
        troubles = (
            [("store", trouble) for trouble in own],
            self.back_ends.troubles(),
            self.session.prompts.troubles(self._prompts_checked(self.release)),
            self.session.speech_input.troubles(self.release),
            self.session.engines.troubles(),
            self._days_off_troubles(),
        )
        return [trouble for of in troubles for trouble in of]

    def _days_off_troubles(self) -> list[tuple[str, str]]:
        calendar = self.release.line.calendar
        year = calendar.unknown_year(calendar.local(self.clock()).date())
        return [("days off", f"those of {year} are unknown; ivr doctor tells the cure")] if year else []

    def _prompts_checked(self, release: Release) -> tuple[KnownPrompt, ...]:
        """Return the prompts whose sounds the readiness check looks for; none for a cloud voice."""
        if "cloud" in self.settings.tts:
            return ()
        if self._checked is None or self._checked[0] != release.version:
            self._checked = (release.version, known_prompts(release))
        return self._checked[1]

    def texts_sent(self) -> list[str]:
        """Return the text messages in the outbox, the newest last: for tests, where nothing leaves the machine."""
        return [message.text.reveal() for message in reversed(messages(self.store, self.seal))]

    def choices_taken(self) -> frozenset[TakenOutcome]:
        """Return every outcome that a call took."""
        data = (json.loads(row.data) for row in journal_rows(self.store, kind="outcome"))
        return frozenset((row["flow"], row["step"], row["outcome"]) for row in data)

    def choices_there(self) -> dict[TakenOutcome, Place]:
        """Return every outcome that callers can choose, and its place."""
        return {
            (flow.name, step.name, outcome): route[0].goto.place
            for flow in self.release.flows.values()
            for step in flow.written_steps()
            for outcome, route in step.exits().items()
            if outcome in step.choice_outcomes()
        }


class ServerJobs:
    """The background work of a server: rounds once a minute, the queue, text messages, and what is published.

    All run in threads of the process that starts them. Processes that share a store share the work.
    """

    def __init__(self, ivr: Ivr) -> None:
        self._ivr = ivr
        self._running: tuple[RepeatedJob | Tracing, ...] = ()

    def start(self) -> None:
        """Start the jobs; no effect if they are running."""
        if not self._running:
            senders = (self._ivr.sms_sender,) if self._ivr.sms_sender else ()
            watch = ReleaseWatch(self._ivr.session.engines, self._ivr.store, self._ivr.clock)
            tracing = tracing_of()
            exports = (tracing,) if tracing else ()
            self._running = _scheduler(self._ivr), _dispatcher(self._ivr), watch, *senders, *exports
            for job in self._running:
                job.start()

    def stop(self) -> None:
        """Stop after the current work; no effect if nothing is running. Threads end with their process anyway."""
        running, self._running = self._running, ()
        for job in running:
            job.stop()


def server_rounds(ivr: Ivr, timer: Callable[[], float] = time.monotonic) -> list[Round]:
    """Return the jobs that run about once a minute: alarms, ended calls, lost calls, retention, the vault.

    `timer` counts seconds and never jumps, as the clock of `ivr` may.
    """
    rounds = alarm_rounds(ivr.store, ivr.settings)
    if ivr.settings.events_url:
        webhook = Webhook(ivr.settings.events_url.reveal())
        rounds.append(Outbox(ivr.store, EVENTS, EndedCalls(ivr.store).letter, webhook).sound)
    days = ivr.settings.retention_days
    steady = SteadyClock(ivr.store, ivr.clock, timer)
    by_age: Sequence[tuple[float, Callable[[float], object]]] = (
        (LOST_SECONDS, ivr.session.end_lost),
        (CLOCK_BELIEVED_SECONDS, lambda now: forget_old(ivr.store, days, now)),
        (REPLY_SECONDS, lambda now: forget_replies(ivr.store, now)),
        (TYPED_SECONDS, ivr.store.vault.drop_expired),
    )
    return [*rounds, steady.round, *(steady.after(seconds, job) for seconds, job in by_age)]


def _scheduler(ivr: Ivr) -> Scheduler:
    return Scheduler(
        ivr.store,
        server_rounds(ivr),
        delivered=lambda done: log.line("alarms", taken=done.taken, failed=done.failed, broken=done.broken),
        failed=lambda fault: log.fault("alarms", fault),
        clock=ivr.clock,
    )


def _dispatcher(ivr: Ivr) -> Dispatcher:
    screen_pop = ivr.settings.screen_pop_url
    return Dispatcher(
        ivr.queue,
        calls=ivr.calls,
        gave_up=hand_on(ivr.store, ivr.back_ends, ivr.clock, lambda: ivr.phrases),
        show=Webhook(screen_pop.reveal()) if screen_pop else None,
        failed=lambda what, fault: log.fault(what, fault),
        clock=ivr.clock,
    )


def create_app(
    settings: Settings | None = None, release: Release | None = None, *, prepared: Release | None = None
) -> WebApplication:
    """Return the web application, its jobs started in this process; settings come from the environment if not given.

    It takes calls with what is published in the store, or with `release` if that is given. `prepared` is a release that
    was read already, and need not be read again if it is the published one.

    Call it in the process that serves: the jobs' threads do not outlive a fork. The jobs are its `jobs`.

    Raises what `build` raises, and SettingsError when `insecure` is not set and the start would be unsafe.
    """
    settings = settings or Settings.from_environment()
    if not settings.insecure and (lacking := unsigned(settings)):
        raise SettingsError(lacking)
    log.to_stderr()
    if faults := unsafe_settings(settings):
        raise SettingsError("\n".join(faults))
    ivr = build(settings, release=release, prepared=prepared)
    if faults := unsafe_services(settings, ivr.release.lookups):
        ivr.close()
        raise SettingsError("\n".join(faults))
    ivr.session.speech_input.warm(ivr.release)
    ivr.session.engines.newest.warm()
    if "cloud" not in settings.tts:
        ivr.session.prompts.warm({language for flow in ivr.release.flows.values() for language in flow.languages})
    app = web_app(ivr, ServerJobs(ivr))
    app.jobs.start()
    return app


def build(
    settings: Settings,
    *,
    clock: Callable[[], float] = time.time,
    store: Store | None = None,
    lookup: Lookup | None = None,
    calls: Calls | None = None,
    release: Release | None = None,
    prepared: Release | None = None,
) -> Ivr:
    """Wire everything for these settings; `calls` stands in for those of the carrier.

    New calls get what is published in the store; the first start publishes the flow files. With `release` they get that
    one instead. `prepared` was read already, and is used where it is the right one.

    Raises FlowError with every problem of the flow files, SettingsError or StoreError when a part cannot be used.
    """
    follows = release is None
    seal = Seal.from_settings(settings)
    opened = store or open_store(settings.store)
    try:
        release = release or published_release(opened, settings.flows, clock(), prepared)
    except IvrError:
        if store is None:
            opened.close()
        raise
    if opened.release(release.version) is None:
        opened.keep_release(release.version, release.files)
    outside = lookup or LookupOfReleases(lambda lookups: outside_lookup(settings, lookups), release.lookups)
    channels = open_channels(settings, seal.fingerprint)
    placing = calls or first(channel.carrier_calls() for channel in channels.values())
    sender = _sms_sender(opened, seal, first(channel.carrier_messages() for channel in channels.values()), clock)
    queue = Queue(
        QueueRepository(opened),
        opened,
        seal,
        release.line,
        carrier_router=first(channel.carrier_router() for channel in channels.values()),
        places_calls=placing is not None and placing.places,
    )
    own = OwnServices.of(settings, seal, queue, Announcements(opened), sender)
    back_ends = Router(outside, own, opened, clock)
    speech_input = open_speech_input(settings, recordings_of(channels))
    reader = Reader(yao=settings.digit_one == "yao")
    services = Services(reader, inverse_normalize, understand, display_format, speech_input.input_mode)
    voices = local_voices(settings.models, readings_of(release.files), settings.voice_url)
    prompts = open_prompts(settings.tts, settings.audio, _private(settings), voices, seal, clock)
    engines = ReleaseEngines(release, services, opened, follows=follows)
    use_calendar(lambda: engines.newest.release.line.calendar)
    engines.on_newest += [
        lambda newest: queue.take_line(newest.line),
        lambda newest: outside.take(newest.lookups) if isinstance(outside, LookupOfReleases) else None,
        lambda newest: _teach(voices, newest),
    ]
    session = Session(opened, seal, engines, prompts, speech_input, clock, _list_ended(settings), back_ends)
    return Ivr(settings, opened, seal, services, back_ends, queue, placing, channels, session, clock, sender)


def _teach(voices: Sequence[Voice], release: Release) -> None:
    """Let voices read words as the readings.yaml of a release says."""
    for voice in voices:
        voice.learn(readings_of(release.files))


def outside_lookup(settings: Settings, lookups: Lookups) -> HttpLookup:
    """Return the lookup that asks the declared services; without lookups.yaml, the bank of IVR_BANK_URL."""
    if not lookups.declared:
        return HttpLookup({"bank": settings.bank_url})
    return HttpLookup(service_addresses(lookups, settings.named))


def _sms_sender(store: Store, seal: Seal, carrier: Backend | None, clock: Callable[[], float]) -> SmsSender | None:
    if carrier is None:
        return None
    return SmsSender(store, seal, carrier, failed=lambda fault: log.fault("sms", fault), clock=clock)


def _list_ended(settings: Settings) -> Callable[[Documents, str], None]:
    """Return a function that lists an ended call for IVR_EVENTS_URL; it does nothing if that is not set."""

    def list_ended(documents: Documents, call_id: str) -> None:
        if settings.events_url:
            documents.change(EVENTS, call_id, lambda before: before or {**UNSENT})

    return list_ended


def _private(settings: Settings) -> Path | None:
    """Return the folder for sounds that are one caller's own: beside the store; None keeps them with the process."""
    if settings.store == "memory:":
        return None
    file = store_file(settings.store)
    return (file.parent if file else Path("var")) / "spoken"
