"""Questions to our own services and their answers, as frozen structs. A question is checked when it is made.

Each is declared once: its name, and its fields with what they take and mean. From that one declaration questions are
read, `ivr check` judges what flows ask, and the editors' manual is written.
"""

from __future__ import annotations

import functools
from collections.abc import Collection, Mapping
from typing import Annotated, Any, ClassVar, Generic, TypeVar, get_args, get_origin, get_type_hints

from msgspec import NODEFAULT, Struct, structs

from ivr.errors import LookupFailed
from ivr.flow.own_classes import OwnClasses
from ivr.flow.questions import FieldType, Kinds

from .field_types import ClassType

A = TypeVar("A", bound="Answer")


class Answer(Struct, frozen=True, kw_only=True):
    """An answer of a service. Each field declares the value kinds as which a flow may read it aloud."""

    recorded: ClassVar[bool] = True
    """Whether the record of a turn holds it; false where it may hold what a caller has typed."""

    def values(self) -> dict[str, Any]:
        """Return the answer as the value of a flow's variable, without fields that are None."""
        values = ((name, getattr(self, name)) for name in self.__struct_fields__)
        return {name: list(value) if isinstance(value, tuple) else value for name, value in values if value is not None}


class Done(Answer, frozen=True, kw_only=True):
    """An answer without fields."""


class Question(Struct, Generic[A], frozen=True, kw_only=True):
    """A question to a service, called `source` in flows. Its fields are brought into form when it is made.

    Raises LookupFailed for a field that holds what it cannot; the text names the field and repeats no value.
    """

    source: ClassVar[str]
    noted: ClassVar[bool] = True
    """Whether the journal records the question; false for one that is asked repeatedly."""
    for_flows: ClassVar[bool] = True
    """Whether flows may ask it by its name; false for one that only the engine asks."""
    commits_first: ClassVar[bool] = False
    """Whether the changes of the service are committed before the turn goes on, in a transaction of their own."""

    def __post_init__(self) -> None:
        for name, kind, default in _readers(type(self)):
            value = getattr(self, name)
            read = kind.read(name, value)
            if read is None or read == "":
                if default is NODEFAULT:
                    raise LookupFailed(f"{name} was not given")
                read = default
            if read is not value:
                # The struct is not shared before its constructor returns.
                structs.force_setattr(self, name, read)

    def __repr__(self) -> str:
        return f"{type(self).__name__}()"  # a log must not contain numbers and entries


class DeclaredField(Struct, frozen=True):
    """One field of a question or an answer. Of a question's, `kind` reads it; of an answer's, `kinds` speak it."""

    name: str
    help: str
    required: bool
    kind: FieldType | None = None
    kinds: Kinds | None = None


def read_question(asked: type[Question[A]], values: Mapping[str, Any], *, spare: Collection[str] = ()) -> Question[A]:
    """Make a question from values by field; values named in `spare` that the question does not take are dropped.

    Raises LookupFailed for a wrong field or value; its text repeats no value.
    """
    fields = declared_fields(asked)
    values = {name: value for name, value in values.items() if name in fields or name not in spare}
    if not values.keys() <= fields.keys():
        raise LookupFailed(f"{asked.source} has no such field; its fields are {', '.join(fields)}")
    if missing := [name for name, field in fields.items() if field.required and name not in values]:
        raise LookupFailed(f"{missing[0]} was not given")
    return asked(**values)


def check_classes(question: Any, classes: OwnClasses) -> None:
    """Raise LookupFailed where a question names a priority or a kind that the line does not have."""
    for name, of in _classes_of(type(question)):  # type: ignore[arg-type]  # classes are hashable
        if (word := getattr(question, name)) and word not in getattr(classes, of):
            raise LookupFailed(f"{name} is none of {', '.join(getattr(classes, of))}")


@functools.cache
def _classes_of(asked: type[Any]) -> tuple[tuple[str, str], ...]:
    """Return the fields of a question that take a class of the line, each with its list in `OwnClasses`."""
    if not issubclass(asked, Question):
        return ()
    fields = declared_fields(asked).items()
    return tuple((name, field.kind.of) for name, field in fields if isinstance(field.kind, ClassType))


@functools.cache
def declared_fields(of: type[Struct]) -> Mapping[str, DeclaredField]:
    """Return the declared fields of a question or an answer."""
    hints = get_type_hints(of, include_extras=True)
    return {spec.name: _declared(spec, hints[spec.name]) for spec in structs.fields(of)}


def _declared(spec: structs.FieldInfo, hint: Any) -> DeclaredField:
    if get_origin(hint) is not Annotated:
        raise TypeError(f"{spec.name} does not declare what it holds")
    _, kind, help_text = get_args(hint)
    if isinstance(kind, Kinds):
        return DeclaredField(spec.name, help_text, spec.required, kinds=kind)
    return DeclaredField(spec.name, help_text, spec.required, kind=kind)


def answer_of(asked: type[Question[A]]) -> type[A]:
    """Return the answer type of a question type."""
    for base in getattr(asked, "__orig_bases__", ()):
        if issubclass(get_origin(base) or base, Question) and isinstance(get_args(base)[0], type):
            answer: type[A] = get_args(base)[0]
            return answer
    raise TypeError(f"{asked.__name__} does not declare its answer")


@functools.cache
def _readers(asked: type[Struct]) -> tuple[tuple[str, FieldType, Any], ...]:
    """Return each field with its type and its default."""
    kinds = declared_fields(asked)
    specs = ((spec.name, kinds[spec.name].kind, spec.default) for spec in structs.fields(asked))
    return tuple((name, kind, default) for name, kind, default in specs if kind is not None)
