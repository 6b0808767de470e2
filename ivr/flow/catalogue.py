"""The catalogue of the flow language: what other rooms add to it, such as kinds of steps and of spoken values."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from ivr.diagnostics.problem import Problem
from ivr.yamlfile.source import Node, Scalar

from .fields import ArgumentFault, Option, Reading, no_fault, options
from .lookups import LookupTypes
from .model import Step
from .questions import DeclaredQuestion, FieldType
from .rules import Hear, nothing_heard
from .rules._rule import UnclearNumbers, no_number


@dataclass(frozen=True)
class Catalogue:
    """The extensions of the flow language: step kinds by key, kinds of spoken values, the family of each language.

    `questions` are those to the engine's own services, `taken_types` the types of fields that lookups.yaml may name.
    """

    steps: Mapping[str, type[Step]]
    spoken_kinds: Mapping[str, Any] = field(default_factory=dict)
    argument_fault: ArgumentFault = no_fault
    families: Mapping[str, str] = field(default_factory=dict)
    questions: Mapping[str, DeclaredQuestion] = field(default_factory=dict)
    unclear_numbers: UnclearNumbers = no_number
    check_readings: Callable[[Node | None], Sequence[Problem]] = lambda _: ()
    taken_types: Mapping[str, FieldType] = field(default_factory=dict)
    hear: Hear = nothing_heard

    def reading(self) -> Reading:
        """Return the state of reading a new file."""
        return Reading(
            spoken_kinds=tuple(self.spoken_kinds), argument_fault=self.argument_fault, families=self.families
        )

    @property
    def step_keys(self) -> Collection[str]:
        """The keys by which flow files name the kinds of steps."""
        return {step_key(cls) for cls in self.steps.values()}

    def step_of(self, key: Scalar, value: Node) -> type[Step]:
        """Return the kind that a key names; some keys have several kinds, which their values tell apart."""
        written = (key.text, value.text) if isinstance(value, Scalar) else None
        # `collect: speech` and `collect: one_of` are kinds of their own; with any other value `collect` is the kind
        # that is called like the key.
        by_value = (cls for cls in self.steps.values() if cls.written_as is not None and cls.written_as == written)
        return next(by_value, None) or self.steps[key.text]

    @property
    def lookup_types(self) -> LookupTypes:
        """The names that lookups.yaml may use."""
        own = {name.partition(".")[0] for name in self.questions}
        return LookupTypes(self.taken_types, self.spoken_kinds, own)


def step_key(cls: type[Step]) -> str:
    """Return the key by which flow files name a kind of step."""
    return cls.written_as[0] if cls.written_as else cls.kind


def step_options(cls: type[Step]) -> tuple[Option, ...]:
    """Return the fields of a step kind, its own key first."""
    declared = options(cls)
    # `sorted` is stable: behind the kind's own key the fields keep the order of their declaration, which is the
    # manual's.
    return tuple(sorted(declared, key=lambda each: each.key != step_key(cls)))
