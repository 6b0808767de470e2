"""The questions that flows may ask back ends and the engine's own services, with their fields and answers."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Protocol

from ivr.errors import LookupFailed

GIVEN_ALONG = ("call", "customer")
"""Fields that the engine adds to every question: the call, and the verified customer."""


class FieldType(Protocol):
    """The type of a question's field."""

    @property
    def words(self) -> str:
        """Return the name of the type for editors."""

    def read(self, name: str, value: Any) -> Any:
        """Return a value in its canonical form. Raises LookupFailed that names the field."""


def type_fault(kind: FieldType, name: str, value: Any) -> str:
    """Return the fault of a value as a predicate, or an empty text."""
    try:
        kind.read(name, value)
    except LookupFailed as fault:
        return str(fault).removeprefix(f"{name} ")
    return ""


@dataclass(frozen=True)
class QuestionField:
    """A field of a question. `fault` returns the fault of a value, or an empty text; `private` fields take secrets.

    `class_of` is the list of `OwnClasses` that has its values, or an empty text.
    """

    words: str
    help: str
    required: bool
    fault: Callable[[Any], str]
    private: bool = False
    class_of: str = ""


@dataclass(frozen=True)
class AnswerField:
    """A field of an answer, with the value kinds by which it may be read aloud.

    `parts` are the fields inside it, of each of its items if it is `listed`; empty if they are not declared.
    `kind` is the word by which lookups.yaml declares it.
    """

    words: str
    help: str
    kinds: tuple[str, ...]
    parts: Mapping[str, AnswerField] = field(default_factory=dict)
    listed: bool = False
    kind: str = ""


@dataclass(frozen=True)
class DeclaredQuestion:
    """A question that a service answers, to callers of the identity `level` or a higher one.

    With `open_answer` the fields of the answer are not known, so that any may be read. With `confirm` callers must have
    said yes before, because it cannot be undone.
    """

    help: str
    fields: Mapping[str, QuestionField]
    answer: Mapping[str, AnswerField]
    level: int = 0
    open_answer: bool = False
    confirm: bool = False

    def fitted(self, values: Mapping[str, Any]) -> dict[str, Any]:
        """Return the values that are sent: those declared, without the ones that are not given.

        Raises LookupFailed for a field that is unknown, missing or invalid; its text repeats no value.
        """
        unknown = values.keys() - self.fields.keys() - set(GIVEN_ALONG)
        if unknown:
            raise LookupFailed(f"there is no field {min(unknown)}")
        # A flow passes a variable that may be unset, such as an optional note. It is left out rather than sent as
        # null, which each back end would read in its own way.
        sent = {name: values[name] for name in self.fields if values.get(name) not in (None, "")}
        for name, declared in self.fields.items():
            if name not in sent and declared.required:
                raise LookupFailed(f"{name} was not given")
            if name in sent and (fault := declared.fault(sent[name])):
                raise LookupFailed(f"{name} {fault}")
        return sent


@dataclass(frozen=True)
class Kinds:
    """The type of an answer's field, and the value kinds as which a text may read it aloud."""

    words: str
    names: tuple[str, ...] = ()


ANSWER_KINDS: Mapping[str, Kinds] = {
    "text": Kinds("a text", ("text", "name")),
    "code": Kinds("a reference of letters and digits", ("code", "text")),
    "digits": Kinds("digits", ("digits", "code", "text")),
    "card_tail": Kinds("the last four digits of a number", ("digits", "code", "text", "card_tail")),
    "phone": Kinds("a telephone number", ("phone", "digits", "text")),
    "date": Kinds("a day", ("date",)),
    "datetime": Kinds("a day and a time", ("datetime", "date", "time")),
    "count": Kinds("a whole number", ("count", "number", "ordinal", "digits", "text")),
    "number": Kinds("a number", ("number", "text")),
    "duration": Kinds("a length of time in seconds", ("duration", "count", "number")),
    "desk": Kinds("the name of a desk", ("text", "name")),
    "flag": Kinds("true or false, for conditions only"),
    "list": Kinds("a list, for conditions and `each`"),
    "map": Kinds("for programs only"),
}
"""The types of answers' fields, by the value kind that suits each best."""
