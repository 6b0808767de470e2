"""What a rule is. It judges flows that were read; it never changes them and runs no call."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field

from ivr.diagnostics.problem import Problem
from ivr.flow.model import Flow, Hotline
from ivr.flow.questions import DeclaredQuestion
from ivr.yamlfile.source import Mapping as Block


@dataclass(frozen=True)
class Parts:
    """All that was read: flows by name, the names of all flow files, read or not, and `line.yaml` where it is sound.

    `questions` are those that services of our own answer; without any, none is judged.
    """

    flows: Mapping[str, Flow]
    names: frozenset[str]
    line: Hotline | None
    questions: Mapping[str, DeclaredQuestion] = field(default_factory=dict)


FlowCheck = Callable[[Flow, Parts], Iterator[Problem]]
"""Judges one flow."""
PartsCheck = Callable[[Parts], Iterator[Problem]]
"""Judges how flows and `line.yaml` fit together."""
LineCheck = Callable[[Hotline, Block], Iterator[Problem]]
"""Judges `line.yaml` by itself; the block tells where things are written."""


@dataclass(frozen=True)
class Rule:
    """A rule of `ivr check`, called as its module is, with dashes.

    `summary` is its line in the manual. `whole` asks for flows without an unreadable step, which may set any value and
    lead anywhere. `unless` names rules: where one of them is broken in a flow, this one is not asked about that flow.
    """

    id: str
    summary: str
    flow: FlowCheck | None = None
    parts: PartsCheck | None = None
    line: LineCheck | None = None
    whole: bool = False
    unless: frozenset[str] = field(default_factory=frozenset)
