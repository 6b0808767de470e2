"""What a menu is: flows, steps, choices, routes. Definitions only; nothing here runs a call."""

from __future__ import annotations

import functools
from abc import ABC, abstractmethod
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, fields, is_dataclass
from typing import Any, ClassVar

from ..problem import Place
from .expressions import Expression
from .fields import option
from .profiles import Profile
from .scalars import IdentityLevel
from .text import Text

RETURN = "return"
"""The target that ends a sub-flow and goes on behind the step that called it."""


@dataclass(frozen=True)
class Target:
    """Where a route leads: a step of the same flow, another flow, or `return`."""

    name: str
    place: Place = field(compare=False)


@dataclass(frozen=True)
class Branch:
    """One way on: taken when its condition holds, or always."""

    goto: Target
    when: Expression | None = None


Route = tuple[Branch, ...]
"""Ways on in order; the first whose condition holds is taken."""


@dataclass(frozen=True)
class Phrases:
    """What callers may say for a choice, per language."""

    by_language: Mapping[str, tuple[str, ...]]
    place: Place = field(compare=False)

    def for_language(self, language: str) -> tuple[str, ...]:
        """Return the phrases of `language`; a caller is only expected to speak the language of the call."""
        return self.by_language.get(language, ())


@dataclass(frozen=True)
class Choice:
    """A key or phrase and what it does: go to a step, or one of the universals in `do`."""

    key: str
    label: Text | None
    phrases: Phrases | None
    goto: Target | None
    do: str
    when: Expression | None
    place: Place = field(compare=False)


@dataclass(frozen=True, kw_only=True)
class Step(ABC):
    """One step of a flow. Kinds subclass it in `ivr/steps`, one file each, with their fields and what they do."""

    kind: ClassVar[str]
    listens: ClassVar[bool] = False
    name: str
    place: Place = field(compare=False)
    places: Mapping[str, Place] = field(default_factory=dict, compare=False, repr=False)
    requires: int = option(
        IdentityLevel(),
        help="The identity level that the caller must have; who has not is verified first.",
        default=0,
        shown="L0",
    )

    @abstractmethod
    def exits(self) -> Mapping[str, Route]:
        """Return every outcome that the step can have, and where each leads."""

    def sets(self) -> Mapping[str, str]:
        """Return the variables that the step sets: name to what it holds ("map", "text", or a kind of secret)."""
        return {}

    def protects(self) -> bool:
        """Tell whether the step handles something that must not be typed ahead, logged or repeated."""
        return False

    def faults(self) -> Iterator[tuple[str, str, str]]:
        """Yield what is wrong between the step's own keys: the key it is about, what is wrong, and the cure."""
        return iter(())

    def place_of(self, key: str) -> Place:
        """Return where the value of a key is written, or the step's name where it isn't."""
        return self.places.get(key, self.place)


@dataclass(frozen=True)
class Flow:
    """One file: named steps, where it starts, and what works everywhere in it.

    `places` says where the keys of the file are written; `unread` names steps that are there but cannot be used, so
    that the rest can be checked: a flow that has any is never run.
    """

    name: str
    language: str
    languages: tuple[str, ...]
    profile: Profile
    start: str
    agent: str
    main_menu: str
    globals: tuple[Choice, ...]
    globals_of: str
    steps: Mapping[str, Step]
    parameters: tuple[str, ...]
    returns: tuple[str, ...]
    place: Place = field(compare=False)
    places: Mapping[str, Place] = field(default_factory=dict, compare=False, repr=False)
    unread: frozenset[str] = frozenset()

    def place_of(self, key: str) -> Place:
        """Return where the value of a key of the file is written."""
        return self.places.get(key, self.place)


@dataclass(frozen=True)
class Desk:
    """People who answer: the number that reaches them and how long it rings, in seconds."""

    name: str
    number: str
    timeout: int


@dataclass(frozen=True)
class Line:
    """The telephone side of the service: which called number plays which flow, and the desks."""

    flows: Mapping[str, str]
    desks: Mapping[str, Desk]
    desk: str
    places: Mapping[str, Place] = field(default_factory=dict, compare=False, repr=False)
    """Where the flow of each called number is written."""

    def flow_for(self, called: str) -> str:
        """Return the flow of a called number; an unknown number gets the `default` one."""
        return self.flows.get(called, self.flows["default"])


@dataclass(frozen=True)
class Release:
    """All flow files as one unit. `version` is their content hash; a call keeps to one release for its life."""

    version: str
    flows: Mapping[str, Flow]
    line: Line
    files: Mapping[str, str] = field(repr=False)


def within(value: Any, kind: type | tuple[type, ...]) -> Iterator[Any]:
    """Yield every object of `kind` inside a step, choice, text or route, in the order written."""
    if isinstance(value, kind):
        yield value
    if isinstance(value, Mapping):
        for inner in value.values():
            yield from within(inner, kind)
    elif isinstance(value, list | tuple):
        for inner in value:
            yield from within(inner, kind)
    else:
        for name in _parts(type(value)):  # type: ignore[arg-type]  # classes are hashable
            yield from within(getattr(value, name), kind)


@functools.cache
def _parts(cls: type) -> tuple[str, ...]:
    """Name the fields of a dataclass; none for anything else. Kept, for reading flows asks a hundred thousand times."""
    return tuple(spec.name for spec in fields(cls)) if is_dataclass(cls) else ()
