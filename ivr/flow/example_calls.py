"""Draft the call that takes a certain way through the flows, as a conversation."""

from __future__ import annotations

import re

from .line_graph import StepNode
from .model import Release
from .rules import Parts
from .rules._circles import Walked
from .rules._example_call import example_call, shortest_way
from .rules._rule import no_number

# An outcome such as "dormant", which only a service can bring about, stands as a key in the draft.
_PRESSES_NO_KEY = re.compile(r"press: (?!'?([0-9*#]+|\{code\})'?$)", re.MULTILINE)
"""An act for which no key is known, such as an answer that a service must ask for."""


def parts_of_release(release: Release) -> Parts:
    """Return a release as rules see it."""
    questions = {name: question.declared for name, question in release.lookups.questions.items()}
    declared = release.lookups.declared
    return Parts(
        release.flows, frozenset(release.flows), release.line, questions, no_number, declared, frozenset(questions)
    )


def call_that_takes(parts: Parts, flow: str, step: str, outcome: str, to: str) -> str | None:
    """Return a conversation with the shortest call that takes a way, as YAML; None if no called number leads there."""
    graph = parts.graph
    # A flow that is both called and run is drafted by a call to it, which is the shorter one.
    for node in (StepNode(flow, step), StepNode(flow, step, run=True)):
        way = shortest_way(graph, node)
        begins = node in {graph.start_of(called.name) for called in graph.called_flows()}
        # An empty way means "reached at once" and "not reached" alike, so the start of a call is asked for by itself.
        for arc in graph.arcs(node) if way or begins else ():
            if arc.outcome == outcome and to in (arc.to.step, arc.to.flow):
                title = f"{flow}, {step}: {outcome} leads to {to}"
                text = example_call(parts, title, [*way, Walked(node, arc)], arc.to)
                return None if _PRESSES_NO_KEY.search(text) else text
    return None
