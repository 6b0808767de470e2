"""Field kinds that take a class of the line: a priority, a kind of tickets, questions of a survey."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from collections.abc import Mapping as Map
from dataclasses import dataclass

from ivr.yamlfile.source import Mapping, Node, Scalar
from ivr.yamlfile.suggest import did_you_mean

from .expressions import Expression, constant_expression
from .fields import FieldKind, Reading, Schema, option, scalar
from .own_classes import PRIORITIES, SURVEY_QUESTIONS, TICKET_KINDS, OwnClasses, SurveyQuestion, priorities_with
from .routes import Condition
from .scalars import Flag, Seconds, Whole
from .text import Text
from .text_field import TextField


def _offered(names: Collection[str]) -> Schema:
    """Return a schema that offers names, and takes those that a line adds."""
    return {"anyOf": [{"enum": list(names)}, {"type": "string"}]}


def _unknown(written: Scalar, what: str, names: Collection[str], rule: str, reading: Reading) -> None:
    cure = did_you_mean(written.text, names) or f"There are {', '.join(names)}; line.yaml may name others."
    reading.problem(written.place, rule, f'There is no {what} "{written.text}".', cure)


@dataclass(frozen=True)
class PriorityName(FieldKind[str]):
    """The name of a priority."""

    words: str = f"one of {', '.join(PRIORITIES)}, or a priority of line.yaml"
    sample: str = PRIORITIES[0]

    def read(self, node: Node, reading: Reading) -> str | None:
        """Read a name that is there."""
        written = scalar(node, self, reading)
        if written is None:
            return None
        if written.text not in reading.classes.priorities:
            _unknown(written, "priority", reading.classes.priorities, "unknown-priority", reading)
            return None
        return written.text

    def schema(self) -> Schema:
        """Return the schema."""
        return _offered(PRIORITIES)


@dataclass(frozen=True)
class TicketKindName(FieldKind[Expression]):
    """A kind of tickets, or an expression whose value is one during the call."""

    words: str = f"one of {', '.join(TICKET_KINDS)}, or a kind of line.yaml; or a value"
    sample: str = TICKET_KINDS[0]

    def read(self, node: Node, reading: Reading) -> Expression | None:
        """Read a kind as text, anything else as an expression."""
        kinds = reading.classes.ticket_kinds
        if isinstance(node, Scalar) and node.text in kinds:
            return constant_expression(node.text, node.place)
        return Condition(self.words, self.sample).read(node, reading)

    def schema(self) -> Schema:
        """Return the schema."""
        return _offered(TICKET_KINDS)


@dataclass(frozen=True)
class SurveyQuestionName(FieldKind[SurveyQuestion]):
    """The name of a survey question, read as the question itself, so that its text is checked with the flow's."""

    words: str = f"one of {', '.join(SURVEY_QUESTIONS)}, or a question of line.yaml"
    sample: str = "satisfaction"

    def read(self, node: Node, reading: Reading) -> SurveyQuestion | None:
        """Return the question."""
        written = scalar(node, self, reading)
        if written is None:
            return None
        questions = reading.classes.survey_questions
        if written.text not in questions:
            _unknown(written, "survey question", questions, "unknown-survey-question", reading)
            return None
        return questions[written.text]

    def schema(self) -> Schema:
        """Return the schema."""
        return _offered(SURVEY_QUESTIONS)


@dataclass(frozen=True)
class PriorityFields:
    """The keys of a priority that the line names."""

    head_start: float = option(Seconds(0, 3600), help="By how much its callers are served before normal ones.")
    before_all: bool = option(
        Flag(),
        help="Whether they are served before all others, and are accepted even if the queue is full.",
        default=False,
    )


@dataclass(frozen=True)
class SurveyQuestionFields:
    """The keys of a survey question of the line."""

    ask: Text = option(TextField(), help="The question, with what the keys mean.")
    least: int = option(Whole(0, 10), help="The least answer.", key="from", default=1)
    most: int = option(
        Whole(1, 10), help="The highest answer; above 9 callers end with the pound key.", key="to", default=5
    )
    unhappy: int = option(
        Whole(0, 10), help="Callers who answer this or less are called back.", default=-1, shown="none are"
    )


def named_priorities(line: Node | None) -> OwnClasses:
    """Return the priorities that line.yaml names, for its own segments, before it is read."""
    named = line.get("priorities") if isinstance(line, Mapping) else None
    return OwnClasses(priorities_with([key.text for key, _ in named.entries] if isinstance(named, Mapping) else None))


def own_classes(
    priorities: Iterable[str] | None,
    ticket_kinds: tuple[str, ...],
    questions: Map[str, SurveyQuestionFields] | None,
) -> OwnClasses:
    """Return the classes of a line, with those of a bank where it names none of its own."""
    own = {name: SurveyQuestion(name, **vars(asked)) for name, asked in (questions or {}).items()}
    return OwnClasses(priorities_with(priorities), ticket_kinds or TICKET_KINDS, {**SURVEY_QUESTIONS, **own})
