"""Questions to services of our own and their answers, as frozen structs. A question that exists is a valid one.

Each is declared once: its name, and its fields with what they take and mean. From that one declaration questions are
read, `ivr check` judges what flows ask, and the editors' manual is written.
"""

from __future__ import annotations

import functools
from collections.abc import Collection, Mapping
from typing import Annotated, Any, ClassVar, Generic, TypeVar, get_args, get_origin, get_type_hints

from msgspec import NODEFAULT, Struct, structs

from ivr.errors import LookupFailed

from .field_types import FieldType, Kinds

A = TypeVar("A", bound="Answer")


class Answer(Struct, frozen=True, kw_only=True):
    """What a service answers. Each field names the kinds of value as which a flow may read it aloud."""

    def values(self) -> dict[str, Any]:
        """Return the answer as the value of a flow's variable; what is none is not there."""
        values = ((name, getattr(self, name)) for name in self.__struct_fields__)
        return {name: list(value) if isinstance(value, tuple) else value for name, value in values if value is not None}


class Done(Answer, frozen=True, kw_only=True):
    """Nothing to tell."""


class Question(Struct, Generic[A], frozen=True, kw_only=True):
    """A question to a service, called `source` in flows. Its fields are brought into form when it is made.

    Raises LookupFailed for a field that holds what it cannot; the text names the field and repeats no value.
    """

    source: ClassVar[str]
    noted: ClassVar[bool] = True
    """Whether the journal takes note of it; not where it is asked again and again."""
    commits_first: ClassVar[bool] = False
    """Whether what the service changes is committed before the turn goes on, in a transaction of its own."""

    def __post_init__(self) -> None:
        for name, kind, default in _readers(type(self)):
            value = getattr(self, name)
            read = kind.read(name, value)
            if read is None or read == "":
                if default is NODEFAULT:
                    raise LookupFailed(f"{name} was not given")
                read = default
            if read is not value:
                structs.force_setattr(self, name, read)

    def __repr__(self) -> str:
        return f"{type(self).__name__}()"  # numbers and entries are nobody's business in a log


class DeclaredField(Struct, frozen=True):
    """One field of a question or an answer. Of a question's, `kind` reads it; of an answer's, `kinds` speak it."""

    name: str
    help: str
    required: bool
    kind: FieldType | None = None
    kinds: Kinds | None = None


def read_question(asked: type[Question[A]], values: Mapping[str, Any], *, spare: Collection[str] = ()) -> Question[A]:
    """Make a question of what a flow gives, by field; of `spare` only what the question takes.

    Raises LookupFailed for what is wrong; no value is repeated.
    """
    fields = declared_fields(asked)
    values = {name: value for name, value in values.items() if name in fields or name not in spare}
    if not values.keys() <= fields.keys():
        raise LookupFailed(f"{asked.source} has no such field; its fields are {', '.join(fields)}")
    if missing := [name for name, field in fields.items() if field.required and name not in values]:
        raise LookupFailed(f"{missing[0]} was not given")
    return asked(**values)


@functools.cache
def declared_fields(of: type[Struct]) -> Mapping[str, DeclaredField]:
    """Return the fields of a question or an answer as they are declared."""
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
    """Return the kind of answer that a kind of question gets."""
    for base in getattr(asked, "__orig_bases__", ()):
        if issubclass(get_origin(base) or base, Question) and isinstance(get_args(base)[0], type):
            answer: type[A] = get_args(base)[0]
            return answer
    raise TypeError(f"{asked.__name__} does not declare its answer")


@functools.cache
def _readers(asked: type[Struct]) -> tuple[tuple[str, FieldType, Any], ...]:
    """Return each field with what reads it and what it holds where nothing is given."""
    kinds = declared_fields(asked)
    specs = ((spec.name, kinds[spec.name].kind, spec.default) for spec in structs.fields(asked))
    return tuple((name, kind, default) for name, kind, default in specs if kind is not None)
