"""The base of steps that listen: asking, silence and misses with their ladders, universals, keys pressed ahead."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import ClassVar, Literal

from ivr.flow.fields import ListOf, option
from ivr.flow.model import Choice, Route
from ivr.flow.outcomes import AGENT, FAILED, MAIN_MENU, UNVERIFIED, global_outcome
from ivr.flow.routes import Ways
from ivr.flow.scalars import Flag, OneOf, Seconds, Whole
from ivr.flow.text import Text
from ivr.flow.text_field import TextField

from .expected_words import hints_of, names_of, phrases_of
from .fraud_warning import tells_of_fraud, warn_of_fraud
from .inputs import Digits, Input, NoInput, Resumed, Speech
from .option_words import language_of_choice
from .person_words import person_wanted
from .scratch import Scratch
from .stand_ins import without_ahead, without_numbers
from .step import LiveStep, Move, Universal
from .turn import Turn
from .urgent_question import ask_whether, for_yes_or_no, is_so, matter_in_question
from .verbs import Gather, Hearing, Keys

HOLD = 60.0
"""Seconds that `do: wait` waits (relay calls, AS/NZS 4263)."""
SLOWER, FASTER = 0.85, 1.15
"""Steps of the rate keys (W3C COGA: let users set the speed)."""
VISITED_LIMIT = 64
"""The most visited steps that are kept, the newest last. After as many others a caller hears the whole prompt."""
HOPS_AHEAD = 16
"""The most steps that keys pressed ahead may pass in one turn; the rest of the keys is dropped."""
MISS = "no_match"
SILENCE = "no_input"


@dataclass(frozen=True)
class InputScratch(Scratch):
    """`failures` counts silence and misses, `holding` is set while the caller asked for time.

    `returned` tells whether the caller had heard the step before this visit; None before it has asked.
    """

    failures: int = 0
    returned: bool | None = None
    holding: bool = False


@dataclass(frozen=True, kw_only=True)
class InputStep(LiveStep):
    """A step that waits for the caller. Each kind defines its prompt, its keys and the meaning of an answer."""

    listens: ClassVar[bool] = True
    ladder: ClassVar[str] = "menu"
    weighty: ClassVar[frozenset[str]] = frozenset()
    """Outcomes that cannot be undone: by voice they need a higher confidence than others."""
    type_ahead_default: ClassVar[str] = "keep"

    prompt: Text | None = option(TextField(), help="What is said first.", default=None)
    short: Text | None = option(TextField(), help="What is said instead when the caller comes back.", default=None)
    help: Text | None = option(
        TextField(), help="What `do: help` says here.", default=None, shown="how to use the keys"
    )
    no_input: tuple[Text, ...] = option(
        ListOf(TextField(), lone=True), help="Said after silence: the first time, the second time.", default=()
    )
    no_match: tuple[Text, ...] = option(
        ListOf(TextField(), lone=True),
        help="Said after an answer that fits nothing: the first time, the second.",
        default=(),
    )
    tries: int = option(Whole(1, 5), help="How often the caller is asked.", default=0, shown="3, elderly 2")
    on_failure: Route | None = option(
        Ways(), help="Where to go after the last try.", default=None, shown="the flow's `agent`: a person"
    )
    on_no_input: Route | None = option(
        Ways(), help="Where silence leads at once, instead of asking again.", default=None, shown="asks again"
    )
    timeout: float = option(
        Seconds(1, 60), help="The wait for the first key, from the end of the prompt.", default=0.0, shown="by profile"
    )
    inter_digit_timeout: float = option(
        Seconds(1, 20), help="The wait between two keys.", default=0.0, shown="3s, elderly 5s"
    )
    barge_in: bool = option(Flag(), help="Whether a key or word stops the prompt.", default=True)
    type_ahead: str = option(
        OneOf(("keep", "drop")), help="Whether keys pressed before the step began count.", default="", shown="keep"
    )
    speech: bool = option(Flag(), help="Whether the caller may speak.", default=True)

    # defined by each kind

    def ask(self, turn: Turn) -> None:
        """Say the question: the prompt, unless a kind overrides it."""
        text = self.short if self.short and turn.scratch_as(InputScratch).returned else self.prompt
        if text:
            turn.say(text, barge_in=self.barge_in)

    @abstractmethod
    def keys(self, turn: Turn) -> Keys:
        """Return the keys that the step waits for."""

    @abstractmethod
    def take_keys(self, turn: Turn, keys: str) -> Move:
        """Process keys. Returns MISS for keys without a meaning here."""

    def take_speech(self, turn: Turn, words: str) -> Move:
        """Process words. Returns MISS for words without a meaning here."""
        return MISS

    def takes_words(self, turn: Turn) -> bool:
        """Return whether an answer may be spoken here at all."""
        return self.speech and not self.protects()

    def may_have_spoken(self, turn: Turn, kind: str) -> bool:
        """Return whether a caller who pressed no key may have spoken, at a step that takes keys only."""
        return kind == SILENCE

    def keys_said(self, turn: Turn) -> Sequence[str]:
        """Return the keys that may be said by their names."""
        return ()

    def first_timeout(self, turn: Turn) -> float:
        """Return the time for the first key, in seconds."""
        return self.timeout or turn.profile.first_timeout

    def _patience(self, turn: Turn) -> float:
        return HOLD if turn.scratch_as(InputScratch).holding else self.first_timeout(turn)

    def failure_exits(self) -> dict[str, Route]:
        """Return the outcome after the last try, if the flow has one."""
        ways = {FAILED: self.on_failure, SILENCE: self.on_no_input}
        return {outcome: route for outcome, route in ways.items() if route}

    # entering

    def enter(self, turn: Turn) -> Move:
        """Take keys that were pressed ahead, or ask and wait."""
        ahead = turn.call.keys_ahead
        if ahead:
            turn.change(keys_ahead="")
        if (
            ahead
            and turn.hops < HOPS_AHEAD
            and not self.protects()
            and (self.type_ahead or self.type_ahead_default) == "keep"
        ):
            return self._take_ahead(turn, ahead)
        return self.listen(turn)

    def _take_ahead(self, turn: Turn, ahead: str) -> Move:
        move = self.take_keys(turn, ahead)
        return self.listen(turn) if move == MISS else move

    def listen(self, turn: Turn) -> Move:
        """Ask and wait. A caller who is asked again has not returned, and hears the same prompt.

        A caller whose proof has expired since the step was entered must renew it before being asked again.
        """
        if self.requires > turn.level:
            return UNVERIFIED
        if self.shortens():
            self._note_visit(turn)
        self.ask(turn)
        return self.wait(turn)

    def shortens(self) -> bool:
        """Return whether a caller who returns hears less. Visits of other steps need not be kept."""
        return self.short is not None

    def _note_visit(self, turn: Turn) -> None:
        visited = turn.frame.visited
        scratch = turn.scratch_as(InputScratch)
        if scratch.returned is None:
            turn.remember(replace(scratch, returned=self.name in visited))
        if visited[-1:] != (self.name,):
            others = [name for name in visited if name != self.name]
            turn.change_frame(visited=(*others, self.name)[-VISITED_LIMIT:])

    def repeat(self, turn: Turn) -> Move:
        """Repeat the prompts since the caller's last choice, and ask."""
        for name in turn.frame.replayable:
            step = turn.flow.steps.get(name)
            if isinstance(step, LiveStep) and step.requires <= turn.level:
                step.enter(turn)
        return self.listen(turn)

    def wait(self, turn: Turn) -> Move:
        """Wait without asking again."""
        gather = Gather(
            prompts=(),
            keys=self.keys(turn),
            hearing=self.hearing(turn),
            first_timeout=self._patience(turn),
            inter_digit_timeout=self.inter_digit_timeout or turn.profile.inter_digit_timeout,
            secret=self.protects(),
        )
        turn.close(for_yes_or_no(turn, gather) if matter_in_question(turn) else gather)
        return None

    def hearing(self, turn: Turn) -> Hearing | None:
        """Return them in the language and the input mode of the call."""
        language = turn.call.language
        input_mode = turn.call.input_mode or turn.services.input_mode(language)
        if input_mode == "keys" or not self.takes_words(turn):
            return None
        by: Literal["recording", "carrier"] = "recording" if input_mode == "recording" else "carrier"
        expected = tuple(self.expected(turn))
        # a carrier's recogniser also hears unexpected words
        keys_said = tuple(self.keys_said(turn)) if by == "recording" else ()
        key = ("hearing", turn.flow.name, language, expected, by, keys_said)
        return turn.release_cache.once(key, lambda: self._hearing(turn, expected, by, keys_said))

    def _hearing(
        self,
        turn: Turn,
        expected: Sequence[tuple[str, ...]],
        by: Literal["recording", "carrier"],
        keys_said: Sequence[str],
    ) -> Hearing:
        language = turn.call.language
        universal = [phrases_of(choice, language) for choice in turn.flow.globals]
        everywhere = [turn.line.phrases.words(language, key) for key in ("agent_words", "fraud_words")]
        names = [self._names(turn, key) for key in keys_said]
        return Hearing(language, hints_of([*expected, *universal, *everywhere, *names]), by)

    @staticmethod
    def _names(turn: Turn, key: str) -> list[str]:
        """Return the names of a key that are understood in the caller's language."""
        language = turn.call.language
        return [words for words in names_of(turn, key) if turn.services.inverse_normalize(words, language) == key]

    def recordable(self, turn: Turn, action: Input) -> Input | None:
        """Return the input as it may be recorded; None when it may hold a secret."""
        return without_ahead(action, self.keys(turn).most) if isinstance(action, Digits) else without_numbers(action)

    # answering

    def answer(self, turn: Turn, action: Input) -> Move:
        """Take keys, words or silence; anything else asks again and counts as nothing."""
        if matter := matter_in_question(turn):
            return self.take_urgent(turn, matter, so=is_so(turn, action), action=action)
        match action:
            case Digits():
                move = self.take_keys(turn, action.keys)
            case Speech():
                move = self._judge_speech(turn, action)
            case NoInput() if turn.scratch_as(InputScratch).holding:
                turn.remember(replace(turn.scratch_as(InputScratch), holding=False))
                move = self.repeat(turn)
            case NoInput():
                move = SILENCE
            case _:
                move = self.repeat(turn) if isinstance(action, Resumed) else SILENCE
        if move in (MISS, SILENCE):
            return self._again(turn, str(move), spoken=isinstance(action, Speech))
        return move

    def take_urgent(self, turn: Turn, matter: str, *, so: bool, action: Input) -> Move:
        """Process the answer to an urgent question; without a yes the step asks its own question again."""
        if so or (isinstance(action, Speech) and tells_of_fraud(turn, action.text)):
            return warn_of_fraud(turn)
        wanted = self.universal(turn, action.keys[:1]) if isinstance(action, Digits) else MISS
        if isinstance(action, Speech):
            wanted = person_wanted(self, turn, action.text) or MISS
        return self.listen(turn) if wanted == MISS else wanted

    def _judge_speech(self, turn: Turn, speech: Speech) -> Move:
        sure = speech.confidence or 1.0  # recognisers that have none report 0
        if tells_of_fraud(turn, speech.text):
            return self._fraud_told(turn, sure)
        person = person_wanted(self, turn, speech.text)
        if person or not self.takes_words(turn):
            return person or MISS
        if sure < turn.profile.minimum_confidence:
            return MISS
        own = self.take_speech(turn, speech.text)
        if own in self.weighty and sure < turn.profile.sure_confidence:
            return MISS
        return own if own != MISS else self._universal_said(turn, speech.text)

    def _fraud_told(self, turn: Turn, sure: float) -> Move:
        """Warn at once; ask first where the words were hardly heard, for they give priority over all other callers."""
        if sure >= turn.profile.sure_confidence:
            return warn_of_fraud(turn)
        ask_whether(turn, "fraud")
        return self.wait(turn)

    def _universal_said(self, turn: Turn, words: str) -> Move:
        universals = self.universals(turn)
        place = turn.services.understand(words, self.universal_phrases(turn), turn.call.language)
        if place is None:
            return MISS
        number, choice = universals[place]
        return self.do(turn, choice, global_outcome(number))

    def universal_phrases(self, turn: Turn) -> Sequence[tuple[str, ...]]:
        """Return the phrases of each available global of the flow."""
        key = ("universal phrases", *turn.offered_set(*turn.flow.conditional_globals))
        return turn.release_cache.once(
            key, lambda: tuple(phrases_of(choice, turn.call.language) for _, choice in self.universals(turn))
        )

    @staticmethod
    def universals(turn: Turn) -> list[tuple[int, Choice]]:
        """Return the available globals of the flow, each with its number."""
        return [(number, choice) for number, choice in enumerate(turn.flow.globals) if turn.offered(choice)]

    def universal(self, turn: Turn, key: str) -> Move:
        """Return the move of a global key of this flow; MISS for another key."""
        for number, choice in enumerate(turn.flow.globals):
            if choice.key == key and turn.offered(choice):
                return self.do(turn, choice, global_outcome(number))
        return AGENT if key == "0" else MISS

    def do(self, turn: Turn, choice: Choice, outcome: str) -> Move:
        """Carry out a choice: its outcome, or the universal that it names."""
        if choice.reason:
            turn.set_reason(choice.reason)
        if choice.label and choice.goto:
            turn.record_choice(choice.label.template(turn.flow.language).fixed or choice.key)
        if choice.to and choice.goto:
            turn.change(language=choice.to)
        match choice.do:
            case "back":
                return Universal.BACK
            case "main_menu":
                return MAIN_MENU
            case "language":
                turn.change(language=language_of_choice(turn, choice))
                return Universal.AGAIN
            case "slower" | "faster":
                turn.speak_at(SLOWER if choice.do == "slower" else FASTER)
                return self.repeat(turn)
            case "wait":
                return self.hold(turn)
            case "help":
                self._help(turn)
                return self.listen(turn)
            case "repeat":
                return self.repeat(turn)
        return outcome

    def hold(self, turn: Turn) -> Move:
        """Wait a minute, for callers who speak through a relay or must fetch something. It counts as no failure."""
        turn.remember(replace(turn.scratch_as(InputScratch), holding=True))
        turn.phrase("hold")
        return self.wait(turn)

    def _help(self, turn: Turn) -> None:
        if self.help:
            turn.say(self.help)
        else:
            turn.phrase("help")

    # the ladder

    def _again(self, turn: Turn, kind: str, *, spoken: bool = False) -> Move:
        """Count one failure (silence and misses together) and ask again, or give up.

        Where only keys count, a caller who speaks, or may have spoken, hears at once that keys are needed.
        """
        scratch = turn.scratch_as(InputScratch)
        failures = scratch.failures + 1
        turn.remember(replace(scratch, failures=failures))
        turn.change(errors=turn.call.errors + 1)
        turn.note(kind, failures=failures, errors=turn.call.errors)
        if kind == SILENCE and self.on_no_input:
            return SILENCE
        if failures >= self.most_failures(turn, kind) or turn.call.errors >= turn.profile.error_budget:
            return FAILED
        unheard = not self.takes_words(turn)
        if unheard and (spoken or (failures == 1 and self.may_have_spoken(turn, kind))):
            turn.phrase("keys_here")
        if not (unheard and spoken):
            self._reprompt(turn, kind, failures)
        return self.listen(turn)

    def most_failures(self, turn: Turn, kind: str) -> int:
        """Return the failures after which the step gives up, if the last one is of this kind."""
        return self.tries or turn.profile.tries

    def _reprompt(self, turn: Turn, kind: str, failures: int) -> None:
        own = self.no_input if kind == SILENCE else self.no_match
        if own:
            turn.say(own[min(failures, len(own)) - 1])
            return
        turn.phrase(f"{self.ladder}_{kind}_{min(failures, 2)}")
