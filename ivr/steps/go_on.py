"""`go_on`: offers a caller who was cut off to go on where the earlier call ended."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import ClassVar

from ivr.engine.dropped_call import find_place, forget_place, take_up
from ivr.engine.expected_words import NO, YES
from ivr.engine.input_step import MISS, InputScratch, InputStep
from ivr.engine.option_words import option_words, say_options
from ivr.engine.spoken_choices import SpokenChoices, spoken_choices
from ivr.engine.step import Jump, Move
from ivr.engine.turn import Turn
from ivr.engine.verbs import Keys
from ivr.flow.fields import option
from ivr.flow.model import Route
from ivr.flow.routes import Ways
from ivr.flow.text import Text
from ivr.flow.text_field import TextField


@dataclass(frozen=True)
class GoOnScratch(InputScratch):
    """`usual_language` is the language of the call before the offer, which is made in that of the earlier call."""

    usual_language: str = ""


@dataclass(frozen=True, kw_only=True)
class GoOnStep(InputStep):
    """Offers a caller who was cut off to go on at the step where that call ended (key 1), or to start again (key 2).

    All others go on by `next` at once, without a word. That a caller was cut off is known by the number alone, which
    proves nothing: the offer does not tell what the earlier call was about, and the step asks for its proof again. It
    is made within `go_on_within` of `line.yaml`, for the same called number. A caller who hung up at a menu that offers
    the end of the call, who waited for a person or talked with one, or who had chosen nothing yet was not cut off. A
    caller who names a service instead is led there.

    ```yaml
    cut_off:
      go_on: 刚才的电话断了。
      next: welcome
    ```
    """

    kind: ClassVar[str] = "go_on"
    open_to_all: ClassVar[bool] = True
    type_ahead_default: ClassVar[str] = "drop"
    passed_by: ClassVar[str] = "next"

    go_on: Text = option(TextField(), help="What is said before the two keys.")
    next: Route = option(Ways(), help="Where the call goes on with all others, and with who wants to start again.")

    def exits(self) -> Mapping[str, Route]:
        """Return the way on."""
        return {"next": self.next} | self.failure_exits()

    def enter(self, turn: Turn) -> Move:
        """Offer to go on, in the language of the earlier call; without one go on."""
        place = find_place(turn)
        if place is None:
            return "next"
        usual = turn.call.language
        if place.language in turn.flow.languages:
            turn.change(language=place.language)
        turn.remember(GoOnScratch(usual_language=usual))
        turn.note("go_on", outcome="offered", earlier=place.call)
        return super().enter(turn)

    def ask(self, turn: Turn) -> None:
        """Say the offer and the keys."""
        turn.say(self.go_on, barge_in=self.barge_in)
        labels = (("go_on_label", YES), ("start_over_label", NO))
        options = [
            option_words(turn, turn.line.phrases.phrase(turn.call.language, label), key) for label, key in labels
        ]
        say_options(turn, options, barge_in=self.barge_in)

    def keys(self, turn: Turn) -> Keys:
        """One key is enough."""
        return Keys(most=1)

    def take_keys(self, turn: Turn, keys: str) -> Move:
        """Take 1 or 2."""
        match keys[:1]:
            case "1":
                return self._go_on(turn)
            case "2":
                return self._start_over(turn)
        return self.universal(turn, keys[:1])

    def take_speech(self, turn: Turn, words: str) -> Move:
        """Take the words for one of the two, or a service that is named instead."""
        answer = turn.services.understand(words, self._answers(turn), turn.call.language)
        if answer is not None:
            return self._start_over(turn) if answer else self._go_on(turn)
        named = self._services(turn).named(turn, words, self.universal_phrases(turn))
        if named is None or isinstance(named, int):
            return MISS
        self._declined(turn)
        self.do(turn, named.choice, "")
        return Jump(named.flow, named.step)

    def expected(self, turn: Turn) -> Sequence[tuple[str, ...]]:
        """Expect the words for both, and the services."""
        return (*self._answers(turn), *self._services(turn).all_phrases)

    @staticmethod
    def _answers(turn: Turn) -> Sequence[tuple[str, ...]]:
        words, language = turn.line.phrases.words, turn.call.language
        return (
            (*words(language, "go_on_words"), *words(language, "yes_words")),
            (*words(language, "start_over_words"), *words(language, "no_words")),
        )

    def _services(self, turn: Turn) -> SpokenChoices:
        key = ("spoken", self.name, *turn.offered_set())
        return turn.release_cache.once(key, lambda: spoken_choices(turn, self.name, ()))

    def _go_on(self, turn: Turn) -> Move:
        """Go on at the place of the earlier call; when it is too late by now, as others do."""
        place = find_place(turn)
        move = take_up(turn, place) if place else None
        if place is None or move is None:
            return "next"
        turn.note("go_on", outcome="accepted", earlier=place.call, to=move.frames[-1].step)
        return move

    def _start_over(self, turn: Turn) -> Move:
        self._declined(turn)
        return "next"

    @staticmethod
    def _declined(turn: Turn) -> None:
        forget_place(turn)
        turn.note("go_on", outcome="declined")
