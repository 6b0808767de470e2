"""The classes that a line names itself: priorities of callers, kinds of tickets, questions of surveys.

A line that names none has those of a bank. `normal`, `complaint` and `fraud` are always there, because the engine
itself gives them: to everyone, to a repeated complaint, and to a caller of whom the back end warns.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from .text import Text

NORMAL, COMPLAINT, FRAUD = "normal", "complaint", "fraud"
PRIORITIES = (NORMAL, COMPLAINT, "elderly", "vip", "loss", FRAUD)
"""The priorities of a bank's callers, least urgent first."""
TICKET_KINDS = ("product", "service", "channel", "policy")
"""The kinds of a bank's complaints."""


@dataclass(frozen=True)
class SurveyQuestion:
    """A question of a survey, answered by a whole number from `least` to `most`.

    Who answers `unhappy` or less is called back. Without `ask` it is one of the engine's own phrases.
    """

    name: str
    least: int
    most: int
    unhappy: int
    ask: Text | None = None


SURVEY_QUESTIONS: Mapping[str, SurveyQuestion] = {
    "satisfaction": SurveyQuestion("satisfaction", 1, 5, 2),
    "recommend": SurveyQuestion("recommend", 0, 10, 6),
}
"""The questions that every line has. CSAT is from 1 to 5, NPS from 0 to 10 with detractors up to 6."""


@dataclass(frozen=True)
class OwnClasses:
    """The names that flows of a line may use: priorities (least urgent first), ticket kinds, survey questions."""

    priorities: tuple[str, ...] = PRIORITIES
    ticket_kinds: tuple[str, ...] = TICKET_KINDS
    survey_questions: Mapping[str, SurveyQuestion] = field(default_factory=lambda: SURVEY_QUESTIONS)


def priorities_with(own: Iterable[str] | None) -> tuple[str, ...]:
    """Return the priorities of a line, least urgent first; those of a bank if it names none of its own."""
    return PRIORITIES if own is None else tuple(dict.fromkeys((NORMAL, COMPLAINT, *own, FRAUD)))
