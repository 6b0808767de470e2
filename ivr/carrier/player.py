"""Play the TwiML of one call as Twilio does. Must not start threads or know flows and the engine."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from . import gather_rules
from .caller import Act, Caller, DeskAnswer, Gone, HangUp, HeardPrompt, ListeningWindow, Silence, Stretch, Talk
from .carrier_options import CallResult, CarrierOptions
from .clock import Clock
from .document_player import CallOver, DocumentPlayer, NextDocument
from .legs import AnsweringAgent, LegEnded, bridge
from .requests import ExchangeWatch, PhoneLine, beside, resolved_url
from .sound_length import sound_seconds
from .transport import Transport
from .twiml import Dial, Enqueue, Gather, Party, Pause, Play, Record, Reject, Say, TwimlFault, TwimlPrompt
from .twiml_parser import parse_twiml

if TYPE_CHECKING:
    from .recordings import CarrierRecordings


class Player(DocumentPlayer):
    """One call, from the first ring to the status callback. Use it once."""

    def __init__(
        self,
        line: PhoneLine,
        transport: Transport,
        caller: Caller,
        clock: Clock,
        *,
        call_sid: str | None = None,
        carrier_options: CarrierOptions | None = None,
        watch: ExchangeWatch | None = None,
        recordings: CarrierRecordings | None = None,
    ) -> None:
        super().__init__(
            line, transport, call_sid=call_sid, carrier_options=carrier_options, watch=watch, recordings=recordings
        )
        self._caller = caller
        self._clock = clock
        self._dialled: list[str] = []
        self._early = ""
        self._moved = ""
        self._over = False

    def _now(self) -> float:
        return self._clock.now()

    def _length(self, url: str) -> float:
        return sound_seconds(self._transport, self._line.real(resolved_url(self._url, url)))

    @property
    def is_over(self) -> bool:
        """Whether the call has ended."""
        return self._over

    def move(self, url: str) -> None:
        """Redirect the call to another address at its next wait; a wait in progress must be woken by the clock."""
        self._moved = url

    def call(self) -> CallResult:
        """Make the call, play it to its end, and post the status callback."""
        self._began = self._clock.now()
        try:
            self._clock.sleep(self._carrier_options.ring)
            self._began = self._clock.now()
            self._run(NextDocument("voice", self._line.voice_url, "POST"))
        except CallOver as over:
            by, status = over.by, over.status
        except Gone:
            by, status = "caller", "completed"
        self._over = True
        seconds = self._clock.now() - self._began
        self.side_requests.ended(status, seconds, self._clock.now())
        faults = (*self.faults, *self._carrier.warnings)
        return CallResult(self.call_sid, by, status, seconds, self._documents, faults, tuple(self._dialled))

    # --- what is heard ---

    def _wait(self, seconds: float) -> None:
        # A sound has been heard, so the documents are no endless loop.
        if seconds > 0 and not self._moved:
            self._hops = 0
            self._clock.sleep(seconds)
        if self._moved:
            url, self._moved = self._moved, ""
            raise NextDocument("moved", url, "POST")

    def _prompts(self, prompts: Sequence[TwimlPrompt]) -> None:
        """Play prompts that only a hang-up can interrupt."""
        stretch = Stretch(
            self._clock.now(), tuple(gather_rules.as_heard(prompt, self._length) for prompt in prompts), None
        )
        act = self._caller.early(stretch)
        if act is None or act.at >= stretch.seconds > 0:
            self._hear(stretch.prompts)
            return
        rest = self._hear(stretch.prompts, until=act.at)
        self._do(act)
        self._hear(rest)

    def _hear(self, prompts: Sequence[HeardPrompt], until: float = float("inf")) -> Sequence[HeardPrompt]:
        """Play for `until` seconds; return the rest."""
        for place, prompt in enumerate(prompts):
            self._caller.hears(prompt)
            if until < prompt.seconds:
                self._wait(until)
                return gather_rules.rest_of(prompts[place:], until)
            self._wait(prompt.seconds)
            until -= prompt.seconds
        return ()

    # --- Gather ---

    def _gather(self, gather: Gather) -> None:
        stretch, listening = gather_rules.split(gather, self._clock.now(), self._length)
        result = self._typed_ahead(gather, stretch) or self._live(gather, stretch, listening)
        self._early = result.rest if self._carrier_options.early_keys == "kept" else ""
        if not result.empty or gather.action_on_empty:
            extra = result.parameters(self._carrier_options.empty_result == "blank")
            raise self._next("gather", gather.action, gather.method, extra, result.repeat)

    def _typed_ahead(self, gather: Gather, stretch: Stretch) -> gather_rules.Gathered | None:
        """Use keys pressed during the previous request; they interrupt the prompts at once."""
        if not self._early or not gather.keys:
            return None
        keys, self._early = self._early, ""
        self._hear(stretch.prompts[:1], until=0.0)
        result = gather_rules.gathered(gather, keys)
        self._wait(result.wait)
        return result

    def _live(self, gather: Gather, stretch: Stretch, listening: ListeningWindow) -> gather_rules.Gathered:
        act = self._caller.early(stretch)
        if act is not None and act.at < stretch.seconds:
            rest = self._hear(stretch.prompts, until=act.at)
            self._do(act)
            if not gather_rules.stops(gather, act):
                self._hear(rest)
            # Its time was counted from the prompts' begin, and has passed.
            act = replace(act, at=0.0)
        else:
            self._hear(stretch.prompts)
            act = self._caller.answers(listening)
            if act.at > listening.timeout:
                act = Silence()
            self._wait(act.at)
            self._do(act)
        result = gather_rules.gather_answer(gather, act, listening.timeout)
        self._wait(result.wait)
        return result

    def _do(self, act: Act) -> None:
        self._caller.acted(act)
        if isinstance(act, HangUp):
            raise Gone

    # --- Record ---

    def _record(self, record: Record) -> None:
        # A recording takes no keys that were pressed before its tone.
        self._early = ""
        prompts, listening = gather_rules.split_record(record)
        self._hear(prompts)
        act = self._caller.answers(listening)
        self._caller.acted(act)
        taken = gather_rules.record_result(record, act)
        self._wait(taken.wait)
        sound = act.sound if isinstance(act, Talk) else b""
        facts = self._recording(record.status_callback, "RecordVerb", taken.seconds, sound)
        step = self._next("record", record.action, record.method, facts | {"Digits": taken.key}, taken.repeat)
        if taken.key == "hangup":
            self._last_word(step)
        raise step

    # --- Dial and Enqueue ---

    def _dial(self, dial: Dial) -> None:
        if self._line.parent:
            raise TwimlFault(13215, "<Dial> is not allowed in a document for a dialled party", url=self._url)
        self._early, self._hops = "", 0
        self._dialled += dial.numbers
        desk = self._caller.desk(dial.numbers)
        leg = self._leg(dial.parties[0], desk)
        ended = bridge(desk, dial.timeout, self._clock, leg.takes)
        step = self._next("dial", dial.action, dial.method, self._dial_facts(dial, leg, ended), desk.repeat)
        self.side_requests.later(lambda: self._leg_over(leg, ended, desk))
        # The order of the two reports is not guaranteed; tests play either.
        if self._carrier_options.leg_told == "before":
            self.side_requests.flush()
        if ended.caller_left:
            if dial.action is not None:
                self._last_word(step)
            raise Gone
        if dial.action is not None:
            raise step

    def _leg(self, party: Party, desk: DeskAnswer) -> Player:
        """Return the player of the dialled leg."""
        line = self._leg_line(party)
        sid, agent, watch = self._new_sid("CA"), AnsweringAgent(desk), beside(self._watch)
        return Player(
            line, self._transport, agent, self._clock, call_sid=sid, carrier_options=self._carrier_options, watch=watch
        )

    def takes(self, clock: Clock) -> bool:
        """Play the leg's document to the agent; return whether the agent takes the call."""
        self._clock = clock
        return self._taken()

    def _leg_over(self, leg: Player, ended: LegEnded, desk: DeskAnswer) -> None:
        if not desk.lost:
            leg.side_requests.ended(ended.leg_status, ended.answered, self._clock.now())
        self.faults += leg.faults

    def _dial_facts(self, dial: Dial, leg: Player, ended: LegEnded) -> dict[str, str]:
        facts = {"DialCallSid": leg.call_sid, **ended.facts(self._carrier_options.screened)}
        if ended.talked is None or not dial.record:
            return facts
        return facts | self._recording(dial.recorded, "DialVerb", ended.talked)

    def _enqueue(self, enqueue: Enqueue) -> None:
        sid, began = self._new_sid("QU"), self._clock.now()
        if enqueue.wait_url:
            self._hold(enqueue, {"QueueSid": sid, "QueuePosition": "1", "QueueTime": "0", "CurrentQueueSize": "1"})
        desk = self._caller.desk((enqueue.name,))
        self._hops = 0
        ended = bridge(desk, 30, self._clock, lambda _: True)
        result = "bridged" if ended.talked is not None else "hangup" if ended.caller_left else "queue-full"
        extra = {"QueueResult": result, "QueueSid": sid, "QueueTime": str(round(self._clock.now() - began))}
        step = self._next("enqueue", enqueue.action, enqueue.method, extra, desk.repeat)
        if ended.caller_left:
            self._last_word(step)
        if enqueue.action is not None:
            raise step

    def _hold(self, enqueue: Enqueue, extra: Mapping[str, str]) -> None:
        """Play one round of the waiting document."""
        url = resolved_url(self._url, enqueue.wait_url or "")
        answer, where = self._carrier.ask("wait", enqueue.wait_method, url, extra, status=self._status)
        document = parse_twiml(answer.body, status=answer.status, content_type=answer.content_type, url=where)
        self.faults += document.warnings
        for verb in document.verbs:
            if isinstance(verb, Say | Play | Pause):
                self._prompts((verb,))
            elif isinstance(verb, Dial | Record | Enqueue | Reject):
                raise TwimlFault(14206, f"<{type(verb).__name__}> cannot stand in a waiting document", url=where)
