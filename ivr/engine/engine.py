"""Run one turn: (call, input, time, answers) -> (closing verb, call, journal events).

The engine does no I/O and reads no clock. A turn ends in a `Reply`, or in an `Ask` that goes on when it is answered:
the same call, input, time and answers give the same reply.
"""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass
from functools import partial

from msgspec.structs import replace

from ivr.errors import FlowStuck, LookupFailed
from ivr.flow.chart import Chart
from ivr.flow.model import RETURN, Flow, Release
from ivr.flow.outcomes import AGENT, MAIN_MENU, UNVERIFIED
from ivr.flow.reach import ChoiceReach
from ivr.flow.secrets_needed import secrets_needed

from .asking import Ask, run_turn
from .call import Call, Frame, Transfer
from .caller_lookup import who_calls
from .dropped_call import keep_place
from .inputs import LOST, CallStarted, Digits, HungUp, Input, RecognizerFailed, Resumed
from .ports import Event
from .release_cache import ReleaseCache
from .service_ports.queue import ENDED, LeaveQueue
from .step import FlowResults, Jump, LiveStep, Move, RunFlow, TakeUp, Universal
from .turn import Services, Turn
from .typed_secrets import of_ended, without_unneeded
from .verbs import Closing, Hearing

HOP_LIMIT = 64
"""The most steps of one turn; a flow that needs more is looping."""

DEPTH_LIMIT = 8
"""The most stacked sub-flows; a flow that needs more runs itself."""

HISTORY_LIMIT = 20
REPLAYABLE_LIMIT = 5


@dataclass(frozen=True)
class Reply:
    """The result of a turn: one closing verb, the call after the turn, and the journal events."""

    closing: Closing
    call: Call
    events: tuple[Event, ...]


class Engine:
    """One release of flows, ready to take turns. Thread-safe; holds no call."""

    def __init__(self, release: Release, services: Services, cache: ReleaseCache | None = None) -> None:
        self.release = release
        self._services = services
        self._cache = ReleaseCache() if cache is None else cache
        self._reach = ChoiceReach(release.flows)
        # One chart for a flow, shared by all calls. An instance costs from 1 ms (10 steps) to 170 ms (1,000 steps) to
        # build, which no turn can afford; the place of a call is data and is put into the chart for one event.
        self._charts = {name: Chart(flow) for name, flow in release.flows.items()}
        self._needed = secrets_needed(release.flows)

    def warm(self) -> None:
        """Compose what can be said at each menu, so that the first caller waits no longer than the hundredth."""
        for flow in self.release.flows.values():
            for step in flow.steps.values():
                for language in flow.languages if step.listens else ():
                    call = Call("", self.release.version, language, "", "", 0.0, (Frame(flow.name, step.name),))
                    self._rehearse(self._turn(call, 0.0))

    def _rehearse(self, turn: Turn) -> None:
        """Compose the hints of a step and look for a long sentence among its phrases."""
        step = self._step(turn)
        if step.hearing(turn) is not None:
            language = turn.line.phrases.language_of(turn.call.language)
            turn.services.understand(turn.line.phrases.phrase(language, "help"), step.expected(turn), language)

    def begin(self, call_id: str, started: CallStarted, now: float) -> Reply | Ask[Reply]:
        """Take the first turn of a call. An unknown flow name gets the flow of the called number."""
        return run_turn(partial(self._begin, call_id, started, now))

    def turn(self, call: Call, action: Input, now: float) -> Reply | Ask[Reply]:
        """Take one turn. Raises FlowStuck only when a flow loops; what callers do is never an error."""
        return run_turn(partial(self._answer, call, action, now))

    def _begin(self, call_id: str, started: CallStarted, now: float) -> Reply:
        line = self.release.line
        name = started.flow or ""
        # A number at the carrier may still name a flow that was renamed; its callers must not hear an error.
        if name not in self.release.flows:
            name = line.flow_for(started.called)
        flow = self.release.flows[name]
        wanted = line.number(started.called).language
        call = Call(
            id=call_id,
            release=self.release.version,
            language=wanted.name if wanted and wanted.name in flow.languages else flow.language,
            # A number that is not the caller's is another person's: it must count for nothing.
            caller="" if started.attestation == "failed" else started.caller,
            called=started.called,
            started=now,
            frames=(Frame(name, flow.start),),
            attestation=started.attestation,
        )
        turn = self._turn(call, now)
        turn.change_facts(caller=who_calls(turn))
        who = turn.caller
        signed = {"attestation": call.attestation} if call.attestation else {}
        turn.note("started", caller=call.caller, called=call.called, known=bool(who.known), tier=who.tier, **signed)
        return self._run(turn, self._enter(turn))

    def _answer(self, call: Call, action: Input, now: float) -> Reply:
        turn = self._turn(call, now)
        # The status callback and the action of the last document may cross: a request for a call that has ended is
        # answered by a hang-up, and the end is noted once.
        if isinstance(action, HungUp) or call.ended:
            if not call.ended:
                gone = action if isinstance(action, HungUp) else HungUp("")
                turn.note("hung_up", reason=gone.reason)
                self._step(turn).on_hangup(turn, gone)
                keep_place(turn, gone, lambda flow, step: self._needed[flow].get(step, frozenset()))
            lost = isinstance(action, HungUp) and action.reason == LOST
            turn.hang_up(call.ended or (LOST if lost else "caller"))
            return self._reply(turn)
        if turn.level:
            # Each request renews the proof, so that it expires in idle calls only, not in the middle of a long one.
            turn.verified(turn.level, call.identity.customer)
        # The caller needs a moment to bring the telephone from the hand, where the key was pressed, back to the ear.
        if isinstance(action, Digits):
            turn.pause(turn.profile.after_key_pause)
        if isinstance(action, RecognizerFailed):
            action = self._deafened(turn, action)
        return self._run(turn, self._step(turn).answer(turn, action))

    def hears(self, call: Call, now: float) -> Hearing | None:
        """Return the words that the current step of the call can hear; None if it takes none."""
        turn = self._turn(call, now)
        return self._step(turn).hearing(turn)

    def recordable(self, call: Call, action: Input, now: float) -> Input | None:
        """Return the input as it may be recorded, with stand-ins for secrets; None when it may hold one."""
        turn = self._turn(call, now)
        return self._step(turn).recordable(turn, action)

    def takes_recording(self, call: Call, turn: int | None) -> bool:
        """Return whether the current step keeps a recording that answers `turn`, which may be over.

        A turn is over before its recording comes when an older request is repeated meanwhile.
        """
        step = self._flow(call).steps.get(call.frame.step)
        return (
            isinstance(step, LiveStep)
            and turn is not None
            and step.takes_recording(self._turn(call, call.started), turn)
        )

    @staticmethod
    def _deafened(turn: Turn, failed: RecognizerFailed) -> Resumed:
        """Change the input mode and ask again. Announce once if only keys are left."""
        turn.note("unheard", input_mode=failed.input_mode)
        if failed.input_mode == "keys" and turn.call.input_mode != "keys":
            turn.phrase("keys_only")
        turn.change(input_mode=failed.input_mode)
        return Resumed()

    def _turn(self, call: Call, now: float) -> Turn:
        release = self.release
        return Turn(
            call, self._flow(call), release.line, self._services, now,
            release_cache=self._cache, reach=self._reach, lookups=release.lookups,
        )  # fmt: skip

    def _flow(self, call: Call) -> Flow:
        return self.release.flows[call.frame.flow]

    def _step(self, turn: Turn) -> LiveStep:
        step = turn.flow.steps.get(turn.frame.step)
        if not isinstance(step, LiveStep):
            raise FlowStuck(f'flow "{turn.flow.name}" has no step "{turn.frame.step}"')
        return step

    # moving

    def _run(self, turn: Turn, move: Move) -> Reply:
        while move is not None:
            turn.hops += 1
            if turn.hops > HOP_LIMIT:
                raise FlowStuck(f'flow "{turn.flow.name}" goes round and round at step "{turn.frame.step}"')
            move = self._follow(turn, move)
        return self._reply(turn)

    def _reply(self, turn: Turn) -> Reply:
        if turn.closing is None:
            raise FlowStuck(f'step "{turn.frame.step}" neither waits nor goes on')
        if turn.call.ended:
            self._free_place(turn)
            turn.note("ended", reason=turn.call.ended, seconds=round(turn.now - turn.call.started, 1))
            # A message's recording is reported after the caller has hung up, and its step then reads the values again.
            turn.call = of_ended(turn.call, keeps_values=self._step(turn).takes_recording(turn, turn.call.turn))
        call = replace(turn.call, turn=turn.call.turn + 1, keys_ahead="")  # they were meant for this turn
        return Reply(turn.closing, call, tuple(turn.events))

    @staticmethod
    def _free_place(turn: Turn) -> None:
        """Report the end of a call to the queue: its place goes, and the call back that it asked for may be made."""
        # Only calls that asked for a person are known to the queue; most calls end without this question.
        if turn.call.transfer != Transfer():
            with suppress(LookupFailed):
                turn.ask(LeaveQueue(call=turn.call.id, why=ENDED))

    def _follow(self, turn: Turn, move: str | Universal | RunFlow | Jump | TakeUp) -> Move:
        if move is Universal.BACK:
            return self._back(turn)
        if move is Universal.AGAIN:
            here, visited = turn.frame.step, turn.frame.visited
            # The step counts as not yet heard: in the other language the caller must hear its long prompt.
            turn.change_frame(scratch={}, visited=tuple(name for name in visited if name != here))
            return self._enter(turn)
        if isinstance(move, RunFlow):
            return self._run_flow(turn, move)
        if isinstance(move, Jump):
            return self._jump(turn, move)
        if isinstance(move, TakeUp):
            return self._take_up(turn, move)
        assert isinstance(move, str)  # noqa: S101
        # Before the chart is asked, since the route of this outcome is one of the flow that the call began with.
        if move == MAIN_MENU:
            self._drop_to_first(turn)
        chart, here = self._charts[turn.frame.flow], turn.frame.step
        # An event of the chart costs about 150 us, so a route without conditions is asked for once in a process.
        there = chart.arrival(here, move) or chart.advance(here, move, turn.values())
        if self._proved_another(turn, there):
            return MAIN_MENU
        turn.note("outcome", outcome=move, to=there)
        self._leave_mark(turn, there)
        return self._arrive(turn, there)

    def _proved_another(self, turn: Turn, there: str) -> bool:
        """Return whether a proof leads to a step whose values are gone: another customer than before has proved it."""
        steps = turn.flow.steps
        return (
            there in steps
            and steps[turn.frame.step].proves() > 0
            and not self._reach.needed_at(turn.flow.name, there) <= turn.frame.values.keys()
        )

    @staticmethod
    def _leave_mark(turn: Turn, there: str) -> None:
        frame = turn.frame
        step = turn.flow.steps.get(frame.step)
        if step is None:
            return
        changes: dict[str, tuple[str, ...]] = {}
        if step.replayable:
            changes["replayable"] = (*frame.replayable, step.name)[-REPLAYABLE_LIMIT:]
        # The caller has made a choice here: "repeat" goes back no farther than the last choice.
        elif step.listens and frame.replayable:
            changes["replayable"] = ()
        if step.returnable and there != step.name:
            changes["history"] = (*frame.history, step.name)[-HISTORY_LIMIT:]
        if changes:
            turn.change_frame(**changes)

    def _arrive(self, turn: Turn, there: str) -> Move:
        if there == RETURN:
            return self._return(turn)
        if there in turn.flow.steps:
            values = without_unneeded(turn.frame.values, self._needed_at(turn, there))
            turn.change_frame(step=there, scratch={}, values=values)
        else:
            turn.call = replace(
                turn.call, frames=(*turn.call.frames[:-1], Frame(there, self.release.flows[there].start))
            )
            turn.flow = self.release.flows[there]
        return self._enter(turn)

    def _needed_at(self, turn: Turn, step: str) -> frozenset[str]:
        return self._needed[turn.flow.name].get(step, frozenset())

    def _enter(self, turn: Turn) -> Move:
        step = self._step(turn)
        if step.requires > turn.level:
            return UNVERIFIED
        return step.enter(turn)

    def _back(self, turn: Turn) -> Move:
        here = turn.frame.step
        # A menu to which the caller returns must not be behind itself, and a step whose secret has gone cannot go on.
        while turn.frame.history and (turn.frame.history[-1] == here or self._lacks(turn, turn.frame.history[-1])):
            turn.change_frame(history=turn.frame.history[:-1])
        while not turn.frame.history and len(turn.call.frames) > 1:
            self._pop(turn)
        *trail, step = (*turn.frame.history,) or (turn.flow.main_menu,)
        turn.note("outcome", outcome="back", to=step)
        turn.change_frame(history=tuple(trail))
        return self._arrive(turn, step)

    def _lacks(self, turn: Turn, step: str) -> bool:
        """Return whether a step needs a secret that went when the last step that needed it was left."""
        return not self._needed_at(turn, step) <= turn.frame.values.keys()

    def _drop_to_first(self, turn: Turn) -> None:
        turn.change(frames=turn.call.frames[:1])
        turn.flow = self._flow(turn.call)
        turn.change_frame(history=())

    def _jump(self, turn: Turn, jump: Jump) -> Move:
        """Go to a step of any flow; the flow that the call began with stays below, for its main menu and the way back.

        The step asks for the proof that it requires, as on every way to it.
        """
        turn.note("outcome", outcome="jump", to=f"{jump.flow}.{jump.step}")
        self._leave_mark(turn, jump.step)
        if turn.frame.flow != jump.flow:
            turn.change(frames=turn.call.frames[:1])
            if turn.frame.flow != jump.flow:
                turn.change(frames=(*turn.call.frames, Frame(jump.flow, jump.step)))
            turn.flow = self._flow(turn.call)
        return self._arrive(turn, jump.step)

    def _take_up(self, turn: Turn, move: TakeUp) -> Move:
        """Go on with the frames of an earlier call; the active step asks for the proof that it requires."""
        turn.note("outcome", outcome="go_on", to=move.frames[-1].step)
        turn.change(frames=move.frames)
        turn.flow = self._flow(turn.call)
        return self._arrive(turn, turn.frame.step)

    # sub-flows

    def _run_flow(self, turn: Turn, run: RunFlow) -> Move:
        if len(turn.call.frames) >= DEPTH_LIMIT:
            raise FlowStuck(f'flow "{run.flow}" runs itself without end')
        flow = self.release.flows[run.flow]
        turn.change(frames=(*turn.call.frames, Frame(run.flow, flow.start, values=run.values, proven=run.proven)))
        turn.flow = flow
        return self._enter(turn)

    def _pop(self, turn: Turn) -> None:
        turn.change(frames=turn.call.frames[:-1])
        turn.flow = self._flow(turn.call)

    def _return(self, turn: Turn) -> Move:
        if len(turn.call.frames) == 1:
            return AGENT  # no flow has run this one: a person must help
        values = turn.values()
        # The proof is read before the frame is dropped, because it is kept in that frame beside the values.
        results = {name: values.get(name) for name in turn.flow.returns}
        proof = max(map(turn.proof_of, turn.flow.returns), default=0)
        self._pop(turn)
        turn.remember(FlowResults(results, proof))
        return self._step(turn).enter(turn)
