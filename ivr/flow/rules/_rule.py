"""The interface of a rule. Must not change flows or run a call."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from ivr.diagnostics.problem import Problem
from ivr.flow.model import Flow, Hotline
from ivr.flow.questions import DeclaredQuestion
from ivr.yamlfile.source import Mapping as Block

UnclearNumbers = Callable[[str, str], Sequence[tuple[str, str]]]
"""Returns the figures of a text, in a language, that can be read aloud in several ways, each with the cure."""


def no_number(_: str, __: str) -> Sequence[tuple[str, str]]:
    """Return no figure."""
    return ()


@dataclass(frozen=True)
class Parts:
    """The result of reading a folder: flows by name, the names of all flow files, and `line.yaml` if it is valid.

    `names` includes files that could not be read. `questions` are those that the engine's own services answer, and
    those of lookups.yaml; if it is empty, they are not checked. Without lookups.yaml the bank answers any question.
    """

    flows: Mapping[str, Flow]
    names: frozenset[str]
    line: Hotline | None
    questions: Mapping[str, DeclaredQuestion] = field(default_factory=dict)
    unclear_numbers: UnclearNumbers = no_number
    bank_is_declared: bool = False


FlowCheck = Callable[[Flow, Parts], Iterator[Problem]]
"""Yields the problems of one flow."""
PartsCheck = Callable[[Parts], Iterator[Problem]]
"""Yields the problems between flows and `line.yaml`."""
LineCheck = Callable[[Hotline, Block], Iterator[Problem]]
"""Yields the problems of `line.yaml` alone; the block gives their places."""


@dataclass(frozen=True)
class Rule:
    """A rule of `ivr check`. Its id is the name of its module, with dashes.

    `summary` is its line in the manual. With `whole`, flows with an unreadable step are skipped, since such a step may
    set any value and lead anywhere. `unless` names rules: a flow that breaks one of them is skipped.
    """

    id: str
    summary: str
    flow: FlowCheck | None = None
    parts: PartsCheck | None = None
    line: LineCheck | None = None
    whole: bool = False
    unless: frozenset[str] = field(default_factory=frozenset)
