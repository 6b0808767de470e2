"""Takes the turns of calls: the lease, the stored reply to a repeated request, one turn, one commit."""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import msgspec
from msgspec.structs import replace as replace_call

from ivr.crypto import Seal
from ivr.engine.asking import answer_all
from ivr.engine.call import Call
from ivr.engine.engine import Engine, Reply
from ivr.engine.inputs import LOST, CallStarted, HungUp, Input, RecognizerFailed, Recorded, Resumed
from ivr.engine.journal import journal_rows
from ivr.engine.ports import Documents, Event, Incoming, JournalRow, KeptReply, Renderer, Saved
from ivr.engine.verbs import Hangup
from ivr.errors import FlowStuck, IvrError
from ivr.services.router import Router
from ivr.speech.prompts import Prompts
from ivr.speech.speech_input import SpeechInput
from ivr.stores import Store, UnitOfWork, attempts
from ivr.telemetry.tracing import traced

from .answers import Answers, ConflictError
from .call_codec import CallCodec
from .releases import ReleaseEngines
from .turn_records import record_row

TURN_LIMIT = 2000
"""The most turns of one call, so that a machine that calls does not stay for ever.

Carriers end a call after four hours; a caller who waits in the queue for so long takes a turn every 15 seconds or so.
"""

REQUEST_SECONDS = 2.0
"""The time in which one request waits for lease, store and services; its questions to the bank end after as long."""

LOST_SECONDS = 6 * 3600.0
"""The time without a request after which a call is over: carriers end calls after four hours."""
LOST_AT_ONCE = 200


@dataclass
class Session:
    """Answers the requests of all calls. Thread-safe.

    `list_ended` gets the id of a call that ends, and the documents that are committed with the end.
    `timer` counts seconds, for deadlines.
    """

    store: Store
    seal: Seal
    engines: ReleaseEngines
    prompts: Prompts
    speech_input: SpeechInput
    clock: Callable[[], float]
    list_ended: Callable[[Documents, str], None]
    back_ends: Router
    timer: Callable[[], float] = time.monotonic
    codec: CallCodec = field(init=False)

    def __post_init__(self) -> None:
        self.codec = CallCodec(self.seal, self.store.vault)

    def answer(self, channel: Renderer, incoming: Incoming) -> bytes:
        """Take one turn and return its reply, or the kept reply if this request has been answered before.

        Raises IvrError when the store or the flows fail; the channel then apologises and dials a person.
        """
        request = self._request(incoming)
        try:
            # The lease comes before the read: two requests of one call, on any two machines, are answered one after the
            # other.
            with self.store.lease(incoming.call_id, within=REQUEST_SECONDS, key=incoming.key):
                answers = (self._answer(unit, channel, request) for unit in attempts(self.store))
                return next(document for document in answers if document is not None)
        except Exception:
            if request.engine is not None:
                self.engines.tallies.error(request.engine.release.version, request.started)
            raise

    def hang_up(self, incoming: Incoming) -> None:
        """End a call whose caller has hung up; do nothing for an ended or unknown call."""
        request = self._request(incoming)
        with self.store.lease(incoming.call_id, within=REQUEST_SECONDS, key=incoming.key):
            for unit in attempts(self.store):
                saved = unit.load(incoming.call_id, incoming.key)
                # The carrier reports the end of a call in several requests, and may send each of them twice.
                if saved is None or saved.ended or saved.repeated is not None:
                    return
                reply = self._turn(unit, saved, request)
                # The answer to a status report is never played: the reply of the turn before stays the newest one.
                document = self.codec.open_reply(saved.reply)
                if reply and self._commit(unit, saved, reply, incoming.key, document, self._record(reply, request)):
                    return

    def end_lost(self, now: float) -> int:
        """End calls without a request for LOST_SECONDS, whose end the carrier did not report; return their number.

        It checks the oldest first, at most LOST_AT_ONCE at a time.
        """
        ended = 0
        for call_id in self.store.calls(live=True, limit=LOST_AT_ONCE, oldest=True):
            last = max((row.at for row in journal_rows(self.store, call_id)), default=now)
            # The list is by beginning, not by the last request, so a later call may be lost while this one still talks.
            if now - last < LOST_SECONDS:
                continue
            # Under the lease, as any turn: the caller may press a key at this very moment.
            with self.store.lease(call_id, key=""):
                tries = (self._end_lost(unit, call_id, now) for unit in attempts(self.store))
                ended += next(has_ended for has_ended in tries if has_ended is not None)
        return ended

    def facts(self, call_id: str) -> Mapping[str, Any]:
        """Return the state of a call for tests and operators, without anything that the caller typed."""
        saved = self.store.load(call_id)
        if saved is None:
            return {}
        call = self.codec.thaw(saved.call)
        return {
            "flow": call.frame.flow,
            "step": call.frame.step,
            "language": call.language,
            "level": call.identity.level if self.clock() < call.identity.until else 0,
            "errors": call.errors,
            "turn": call.turn,
            "release": call.release,
            "queued": call.transfer.desk or None,
            "priority": call.transfer.priority or None,
        }

    def _request(self, incoming: Incoming) -> _Request:
        now = self.clock()
        return _Request(incoming, now, Answers(self.back_ends, now, self.timer))

    def _answer(self, unit: UnitOfWork, channel: Renderer, request: _Request) -> bytes | None:
        """Answer a request in one unit of work; return None at a conflict with another unit."""
        incoming = request.incoming
        with traced("read"):
            saved = unit.load(incoming.call_id, incoming.key)
        # Before anything else, also for an ended call: the same request must get the same bytes, and nothing runs
        # twice.
        if saved is not None and saved.repeated is not None:
            return self.codec.open_reply(saved.repeated)
        if saved is not None and saved.ended:
            return self._answer_ended(unit, channel, saved, request)
        with traced("engine"):
            reply = self._turn(unit, saved, request)
        if reply is None:
            return None
        unit.pause()
        # Outside of the read transaction, because a prompt with a value may have to be rendered first.
        closing = self.prompts.ready(reply.closing, carrier_speaks=channel.speaks)
        document = channel.render(closing, turn=reply.call.turn)
        # False where the input became another one, such as `Resumed`, so that nothing was done with a recording.
        taken = saved is None or request.input is incoming.input
        late = [] if taken or saved is None else _late_recording(incoming, saved.turn, request.now)
        more = [*self._record(reply, request), *late]
        return document if self._commit(unit, saved, reply, incoming.key, document, more) else None

    def _answer_ended(self, unit: UnitOfWork, channel: Renderer, saved: Saved, request: _Request) -> bytes | None:
        """Return a hang-up. A recording that was under way when the caller hung up is still processed."""
        document = channel.render(Hangup(), turn=saved.turn)
        action, kept = request.incoming.input, _late_recording(request.incoming, saved.turn, request.now)
        # The step is shown the call as it was before its last turn, since it takes no input once a call has ended.
        call = replace_call(self.codec.thaw(saved.call), ended="", turn=saved.turn - 1)
        engine = self.engines.engine_of(call.release)
        if isinstance(action, HungUp) and action.dialled:
            return document if self._note_talk(unit, engine, call, request, document) else None
        if not isinstance(action, Recorded) or not engine.takes_recording(call, request.incoming.turn):
            return document if not kept or unit.commit(rows=kept) else None
        try:
            answers = request.answers.within(unit)
            reply = answer_all(engine.turn(call, request.incoming.input, request.now), answers)
            if not reply.call.ended:
                gone = answer_all(engine.turn(reply.call, HungUp(), request.now), answers)
                reply = Reply(gone.closing, gone.call, (*reply.events, *gone.events))
        except ConflictError:
            return None
        # The end was noted when the caller hung up. The call itself is past and append-only: only rows and reply are
        # written.
        rows = [_row(call, event, request.now) for event in reply.events if event.kind != "ended"]
        return document if self._keep_late(unit, rows, call, request, document) else None

    def _note_talk(self, unit: UnitOfWork, engine: Engine, call: Call, request: _Request, document: bytes) -> bool:
        """Note a talk that the caller ended, reported after the hang-up; return False at a conflict."""
        try:
            reply = answer_all(engine.turn(call, request.incoming.input, request.now), request.answers.within(unit))
        except ConflictError:
            return False
        rows = [_row(call, event, request.now) for event in reply.events if event.kind == "dialled"]
        return self._keep_late(unit, rows, call, request, document)

    def _keep_late(
        self, unit: UnitOfWork, rows: Sequence[JournalRow], call: Call, request: _Request, document: bytes
    ) -> bool:
        reply = self.codec.close_reply(document)
        kept = KeptReply(call.id, request.incoming.key, call.turn + 1, request.now, reply)
        return unit.commit(rows=rows, replies=[kept])

    def _turn(self, unit: UnitOfWork, saved: Saved | None, request: _Request) -> Reply | None:
        """Run a turn to its end; return None when a commit within it conflicts with another unit."""
        incoming, now = request.incoming, request.now
        if saved is None:
            # The answer to a lost call: the caller hears the greeting again, which is better than an apology and a dead
            # line.
            started = incoming.input
            if not isinstance(started, CallStarted):  # the store has lost the call: begin again rather than fail
                started = CallStarted(incoming.caller, incoming.called)
            request.begins, request.shown = True, started
            request.engine, request.started = self.engines.for_new_call(unit, incoming.call_id, now), now
            outcome = request.engine.begin(incoming.call_id, started, now)
        else:
            call = self.codec.thaw(saved.call)
            if call.turn >= TURN_LIMIT:
                raise FlowStuck(f"the call has taken {TURN_LIMIT} turns")
            engine = self.engines.engine_of(call.release)
            # Noted before the turn, so that a turn that fails is counted for the release that it was taken with.
            request.engine, request.started = engine, call.started
            # Recognised once for all attempts: it takes seconds, and a second recognition might hear something else.
            if request.input is None:
                if isinstance(incoming.input, Recorded):  # fetching and recognising it takes seconds
                    unit.pause()
                request.input = self._input_of(engine, call, incoming, now)
                request.shown = engine.recordable(call, request.input, now)
            outcome = engine.turn(call, request.input, now)
        try:
            return answer_all(outcome, request.answers.within(unit))
        except ConflictError:
            return None

    def _input_of(self, engine: Engine, call: Call, incoming: Incoming, now: float) -> Input:
        """Return the caller's input in the form that the current turn of the call takes."""
        action = incoming.input
        if isinstance(action, RecognizerFailed):
            if call.input_mode == "keys":
                raise FlowStuck("the carrier cannot even take keys")
            return RecognizerFailed(self.speech_input.after(call.input_mode, call.language))
        taken = isinstance(action, HungUp) or (
            isinstance(action, Recorded) and engine.takes_recording(call, incoming.turn)
        )
        # Two requests crossed. Keys that were meant for an earlier question must not answer the current one.
        if incoming.turn != call.turn and not taken:
            return Resumed()
        hearing = engine.hears(call, now) if isinstance(action, Recorded) else None
        return self.speech_input.hear(action, hearing) if isinstance(action, Recorded) and hearing else action

    def _record(self, reply: Reply, request: _Request) -> list[JournalRow]:
        """Return the journal row from which the turn can be run again."""
        exchanges, at = request.answers.exchanges, self.clock()
        return [
            record_row(reply, request.shown, exchanges, begins=request.begins, now=request.now, at=at, seal=self.seal)
        ]

    def _commit(
        self,
        unit: UnitOfWork,
        saved: Saved | None,
        reply: Reply,
        key: str,
        document: bytes,
        more: Sequence[JournalRow] = (),
    ) -> bool:
        """Commit a turn with its unit of work; return False at a conflict with another unit."""
        call, now = reply.call, self.clock()
        rows = [*(_row(call, event, now) for event in reply.events), *more]
        unit.pause()
        # The vault is written before the call: an entry without a call runs out by itself, a call without its entry
        # would have lost what the caller typed.
        frozen, closed = self.codec.freeze(call, now), self.codec.close_reply(document)
        entry = Saved(call.id, call.turn, key, frozen, closed, ended=bool(call.ended))
        with traced("write"):
            written = self._write(unit, entry, rows, saved, now)
        if not written:
            return False
        self.engines.tallies.turn(call.release, call.started, reply.events, first=saved is None)
        return True

    def _write(
        self, unit: UnitOfWork, entry: Saved, rows: Sequence[JournalRow], saved: Saved | None, now: float
    ) -> bool:
        if entry.ended:
            # Part of the same commit, so that no ended call is missing from the events that are sent.
            self.list_ended(unit, entry.call_id)
        written = unit.commit(entry, expected=saved.turn if saved else None, at=now, rows=rows)
        # Erased only after the commit; at a conflict the turn that stands still needs its secrets.
        over = saved if written else entry
        if over is not None:
            self.codec.forget(over)
        return written

    def _end_lost(self, unit: UnitOfWork, call_id: str, now: float) -> bool | None:
        """End a lost call; return False for a call that has ended, None at a conflict with another unit."""
        saved = unit.load(call_id, "")
        if saved is None or saved.ended:
            return False
        try:
            call = self.codec.thaw(saved.call)
            outcome = self.engines.engine_of(call.release).turn(call, HungUp(LOST), now)
            reply = answer_all(outcome, Answers(self.back_ends, now, self.timer).within(unit))
            return self._commit(unit, saved, reply, saved.key, self.codec.open_reply(saved.reply)) or None
        except (IvrError, LookupError):  # a call of another version or key is ended all the same
            row = JournalRow(saved.call_id, saved.turn, now, "ended", json.dumps({"reason": LOST}))
            return self._write(unit, replace(saved, turn=saved.turn + 1, ended=True), [row], saved, now) or None


@dataclass
class _Request:
    """One request over all attempts at its turn; `input` is the recognised input, `shown` what of it is recorded.

    `engine` is that of the call, which began at the Unix time `started`.
    """

    incoming: Incoming
    now: float
    answers: Answers
    input: Input | None = None
    shown: Input | None = None
    begins: bool = False
    engine: Engine | None = None
    started: float = 0.0


def _late_recording(incoming: Incoming, turn: int, now: float) -> list[JournalRow]:
    """Return the journal row of a recording whose turn is over, so that colleagues can find it."""
    recorded = incoming.input
    if not isinstance(recorded, Recorded) or not recorded.url or incoming.turn == turn:
        return []
    data = {"url": recorded.url, "seconds": recorded.seconds, "turn": incoming.turn}
    return [JournalRow(incoming.call_id, turn, now, "late_recording", json.dumps(data))]


def _row(call: Call, event: Event, now: float) -> JournalRow:
    return JournalRow(call.id, call.turn, now, event.kind, msgspec.json.encode(event.data).decode())
