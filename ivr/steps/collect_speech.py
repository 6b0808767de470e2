"""`collect: speech`: takes what the caller says in free words, and reads back what was not heard well."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import ClassVar

from ivr.engine.expected_words import NO, YES, yes_and_no, yes_or_no
from ivr.engine.input_step import MISS, InputScratch, InputStep
from ivr.engine.inputs import Input, Speech
from ivr.engine.step import Move
from ivr.engine.turn import Turn
from ivr.engine.verbs import Keys
from ivr.flow.fields import option
from ivr.flow.model import Phrases, Route
from ivr.flow.outcomes import FAILED
from ivr.flow.routes import Ways
from ivr.flow.scalars import Name, OneOf
from ivr.flow.text_field import PhrasesField

MOST_CHARACTERS = 200
"""Longer answers are no name, street or product; what a caller tells at length is a recording."""
_MARKS = " \t，。！？；、,.!?;"


@dataclass(frozen=True)
class SpeechScratch(InputScratch):
    """`heard` is the answer that was read back and waits for a yes; `sure` is whether the recogniser is."""

    heard: str = ""
    sure: bool = True


@dataclass(frozen=True, kw_only=True)
class CollectSpeechStep(InputStep):
    """Takes what the caller says in free words, such as a street or a name, and keeps it as a text.

    What the recogniser is not sure of is read back, and the caller says yes or no, or presses 1 or 2; other words are
    taken as the answer instead. Phrases of the flow's `globals` and words for a person keep their meaning. Where only
    keys count the caller cannot answer, and the call goes on at `on_failure` at once.

    ```yaml
    ask_street:
      collect: speech
      as: street
      prompt: 请说出街道名称。
      hints: [中山路, 人民路]
      next: check_street
    ```
    """

    kind: ClassVar[str] = "collect_speech"
    written_as: ClassVar[tuple[str, str] | None] = ("collect", "speech")
    ladder: ClassVar[str] = "speech"

    collect: str = option(OneOf(("speech",)), help="What is taken: free words.")
    save_as: str = option(Name(), help="The variable that keeps them.", key="as")
    next: Route = option(Ways(), help="Where the call goes on.")
    likely: Phrases | None = option(
        PhrasesField(), help="Words that are likely, for the recogniser.", key="hints", default=None
    )
    read_back: str = option(
        OneOf(("unsure", "always", "never")), help="When the answer is read back for a yes or no.", default="unsure"
    )

    def exits(self) -> Mapping[str, Route]:
        """Return the way on."""
        return {"next": self.next} | self.failure_exits()

    def sets(self) -> Mapping[str, str]:
        """Return the variable and its type."""
        return {self.save_as: "text"}

    def listen(self, turn: Turn) -> Move:
        """Ask and wait; without a recogniser there is nothing to wait for."""
        turn.remember(replace(turn.scratch_as(SpeechScratch), heard=""))
        return FAILED if self.hearing(turn) is None else super().listen(turn)

    def keys(self, turn: Turn) -> Keys:
        """One key: yes or no to what was read back, or one that works everywhere."""
        return Keys(most=1)

    def take_keys(self, turn: Turn, keys: str) -> Move:
        """Take a yes or no by key."""
        heard = turn.scratch_as(SpeechScratch).heard
        if heard and keys[:1] == YES:
            return self._accept(turn, heard)
        if heard and keys[:1] == NO:
            return self.listen(turn)
        return self.universal(turn, keys[:1])

    def answer(self, turn: Turn, action: Input) -> Move:
        """Note how sure the recogniser is, and take the answer."""
        if isinstance(action, Speech):
            # Recognisers that report no confidence, or 0, would otherwise have every answer read back.
            sure = not action.confidence or action.confidence >= turn.profile.sure_confidence
            turn.remember(replace(turn.scratch_as(SpeechScratch), sure=sure))
        return super().answer(turn, action)

    def take_speech(self, turn: Turn, words: str) -> Move:
        """Take the words, or the yes or no to those that were read back."""
        scratch, language = turn.scratch_as(SpeechScratch), turn.call.language
        # `whole`: the name of a street may hold a word of a global choice.
        if turn.services.understand(words, self.universal_phrases(turn), language, whole=True) is not None:
            return MISS  # a global of the flow
        if scratch.heard:
            match yes_or_no(turn, words):
                case False:
                    return self.listen(turn)
                case True:
                    return self._accept(turn, scratch.heard)
        said = words.strip(_MARKS)
        if not said or len(said) > MOST_CHARACTERS:
            return MISS
        if self.read_back == "always" or (self.read_back == "unsure" and not scratch.sure):
            return self._read_back(turn, said)
        return self._accept(turn, said)

    def _read_back(self, turn: Turn, said: str) -> Move:
        turn.remember(replace(turn.scratch_as(SpeechScratch), heard=said))
        turn.phrase("read_back", heard=said)
        turn.phrase("yes_no")
        return self.wait(turn)

    def _accept(self, turn: Turn, said: str) -> Move:
        turn.set(self.save_as, said)
        turn.record_entry(self.save_as, said)
        return "next"

    def expected(self, turn: Turn) -> Sequence[tuple[str, ...]]:
        """Expect the words of the flow; while a yes or no is waited for, those."""
        language = turn.call.language
        if turn.scratch_as(SpeechScratch).heard:
            return yes_and_no(turn)
        return [(phrase,) for phrase in (self.likely.for_language(language) if self.likely else ())]
