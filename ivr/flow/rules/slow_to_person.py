"""Prove how long a caller who does nothing waits for a person, in the worst case.

The time is that of everything spoken on the way, of every wait, and of every try that is allowed.
"""

from __future__ import annotations

from collections.abc import Iterator

from ivr.diagnostics.problem import Problem
from ivr.flow.line_graph import BY_ITSELF, BY_SILENCE, LineGraph, StepNode, after_silence
from ivr.flow.model import RETURN, Flow, Step
from ivr.flow.outcomes import FAILED

from ._limits import above, limits_of
from ._rule import Parts, Rule, RuleManual

_REPROMPT_SECONDS = 3.0
_NUDGE_SECONDS = 8.0
"""About the length of the words after silence, before the question is repeated."""
_FAILURES = frozenset({"error", "missing", "closed", "busy"})


def check(parts: Parts) -> Iterator[Problem]:
    """Check the flow of each called number; answers of services are taken to come."""
    graph = parts.graph
    for flow in graph.called_flows():
        seconds = silent_seconds(parts, graph, flow)
        bounds = limits_of(flow.profile).silent_seconds
        if seconds is not None and (level := above(seconds, bounds)):
            message = f"A caller who does nothing reaches a person after {seconds:.0f} s; {bounds[0]:g} s are allowed."
            cure = "Shorten what is spoken before, or lead silence to a person earlier with on_no_input."
            chinese = (
                f"什么也不做的客户要等{seconds:.0f}秒才到人工，最多{bounds[0]:g}秒。",
                "缩短前面的话，或用 on_no_input 早一点转人工。",
            )
            yield Problem(
                flow.place_of("start"),
                RULE.id,
                message,
                cure,
                level,
                measured=f"{seconds:.0f} s",
                allowed=f"{bounds[0]:g} s",
                chinese=chinese,
            )


def silent_seconds(parts: Parts, graph: LineGraph, flow: Flow) -> float | None:
    """Return the seconds from the answer until a silent caller is with a person or the call ends, in the worst case.

    Returns None if there is no such time, because the flow goes round in a circle.
    """
    worst: dict[StepNode, float | None] = {}
    order = _post_order(graph, graph.start_of(flow.name))
    if order is None:
        return None
    for node in order:
        step = graph.step(node)
        if step is None or step.reaches_person or step.ends:
            worst[node] = 0.0
            continue
        here = _seconds_at(parts, graph.flows[node[0]], step)
        # Each step stands behind those that it leads to, so their times are there already.
        onward = [worst.get(to) or 0.0 for to in _silent_ways(graph, node)]
        worst[node] = here + max(onward, default=0.0)
    return worst[graph.start_of(flow.name)]


def _silent_ways(graph: LineGraph, node: StepNode) -> list[StepNode]:
    step = graph.step(node)
    if step is None or step.reaches_person or step.ends:
        return []
    return [
        arc.to
        for arc in graph.arcs(node)
        if arc.causes & {BY_ITSELF, BY_SILENCE} and arc.outcome not in _FAILURES and arc.to[1] != RETURN
    ]


def _post_order(graph: LineGraph, start: StepNode) -> list[StepNode] | None:
    """Return the steps of silent ways so that each stands behind those that it leads to; None for a circle."""
    order: list[StepNode] = []
    state: dict[StepNode, bool] = {start: False}
    stack = [(start, iter(_silent_ways(graph, start)))]
    while stack:
        node, ways = stack[-1]
        to = next(ways, None)
        if to is None:
            stack.pop()
            state[node] = True
            order.append(node)
        elif to not in state:
            state[to] = False
            stack.append((to, iter(_silent_ways(graph, to))))
        # Met again while it is still open: a circle, which another rule reports.
        elif not state[to]:
            return None
    return order


def _seconds_at(parts: Parts, flow: Flow, step: Step) -> float:
    """Return the seconds that a silent caller spends at a step: the words, and at a question the waits of all tries."""
    line = parts.line
    heard = (parts.hear(flow, line, step, language) for language in flow.languages) if line is not None else ()
    spoken = max((sum(text.pause + text.seconds for text in texts) for texts in heard), default=0.0)
    if not step.listens:
        return spoken
    usual = flow.profile.fetch_timeout if step.fetches else flow.profile.first_timeout
    wait: float = getattr(step, "timeout", 0.0) or usual
    # Where silence has a way of its own it leads on at the first time; the ladder counts only without one.
    if after_silence(step) != FAILED:
        return spoken + wait
    tries: int = getattr(step, "tries", 0) or flow.profile.tries
    if step.silences():
        tries = min(tries, step.silences())
        return spoken + tries * wait + (tries - 1) * _NUDGE_SECONDS
    return tries * (spoken + wait) + (tries - 1) * _REPROMPT_SECONDS


RULE = Rule(
    "slow-to-person",
    "A caller who does nothing waits too long for a person (warning; error when it is far too long).",
    parts=check,
    at_load=False,
    manual=RuleManual(
        why="Silence is how callers say that they cannot use the menu. Older callers must not wait for half a minute.",
        chinese="不按键，就是不会用。长者等人工不应超过20秒。",
        wrong="""\
profile: elderly
start: hello  # here
steps:
  hello:
    say: 您好，示范银行。欢迎您来电。我们全天为您服务。请您听完再按键。
    next: ask
  ask:
    menu:
      - {label: 余额, goto: bye}
      - {label: 卡丢了, goto: bye}
    on_no_input: agent
globals:
  - {key: star, do: back}
  - {key: "9", do: repeat}
""",
        right="""\
profile: elderly
steps:
  hello:
    prompt: 您好，示范银行。
    menu:
      - {label: 余额, goto: bye}
    on_no_input: agent
globals:
  - {key: star, do: back}
  - {key: "9", do: repeat}
""",
        source="CBIRC [2021] 40; MIIT 2020-12-25; press tests of banks' hotlines 2023 (60 to 210 s)",
    ),
)
