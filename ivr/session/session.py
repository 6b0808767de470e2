"""Takes the turns of calls: the lease, the stored reply to a repeated request, one turn, one save."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Any

from ivr.crypto import Seal
from ivr.engine.call import Call
from ivr.engine.engine import Engine, Reply
from ivr.engine.inputs import LOST, CallStarted, HungUp, Input, RecognizerFailed, Recorded, Resumed
from ivr.engine.journal import journal_rows
from ivr.engine.ports import Event, Incoming, JournalRow, Renderer, Saved
from ivr.engine.verbs import Hangup
from ivr.errors import FlowStuck, IvrError, StoreError
from ivr.speech.prompts import Prompts
from ivr.speech.speech_input import SpeechInput
from ivr.stores import Store

from .call_codec import freeze, thaw
from .releases import ReleaseEngines

TURN_LIMIT = 400
"""Turns that one call may take; no caller needs as many, and a machine that calls must not stay for ever."""

LOST_SECONDS = 6 * 3600.0
"""A call without any request for so long is over: carriers end calls after four hours, and turns take seconds."""
LOST_AT_ONCE = 200


@dataclass
class Session:
    """Answers the requests of all calls. Thread-safe.

    `list_ended` is given the id of a call that is about to end, before the end is saved.
    """

    store: Store
    seal: Seal
    engines: ReleaseEngines
    prompts: Prompts
    speech_input: SpeechInput
    clock: Callable[[], float]
    list_ended: Callable[[str], None]

    def answer(self, channel: Renderer, incoming: Incoming) -> bytes:
        """Take one turn, or return the stored reply if this request was answered before.

        Raises IvrError when store or flows fail; the channel then apologises and dials a person.
        """
        with self.store.lease(incoming.call_id):
            saved = self.store.load(incoming.call_id)
            if saved is not None and saved.key == incoming.key:
                return saved.reply
            if saved is not None and saved.ended:
                return channel.render(Hangup(), turn=saved.turn)
            reply = self._turn(saved, incoming)
            closing = self.prompts.ready(reply.closing, carrier_speaks=channel.speaks)
            document = channel.render(closing, turn=reply.call.turn)
            self._save_turn(saved, reply, incoming.key, document)
            return document

    def hang_up(self, incoming: Incoming) -> None:
        """Note that the caller has hung up; an ended or unknown call stays as it is."""
        with self.store.lease(incoming.call_id):
            saved = self.store.load(incoming.call_id)
            if saved is not None and not saved.ended:
                self._save_turn(saved, self._turn(saved, incoming), incoming.key, saved.reply)

    def end_lost(self, now: float) -> int:
        """End calls of which no request came for LOST_SECONDS: the carrier did not report their end. Count them.

        The oldest are looked at first, at most LOST_AT_ONCE at a time.
        """
        ended = 0
        for call_id in self.store.calls(live=True, limit=LOST_AT_ONCE, oldest=True):
            last = max((row.at for row in journal_rows(self.store, call_id)), default=now)
            if now - last < LOST_SECONDS:
                continue
            with self.store.lease(call_id):
                saved = self.store.load(call_id)
                if saved is not None and not saved.ended:
                    self._end_lost(saved, now)
                    ended += 1
        return ended

    def facts(self, call_id: str) -> Mapping[str, Any]:
        """Tell where a call stands, for tests and operators; nothing that was typed is included."""
        saved = self.store.load(call_id)
        if saved is None:
            return {}
        call = thaw(saved.call, self.seal)
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

    def _turn(self, saved: Saved | None, incoming: Incoming) -> Reply:
        now = self.clock()
        if saved is None:
            started = incoming.input
            if not isinstance(started, CallStarted):  # the store lost the call: it begins again, rather than break
                started = CallStarted(incoming.caller, incoming.called)
            return self.engines.newest.begin(incoming.call_id, started, now)
        call = thaw(saved.call, self.seal)
        if call.turn >= TURN_LIMIT:
            raise FlowStuck(f"the call has taken {TURN_LIMIT} turns")
        engine = self.engines.engine_of(call.release)
        return engine.turn(call, self._input_of(engine, call, incoming, now), now)

    def _input_of(self, engine: Engine, call: Call, incoming: Incoming, now: float) -> Input:
        """Return what the caller did, as the turn that the call is at takes it."""
        action = incoming.input
        if isinstance(action, RecognizerFailed):
            if call.input_mode == "keys":
                raise FlowStuck("the carrier cannot even take keys")
            return RecognizerFailed(self.speech_input.after(call.input_mode, call.language))
        if incoming.turn != call.turn and not isinstance(action, HungUp):
            return Resumed()
        hearing = engine.hears(call, now) if isinstance(action, Recorded) else None
        return self.speech_input.hear(action, hearing) if isinstance(action, Recorded) and hearing else action

    def _save_turn(self, saved: Saved | None, reply: Reply, key: str, document: bytes) -> None:
        call, now = reply.call, self.clock()
        rows = [_row(call, event, now) for event in reply.events]
        entry = Saved(call.id, call.turn, key, freeze(call, self.seal), document, ended=bool(call.ended))
        self._save(entry, rows, saved)

    def _save(self, entry: Saved, rows: list[JournalRow], saved: Saved | None) -> None:
        if entry.ended:
            self.list_ended(entry.call_id)
        if not self.store.save(entry, rows, expected=saved.turn if saved else None):
            raise StoreError("another worker took this turn without the lease")

    def _end_lost(self, saved: Saved, now: float) -> None:
        try:
            call = thaw(saved.call, self.seal)
            reply = self.engines.engine_of(call.release).turn(call, HungUp(LOST), now)
            self._save_turn(saved, reply, saved.key, saved.reply)
        except (IvrError, LookupError):  # written by another version or key: it can be ended all the same
            row = JournalRow(saved.call_id, saved.turn, now, "ended", json.dumps({"reason": LOST}))
            self._save(replace(saved, turn=saved.turn + 1, ended=True), [row], saved)


def _row(call: Call, event: Event, now: float) -> JournalRow:
    return JournalRow(call.id, call.turn, now, event.kind, json.dumps(event.data, ensure_ascii=False))
