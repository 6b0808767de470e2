"""Play a conversation: act as its caller, check the prompts, and report the first difference in plain words."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import replace
from typing import TYPE_CHECKING, NoReturn

from ivr.carrier.caller import (
    Act,
    DeskAnswer,
    Gone,
    HangUp,
    HeardPrompt,
    HeardRecording,
    HeardText,
    ListeningWindow,
    Press,
    Silence,
    Speak,
    Stretch,
    Talk,
)
from ivr.carrier.carrier_options import CallResult
from ivr.carrier.clock import Clock
from ivr.diagnostics.problem import Place

from .model import CODE, Conversation, ConversationTurn, Expectation, Facts, NotInFlow, StepPrompt
from .result import (
    CARRIER_FAULT,
    FailedExpectation,
    TranscriptLine,
    act_of,
    folded_for_match,
    how,
    plain,
    quoted,
    shown,
)

if TYPE_CHECKING:  # the load test plays callers, and knows no flows
    from .flow_words import FlowWords

REACTION_SECONDS = 0.5
MASK = "••••••"
_DIGIT = re.compile(
    r"\d|[〇零一二三四五六七八九幺两]|\b(?:zero|oh|one|two|three|four|five|six|seven|eight|nine)\b", re.I
)
_CODE = re.compile(r"(?<!\d)\d{6}(?!\d)")
Inbox = Callable[[], Sequence[str]]
"""Returns the text messages that were sent, newest last; available only in the server's own process."""
BackEndSwitch = Callable[[ConversationTurn], None]
_ENDS = {"server": "the server hung up", "caller": "the caller hung up", "fault": "a fault", "limit": "too long"}


class ScriptedCaller:
    """The caller of one conversation."""

    def __init__(
        self,
        conversation: Conversation,
        clock: Clock,
        call_sid: str,
        facts: Facts | None,
        ring: float,
        inbox: Inbox | None = None,
        back_ends: BackEndSwitch | None = None,
        flow_words: FlowWords | None = None,
    ) -> None:
        self.failures: list[FailedExpectation] = []
        self.unchecked: list[Expectation] = []
        self.transcript: list[TranscriptLine] = []
        self._conversation = conversation
        self._clock = clock
        self._call_sid = call_sid
        self._facts = facts
        self._inbox = inbox
        self._back_ends = back_ends
        self._flow_words = flow_words
        self._start = clock.now() + ring
        self._next = 0
        self._began: float | None = None
        self._acting: ConversationTurn | None = None
        self._owed: ConversationTurn | None = None
        self._said: list[str] = []
        self._from = 0
        self._dialled: list[str] = []
        self._ended = False
        self._keys_only = False
        self._agent_said: list[str] = []
        self._waits_until: float | None = None

    # --- the Caller protocol ---

    def early(self, stretch: Stretch) -> Act | None:
        """Act during a prompt when the next act is due while `stretch` is played."""
        if self._began is None:
            self._began = stretch.began
        turn = self._coming()
        if turn is None or turn.after is None or turn.act in (None, "dial", "agent", "record"):
            return None
        at = max(0.0, self._began + turn.after - stretch.began)
        if at >= stretch.seconds:
            return None
        self._acting = turn
        return self._act(turn, at)

    def hears(self, heard: HeardPrompt) -> None:
        """Record the prompt."""
        if isinstance(heard, HeardText):
            self._said.append(heard.text)
            self._note("hears", heard.text)
        elif isinstance(heard, HeardRecording):
            self._note("hears", f"[recording] {heard.url}")

    def answers(self, listening: ListeningWindow) -> Act:
        """Return the act of the next turn."""
        self._catch_up()
        turn = self._coming()
        if turn is None:
            raise Gone
        if self._waits_on(turn, listening):
            return Silence()
        now = self._clock.now()
        if turn.act in ("dial", "agent"):
            self._fail(turn.place, f"expected the caller to be put through, but the call listens {how(listening)}")
        if turn.act == "record" and not listening.records:
            self._fail(turn.place, f"expected a recording, but the call listens {how(listening)}")
        at = REACTION_SECONDS
        if turn.after is not None and not listening.records:
            at = max(0.0, (self._began if self._began is not None else now) + turn.after - now)
            if at > listening.timeout:
                return Silence()
        self._acting = turn
        self._keys_only = not listening.speech
        return self._act(turn, 0.0 if turn.act in ("wait", "record") else at)

    def acted(self, act: Act) -> None:
        """Check the prompts before this act, then start a new list."""
        turn, self._acting = self._acting, None
        if turn is None:
            return
        self._catch_up()
        self._check_heard(turn)
        self._note(*self._act_words(turn, act))
        self._done(turn)

    def desk(self, numbers: Sequence[str]) -> DeskAnswer:
        """Return the agent's behaviour in the next turn; by default the agent answers."""
        self._dialled += numbers
        self._note("is put through to", ", ".join(numbers))
        self._waited_enough()
        self._catch_up()
        self._agent_said = []
        turn = self._coming()
        if turn is None or turn.act not in ("dial", "agent"):
            return DeskAnswer(hears=self._told_agent)
        self._check_heard(turn)
        self._done(turn)
        if turn.act == "dial":
            self._note("desk", turn.dial + (f", {turn.talk:g} s of talk" if turn.dial == "completed" else ""))
            return DeskAnswer(
                turn.dial, turn.talk, caller_leaves=turn.leaves, repeat=turn.repeat, hears=self._told_agent
            )
        leaves_at = turn.after if turn.leaves else None
        return replace(
            turn.agent,
            caller_leaves=turn.leaves and leaves_at is None,
            caller_leaves_at=leaves_at,
            repeat=turn.repeat,
            hears=self._told_agent,
        )

    def _told_agent(self, heard: HeardPrompt) -> None:
        if isinstance(heard, HeardText):
            self._agent_said.append(heard.text)
            self._note("agent hears", heard.text)

    def _waits_on(self, turn: ConversationTurn, listening: ListeningWindow) -> bool:
        """Return whether a caller with `patience` continues to wait after this prompt."""
        if turn.act != "wait" or turn.patience is None:
            return False
        if self._waits_until is None:
            self._waits_until = self._clock.now() + turn.patience
        return self._clock.now() + listening.timeout < self._waits_until

    def _waited_enough(self) -> None:
        """End the wait of a caller who is connected before the time is over."""
        turn = self._coming()
        if turn is not None and turn.act == "wait" and turn.patience is not None:
            self._check_heard(turn)
            self._done(turn)

    # --- the end ---

    def finish(self, result: CallResult) -> None:
        """Check the last turns, and that the carrier reported no fault."""
        self._ended = result.ended_by == "server"
        self._note("call ends", _ENDS[result.ended_by])
        with suppress(Gone):
            if not self.failures:
                self._catch_up()
                self._left_over(result)
        place = self._place()
        faults = dict.fromkeys(f"{fault} ({fault.url})" if fault.url else str(fault) for fault in result.faults)
        self.failures += [FailedExpectation(place, f"{CARRIER_FAULT}: {fault}") for fault in faults]
        if result.ended_by == "limit":
            self.failures.append(
                FailedExpectation(place, "the call never ends: it lasted as long as a carrier lets a call last")
            )

    def _left_over(self, result: CallResult) -> None:
        turn = self._coming()
        if turn is not None and result.ended_by in ("server", "limit"):
            self._fail(turn.place, f"expected the call to go on ({act_of(turn)}), but the server had hung up")

    # --- checking ---

    def _coming(self) -> ConversationTurn | None:
        """Return the next turn in which the caller acts."""
        return next((turn for turn in self._conversation.turns[self._next :] if turn.act is not None), None)

    def _catch_up(self) -> None:
        """Check the facts after the last act, then every turn without an act."""
        owed, self._owed = self._owed, None
        if owed is not None:
            self._check_agent(owed)
            self._check_facts(owed)
        turns = self._conversation.turns
        while self._next < len(turns) and turns[self._next].act is None:
            turn = turns[self._next]
            self._check_heard(turn)
            self._check_facts(turn)
            self._next += 1

    def _done(self, turn: ConversationTurn) -> None:
        if self._back_ends is not None:
            self._back_ends(turn)
        self._owed = turn
        self._next += 1
        self._said, self._from, self._began, self._waits_until = [], 0, None, None

    def _check_heard(self, turn: ConversationTurn) -> None:
        said = folded_for_match("".join(self._said))
        self._check_at(turn)
        for expected in turn.hear:
            for wanted in map(folded_for_match, self._words(expected)):
                place = said.find(wanted, self._from)
                if place < 0:
                    earlier = ", which was said, but before what is listed above it" if wanted in said else ""
                    words = expected.value if isinstance(expected.value, str) else ""
                    self._fail(expected.place, f"expected to hear {quoted(expected)}{earlier}", words)
                self._from = place + len(wanted)
        for expected in turn.hear_not:
            if folded_for_match(str(expected.value)) in said:
                self._fail(expected.place, f"expected not to hear {quoted(expected)}")

        newest = folded_for_match("".join(self._texts()[-1:]))
        for expected in turn.text_message:
            if self._inbox is None:
                self.unchecked.append(expected)
            elif folded_for_match(str(expected.value)) not in newest:
                what = f"expected a text message with {quoted(expected)}"
                self._fail(expected.place, f"{what}, but the newest is {newest or '(none)'}")

    def _check_agent(self, turn: ConversationTurn) -> None:
        said = folded_for_match("".join(self._agent_said))
        for expected in turn.agent_hears:
            if folded_for_match(str(expected.value)) not in said:
                heard = " ".join(self._agent_said) or "(nothing)"
                self._fail(expected.place, f"expected the agent to be told {quoted(expected)}, but they hear: {heard}")

    def _texts(self) -> Sequence[str]:
        return self._inbox() if self._inbox is not None else ()

    def _check_at(self, turn: ConversationTurn) -> None:
        if turn.at is None:
            return
        if self._flow_words is None:
            self.unchecked.append(turn.at)
        elif (step := self._flow_words.step_of(self._call_sid)) != turn.at.value:
            self._fail(turn.at.place, f"expected the call to be at step {turn.at.value}, but it is at {step}")

    def _words(self, expected: Expectation) -> Sequence[str]:
        """Return the words of an expectation in order. Those of a step are known only with its flows."""
        if not isinstance(expected.value, StepPrompt):
            return (str(expected.value),)
        if self._flow_words is None:
            self.unchecked.append(expected)
            return ()
        try:
            return self._flow_words.words_of(self._call_sid, expected.value)
        except (NotInFlow, ValueError) as fault:
            self._fail(expected.place, str(fault))

    def _act(self, turn: ConversationTurn, at: float) -> Act:
        if turn.act == "choose":
            return self._choose(turn, at)
        return _act(turn, turn.press.replace(CODE, self._code(turn)) if CODE in turn.press else turn.press, at)

    def _choose(self, turn: ConversationTurn, at: float) -> Act:
        if self._flow_words is None:
            self._fail(turn.place, "`choose` needs the flows of the call, and this server has its own; press the key")
        try:
            if turn.by_word:
                return Speak(self._flow_words.phrase_of(self._call_sid, turn.choose), turn.confidence, at)
            return Press(self._flow_words.keys_of(self._call_sid, turn.choose), at, repeat=turn.repeat)
        except NotInFlow as fault:
            self._fail(turn.place, str(fault))

    def _code(self, turn: ConversationTurn) -> str:
        """Return the code in the newest text message."""
        match = _CODE.search("".join(self._texts()[-1:]))
        if match is None:
            self._fail(turn.place, "expected a text message with a code, but there is none to read here")
        return match[0]

    def _check_facts(self, turn: ConversationTurn) -> None:
        facts = self._facts(self._call_sid) if self._facts and turn.expect else None
        for name, expected in turn.expect.items():
            if name == "seconds_at_most":
                self._check_seconds(expected)
            elif name == "ended" and expected.value in ("true", "false"):
                self._check_fact(name, expected, self._ended)
            elif name == "dialled":
                self._check_dialled(expected)
            elif facts is None:
                self.unchecked.append(expected)
            elif not facts:
                self._fail(expected.place, "the server has no record of this call")
            elif name not in facts:
                self._fail(expected.place, f"there is no fact `{name}`; there are {', '.join(sorted(facts))}")
            else:
                self._check_fact(name, expected, facts[name])

    def _check_seconds(self, expected: Expectation) -> None:
        gone = self._clock.now() - self._start
        try:
            most = float(str(expected.value).rstrip("s"))
        except ValueError:
            most = -1.0
        if gone > most:
            self._fail(
                expected.place,
                f"expected at most {expected.value} seconds since the call began, but it was {gone:.1f}",
            )

    def _check_dialled(self, expected: Expectation) -> None:
        value = expected.value
        wanted = [] if value in (None, "false") else value if isinstance(value, list) else [value]
        last = self._dialled[-len(wanted) :]  # all, where none is expected
        if last != wanted and not (self._dialled and wanted == ["true"]):
            named, dialled = (wanted and str(expected.value)) or "no number", ", ".join(self._dialled) or "no number"
            self._fail(expected.place, f"expected that {named} was dialled, but it was {dialled}")

    def _check_fact(self, name: str, expected: Expectation, fact: object) -> None:
        if plain(fact) != plain(expected.value):
            self._fail(expected.place, f"expected {name} to be {shown(expected.value)}, but it is {shown(fact)}")

    def _fail(self, place: Place, message: str, expected: str = "") -> NoReturn:
        """Record the failure and hang up, since later checks would be meaningless."""
        self.failures.append(FailedExpectation(place, message, " ".join(self._said) or "(nothing)", expected))
        raise Gone

    def _place(self) -> Place:
        turns = self._conversation.turns
        return turns[min(self._next, len(turns) - 1)].place if turns else self._conversation.place

    def _note(self, who: str, what: str) -> None:
        self.transcript.append(TranscriptLine(self._clock.now() - self._start, who, what))

    def _act_words(self, turn: ConversationTurn, act: Act) -> tuple[str, str]:
        if isinstance(act, Press):
            return "presses", self._masked(turn, act.keys)
        if isinstance(act, Speak):
            unheard = " (not heard: only keys are taken here)" if self._keys_only else ""
            return "says", self._masked(turn, act.text) + unheard
        if isinstance(act, Talk):
            return "leaves a message", f"{act.seconds:g} s"
        return ("hangs up", "") if isinstance(act, HangUp) else ("is silent", "")

    def _masked(self, turn: ConversationTurn, words: str) -> str:
        hidden = turn.secret or CODE in turn.press or self._conversation.secret or len(_DIGIT.findall(words)) >= 6
        return MASK if hidden else words


def _act(turn: ConversationTurn, keys: str, at: float) -> Act:
    if turn.act == "press":
        return Press(keys, at, repeat=turn.repeat)
    if turn.act == "say":
        return Speak(turn.say, turn.confidence, at, repeat=turn.repeat)
    if turn.act == "record":
        if turn.leaves:
            return HangUp(turn.record, repeat=turn.repeat)
        return Talk(turn.record, turn.press, repeat=turn.repeat)
    if turn.act == "hang_up":
        return HangUp(at)
    return Silence(repeat=turn.repeat)
