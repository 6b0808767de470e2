"""Whether the words of a caller ask for a person."""

from __future__ import annotations

from itertools import chain
from typing import TYPE_CHECKING

from ivr.flow.outcomes import AGENT, global_outcome

from .expected_words import phrases_of
from .turn import Turn

if TYPE_CHECKING:
    from .input_step import InputStep


def person_wanted(step: InputStep, turn: Turn, words: str) -> str | None:
    """Return the way to a person if words ask for one, at every step and any confidence.

    They do not if they name something that the step offers more exactly: 有没有人处理我的投诉.
    """
    language, understand = turn.call.language, turn.services.understand
    outcome, wanted = AGENT, turn.line.phrases.words(language, "agent_words")
    for number, choice in step.universals(turn):
        if choice.goto and choice.goto.name == turn.flow.agent:
            outcome, wanted = global_outcome(number), (*wanted, *phrases_of(choice, language))
            break
    if understand(words, [wanted], language) != 0:
        return None
    offered = tuple(chain.from_iterable(step.expected(turn))) if step.takes_words(turn) else ()
    return None if understand(words, [wanted, offered], language) == 1 else outcome
