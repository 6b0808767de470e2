"""The interface of a rule. Must not change flows or run a call."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, TypeVar

from ivr.diagnostics.problem import Problem
from ivr.flow.line_graph import LineGraph
from ivr.flow.model import Flow, Hotline, Step
from ivr.flow.questions import DeclaredQuestion
from ivr.yamlfile.source import Mapping as Block
from ivr.yamlfile.source import Node

_T = TypeVar("_T")


@dataclass(frozen=True)
class HeardSpeech:
    """A stretch of speech that callers hear: its words, its seconds, and the silence before it in seconds.

    `barge_in` tells whether a key stops it. A value in the words stands as `\ue000`.
    """

    words: str
    seconds: float
    pause: float
    barge_in: bool


Hear = Callable[[Flow, Hotline, Step, str], Sequence[HeardSpeech]]
"""Returns what a caller hears on entering a step in a language."""


def nothing_heard(_: Flow, __: Hotline, ___: Step, ____: str) -> Sequence[HeardSpeech]:
    """Return nothing, where no step can be played."""
    return ()


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
    `outside` are the questions of lookups.yaml. `line_node` has the places of what `line` holds.
    """

    flows: Mapping[str, Flow]
    names: frozenset[str]
    line: Hotline | None
    questions: Mapping[str, DeclaredQuestion] = field(default_factory=dict)
    unclear_numbers: UnclearNumbers = no_number
    bank_is_declared: bool = False
    outside: frozenset[str] = frozenset()
    hear: Hear = nothing_heard
    line_node: Node | None = None
    cache: dict[object, Any] = field(default_factory=dict, repr=False, compare=False)

    def once(self, key: object, make: Callable[[], _T]) -> _T:
        """Return what `make` returned for this key first, since many rules look at the same parts."""
        if key not in self.cache:
            self.cache[key] = make()
        made: _T = self.cache[key]
        return made

    @property
    def graph(self) -> LineGraph:
        """The graph of the flows, built once. It is sound if every flow of the folder was read, with all its steps."""
        unread = any(flow.unread for flow in self.flows.values()) or not self.names <= self.flows.keys()
        return self.once("graph", lambda: LineGraph(self.flows, self.line, sound=not unread))


FlowCheck = Callable[[Flow, Parts], Iterator[Problem]]
"""Yields the problems of one flow."""
PartsCheck = Callable[[Parts], Iterator[Problem]]
"""Yields the problems between flows and `line.yaml`."""
LineCheck = Callable[[Hotline, Block], Iterator[Problem]]
"""Yields the problems of `line.yaml` alone; the block gives their places."""


@dataclass(frozen=True)
class RuleManual:
    """The text of `ivr explain` about a rule: why callers need it, in two languages, samples, and who says so.

    A sample is the text of a flow without its name; what is not about the rule (a person, an end) may be left out. A
    line "# file: other" begins another file. In `wrong`, "# here" marks the lines that break the rule.
    """

    why: str
    chinese: str
    wrong: str
    right: str
    source: str


@dataclass(frozen=True)
class Rule:
    """A rule of `ivr check`. Its id is the name of its module, with dashes.

    `summary` is its line in the manual. With `whole`, flows with an unreadable step are skipped, since such a step may
    set any value and lead anywhere. `unless` names rules: a flow that breaks one of them is skipped.

    Rules with `at_load` must hold in every flow that is loaded. The others judge what callers will feel: they run when
    an editor checks and before a release is published, and lines can be exempted from them (`ivr.flow.allowances`).
    """

    id: str
    summary: str
    flow: FlowCheck | None = None
    parts: PartsCheck | None = None
    line: LineCheck | None = None
    whole: bool = False
    unless: frozenset[str] = field(default_factory=frozenset)
    at_load: bool = True
    manual: RuleManual | None = None
