"""Check that a call to a number begins with a greeting."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence

from ivr.diagnostics.problem import Problem
from ivr.flow.line_graph import StepNode
from ivr.flow.model import Step

from ._rule import Parts, Rule, RuleManual
from ._texts import WrittenText, prompts

# "刚才" and "you were" greet those who call again after a dropped call: they are led on where they were.
_WORDS = ("您好", "欢迎", "歡迎", "早上好", "hello", "welcome", "good morning", "demo bank", "刚才", "剛才", "you were")


def check(parts: Parts) -> Iterator[Problem]:
    """Check what callers of each called number hear first, on every way."""
    for text in _first_spoken(parts):
        if text.step is None or text.step.ends:
            continue
        if not any(word in text.folded for word in _WORDS):
            message, cure = (
                "A call begins with this, without a greeting.",
                "Begin with 您好 and the name of the service.",
            )
            chinese = ("来电听到的第一句没有问候。", "先说「您好」和服务名称。")
            yield Problem(text.place, RULE.id, message, cure, "warning", chinese=chinese)


def _first_spoken(parts: Parts) -> Iterator[WrittenText]:
    """Yield the texts that callers of called numbers hear first, on every way from the answer, in every language."""
    graph = parts.graph
    spoken = defaultdict[StepNode, list[WrittenText]](list)
    for flow in parts.flows.values():
        for text in prompts(flow, parts):
            if text.step is not None:
                spoken[StepNode(flow.name, text.step.name)].append(text)
    seen = {graph.start_of(flow.name) for flow in graph.called_flows()}
    frontier = list(seen)
    while frontier:
        node = frontier.pop()
        step = graph.step(node)
        if step is None:
            continue
        texts = spoken.get(node._replace(run=False), [])
        if step.speaks and (texts or step.listens):
            first = _first_text(step)
            yield from (text for text in texts if first is None or text.template in first)
            continue
        for arc in graph.arcs(node):
            if arc.to not in seen:
                seen.add(arc.to)
                frontier.append(arc.to)


def _first_text(step: Step) -> Sequence[object] | None:
    """Return the templates of what a step says first; None if every text of it may come first."""
    prompt = getattr(step, "prompt", None) or getattr(step, step.kind, None)
    languages = getattr(prompt, "by_language", None)
    return list(languages.values()) if languages else None


RULE = Rule(
    "no-greeting",
    "A call begins without a greeting (warning).",
    parts=check,
    at_load=False,
    manual=RuleManual(
        why="The greeting tells callers that they have reached the right number, and who speaks.",
        chinese="问候让客户知道没有打错，是谁在接听。",
        wrong="""\
steps:
  hello:
    say: 请选择服务。  # here
    next: bye
""",
        right="""\
steps:
  hello:
    say: 您好，示范银行。
    next: bye
""",
        source="service language of bank hotlines: 您好",
    ),
)
