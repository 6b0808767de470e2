"""Play the TwiML of one call on a real telephone, as the simulated carrier plays it in the terminal.

Runs in a thread of its own, which waits for the telephone's events. Must not know flows and the engine.
"""

from __future__ import annotations

import time
from collections.abc import Sequence

from ivr.carrier.caller import Gone
from ivr.carrier.carrier_options import CallResult, EndedBy
from ivr.carrier.document_player import CallOver, DocumentPlayer, NextDocument
from ivr.carrier.requests import PhoneLine, Purpose, resolved_url
from ivr.carrier.twiml import (
    Dial,
    Enqueue,
    Gather,
    Pause,
    Play,
    Record,
    Redirect,
    Reject,
    Say,
    TwimlFault,
    TwimlPrompt,
    Verb,
)
from ivr.errors import IvrError
from ivr.telemetry import log

from .dialled_leg import DialledLeg
from .handset import Handset, Heard, Hung, KeyDown, MovedTo, PhoneEvent, VoiceBegan, VoiceEnded
from .key_entry import KeyEntry, blank_end, speech_result
from .line_services import LineServices
from .prompt_sounds import beep
from .take import Take
from .voice_watch import VoiceWatch

_FOREVER = float("inf")
_ANSWER_SECONDS = 10.0
"""How long the line may take to confirm our answer."""
_PLAYS = 1000
"""How often a sound is played whose `loop` is 0, as with Twilio."""


class LivePlayer(DocumentPlayer):
    """One call on a telephone, from the first ring to the status callback. Use it once."""

    def __init__(
        self, line: PhoneLine, handset: Handset, services: LineServices, *, call_sid: str | None = None
    ) -> None:
        super().__init__(
            line,
            services.transport,
            call_sid=call_sid,
            carrier_options=services.carrier_options,
            recordings=services.recordings,
        )
        self._handset, self._services = handset, services
        self._is_over = False

    # --- the whole call ---

    def call(self) -> CallResult:
        """Play an incoming call to its end, and post the status callback."""
        self._began = self._now()
        by, status = self._whole("voice")
        return self._closed(by, status)

    def placed(self, timeout: float) -> CallResult:
        """Wait at most `timeout` seconds for the answer of a call that the server placed, and play it."""
        self._began = self._now()
        try:
            answered = self._until_answered(timeout)
        except NextDocument:
            answered = False
        if not answered:
            hung = self._handset.hung
            return self._closed("server", hung.how if hung and hung.how != "completed" else "no-answer")
        self._status, self._began = "in-progress", self._now()
        return self._closed(*self._whole("voice"))

    def takes(self) -> bool:
        """Play the document of a dialled party; return whether the party takes the call."""
        return self._taken()

    def move(self, url: str) -> None:
        """Continue the call at another address now, or end it if the address is empty."""
        self._handset.put(MovedTo(url))

    @property
    def is_over(self) -> bool:
        """Whether the call has ended."""
        return self._is_over

    def end(self) -> None:
        """Hang up and tell the server, after a failure of this player."""
        self._closed("fault", "failed")

    def _whole(self, purpose: Purpose) -> tuple[EndedBy, str]:
        try:
            self._run(NextDocument(purpose, self._line.voice_url, "POST"))
        except CallOver as over:
            return over.by, over.status
        except Gone:
            return "caller", "completed" if self._handset.answered_at else "canceled"

    def _closed(self, by: EndedBy, status: str) -> CallResult:
        self._is_over = True
        self._handset.call.hang_up(busy=status == "busy")
        seconds = self._now() - self._began if self._handset.answered_at else 0.0
        self.side_requests.ended(status, seconds, self._now())
        return CallResult(self.call_sid, by, status, seconds, self._documents, (*self.faults, *self._carrier.warnings))

    def _fallback(self, fault: TwimlFault, failed: NextDocument) -> NextDocument:
        """Use the fallback address; if it fails as well, apologise and connect the desk."""
        try:
            return super()._fallback(fault, failed)
        except CallOver:
            if self._line.parent:
                raise
        log.line("line_apologises", call=self.call_sid, fault=fault.number)
        self._apologise()
        raise CallOver("fault")

    def _apologise(self) -> None:
        """Say that the service is out of order, and ring the desk, which needs no server."""
        try:
            self._answer()
            self._sound(self._services.apology)
            if self._services.desk:
                self._dial(Dial((self._services.desk_party(),), timeout=60))
                self._sound(self._services.farewell)
        except (NextDocument, TwimlFault):
            return

    def _now(self) -> float:
        return time.time()

    # --- events ---

    def _next_event(self, until: float) -> PhoneEvent | None:
        """Return the next event, or None at `until`. Raises Gone after a hang-up, NextDocument after a move."""
        event = self._handset.next(until)
        if isinstance(event, Hung):
            raise Gone
        if isinstance(event, MovedTo):
            self._handset.stream.stop()
            if not event.url:
                raise CallOver("server")
            raise NextDocument("moved", resolved_url(self._line.voice_url, event.url), "POST")
        return event

    def _pause(self, seconds: float) -> None:
        self._hops = 0
        until = time.monotonic() + seconds
        while self._next_event(until) is not None:
            pass

    def _until_answered(self, timeout: float) -> bool:
        until = time.monotonic() + timeout
        try:
            while not self._handset.answered_at:
                if self._next_event(until) is None:
                    return False
        except Gone:
            return False
        return True

    def _answer(self) -> None:
        if self._handset.answered_at:
            return
        self._handset.call.answer()
        if not self._until_answered(_ANSWER_SECONDS):
            raise Gone

    def _verb(self, verb: Verb) -> None:
        """Answer the call before the first verb that needs it."""
        if not isinstance(verb, Redirect | Pause | Reject):
            self._answer()
        super()._verb(verb)

    # --- what is heard ---

    def _prompts(self, prompts: Sequence[TwimlPrompt]) -> None:
        """Play prompts; keys pressed meanwhile are lost, as in the terminal: no question has been asked yet."""
        ahead = self._handset.keys_waiting
        for prompt in prompts:
            if isinstance(prompt, Pause):
                self._pause(prompt.length)
            else:
                self._sound(self._pcm(prompt), prompt.loop or _PLAYS, _words(prompt))
        self._handset.forget_keys(beyond=ahead)

    def _sound(self, pcm: bytes, times: int = 1, text: str = "") -> None:
        if pcm:
            number = self._handset.play(pcm, times, text)
            self._hops = 0
            while self._next_event(_FOREVER) != Heard(number):
                pass

    def _pcm(self, prompt: Say | Play) -> bytes:
        """Return a prompt once; one that cannot be had is left out, as with the carrier, and is a fault."""
        try:
            if isinstance(prompt, Say):
                return self._services.sounds.said(prompt)
            url = self._line.real(resolved_url(self._url, prompt.url)) if prompt.url else ""
            return self._services.sounds.played(prompt, url)
        except IvrError as fault:
            self.faults.append(TwimlFault(11200, f"not heard: {fault}", url=self._url, fatal=False))
            log.line("line_prompt_missing", call=self.call_sid)
            return b""

    # --- Gather ---

    def _gather(self, gather: Gather) -> None:
        watch = self._voice(gather)
        if watch:
            self._handset.stream.listen(watch.feed)
        try:
            extra = self._gathered(gather, watch)
        finally:
            self._handset.keys_stop(False)
            if watch:
                watch.close()
                self._handset.stream.ignore(watch.feed)
        self._handset.stream.stop()
        if extra is None:
            extra = blank_end(gather, blank=self._carrier_options.empty_result == "blank")
        if extra is not None:
            raise self._next("gather", gather.action, gather.method, extra)

    def _gathered(self, gather: Gather, watch: VoiceWatch | None) -> dict[str, str] | None:
        """Return the parameters of what was typed or said, or None."""
        entry = KeyEntry(gather)
        if gather.keys and self._handset.keys_stop(True) and self._take_keys(entry):
            return entry.parameters()
        number, quiet = (0, 0.0) if entry.begun else self._ask(gather.prompts)
        speaking = False
        until = _FOREVER if number else time.monotonic() + gather.timeout + quiet
        while True:
            event = self._next_event(until)
            if event is None:
                return entry.parameters() if entry.begun else None
            if isinstance(event, KeyDown) and gather.keys:
                self._hops, speaking = 0, False
                if self._take_keys(entry):
                    return entry.parameters()
                if entry.begun:
                    until = time.monotonic() + gather.timeout
                    if watch:
                        watch.close()
            elif event == Heard(number) and not entry.begun and not speaking:
                until = time.monotonic() + gather.timeout + quiet
            elif isinstance(event, VoiceBegan) and not entry.begun:
                speaking = True
                until = _FOREVER
                if gather.barge_in:
                    self._handset.stream.stop()
            elif isinstance(event, VoiceEnded) and not entry.begun:
                return speech_result(event.result)

    def _ask(self, prompts: Sequence[TwimlPrompt]) -> tuple[int, float]:
        """Start the prompts; return the number of the last sound, 0 for none, and the seconds of pause after it."""
        number, quiet = 0, 0.0
        for prompt in prompts:
            if isinstance(prompt, Pause):
                quiet += prompt.length
            elif pcm := self._pcm(prompt):
                if quiet and number:
                    self._handset.play(bytes(2 * round(8000 * quiet)))
                quiet = 0.0
                number = self._handset.play(pcm, prompt.loop or _PLAYS, _words(prompt))
                self._hops = 0
        return number, quiet

    def _take_keys(self, entry: KeyEntry) -> bool:
        """Add the keys that wait; return whether the entry is complete."""
        while not entry.complete and (key := self._handset.key()):
            entry.add(key)
        return entry.complete

    def _voice(self, gather: Gather) -> VoiceWatch | None:
        return self._services.voice_watch(gather, self._handset.put) if gather.speech else None

    # --- Record ---

    def _record(self, record: Record) -> None:
        self._handset.forget_keys()
        if record.play_beep:
            self._sound(beep())
        take = Take(silence=record.timeout, trim=record.trim)
        self._handset.stream.listen(take.feed)
        left, key = False, ""
        try:
            key = self._until_key(record, take)
        except Gone:
            left = True
        finally:
            self._handset.stream.ignore(take.feed)
        facts = self._recording(record.status_callback, "RecordVerb", take.seconds, take.wav())
        step = self._next("record", record.action, record.method, facts | {"Digits": "hangup" if left else key})
        if left:
            self._last_word(step)
        raise step

    def _until_key(self, record: Record, take: Take) -> str:
        until = time.monotonic() + record.max_length
        while time.monotonic() < until and not take.is_silent:
            # The end of speech is looked for ten times a second; keys come at once.
            event = self._next_event(min(until, time.monotonic() + 0.1))
            if isinstance(event, KeyDown) and (key := self._handset.key()) in record.finish_on_key and key:
                return key
        return ""

    # --- Dial and Enqueue ---

    def _dial(self, dial: Dial) -> None:
        if self._line.parent:
            raise TwimlFault(13215, "<Dial> is not allowed in a document for a dialled party", url=self._url)
        self._handset.forget_keys()
        self._hops = 0
        leg = DialledLeg(
            self._services, self._handset, self._leg_line(dial.parties[0]), self._new_sid("CA"), LivePlayer
        )
        try:
            ended = leg.connect(dial, dial.caller_id or self._line.caller, self._next_event)
        finally:
            self.side_requests.later(leg.report)
        self.side_requests.flush()
        facts = {"DialCallSid": leg.call_sid, **ended.facts(self._carrier_options.screened)}
        if ended.talked is not None and dial.record:
            facts |= self._recording(dial.recorded, "DialVerb", ended.talked, leg.recording())
        self.faults += leg.faults
        step = self._next("dial", dial.action, dial.method, facts)
        if ended.caller_left:
            if dial.action is not None:
                self._last_word(step)
            raise Gone
        if dial.action is not None:
            raise step

    def _enqueue(self, enqueue: Enqueue) -> None:
        """Refuse: the queue is the server's own, and this line has no router of tasks."""
        raise TwimlFault(13236, f"<Enqueue> {enqueue.name}: this line has no queue; the server keeps its own")


def _words(prompt: Say | Play) -> str:
    return prompt.text if isinstance(prompt, Say) else ""
