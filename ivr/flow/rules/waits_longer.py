"""Check that callers with a priority never wait longer than everyone else, with any agents at work.

Everyone else waits for the `desk` of line.yaml, or for that of a segment without condition. The same agents must serve
callers with a priority as soon as these; only then does a head start help them. Their own desk's agents come on top.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from ivr.diagnostics.problem import Problem
from ivr.flow.desk_access import accesses
from ivr.flow.model import Desk, Flow, Hotline
from ivr.flow.own_classes import NORMAL
from ivr.yamlfile.source import Mapping

from ._line_names import place_within
from ._rule import Parts, Rule, RuleManual


@dataclass(frozen=True)
class _Delay:
    """A reason for which callers of a desk wait longer, the keys that lead to its place, and its cure."""

    keys: tuple[str, ...]
    message: str
    cure: str
    chinese: tuple[str, str]


def check(line: Hotline, node: Mapping) -> Iterator[Problem]:
    """Check the head starts, and the desks of the segments with a priority."""
    normal = line.waiting.head_start(NORMAL)
    delays = [
        _Delay(
            ("queue", "head_starts", NORMAL),
            f"Normal callers have a head start of {normal:g}s, {priority} callers one of {ahead:g}s.",
            "Delete the head start of normal callers.",
            (f"普通客户提前{normal:g}秒，{priority}只提前{ahead:g}秒。", "删去 normal 的 head_start"),
        )
        for priority in line.classes.priorities
        if (ahead := line.waiting.head_start(priority)) < normal
    ]
    urgent = (line.desk_of(segment) for segment in line.segments.values() if segment.priority != NORMAL)
    for name in dict.fromkeys(urgent):
        delays += _delays(line, name)
    # One finding for each key to change, though several desks suffer from it.
    for delay in {delay.keys: delay for delay in delays}.values():
        yield Problem(place_within(node, *delay.keys), RULE.id, delay.message, delay.cure, chinese=delay.chinese)


def check_steps(flow: Flow, parts: Parts) -> Iterator[Problem]:
    """Check the desks that steps connect to with a priority. A desk that a value names is not checked."""
    for step in flow.written_steps() if parts.line else ():
        if parts.line and step.priority() not in ("", NORMAL):
            for delay in _delays(parts.line, step.desk().name):
                message, cure = delay.chinese
                yield Problem(
                    step.place_of(step.kind),
                    RULE.id,
                    delay.message,
                    f"In line.yaml: {delay.cure}",
                    chinese=(message, f"在 line.yaml 中：{cure}"),
                )


def _delays(line: Hotline, name: str) -> Iterator[_Delay]:
    """Yield what keeps callers of a desk from agents who take callers of everyone's desks already."""
    own = line.desks.get(name)
    for general in _desks_of_everyone(line) if own else ():
        if own and general.name != own.name:
            yield from _behind(general, own, line)


def _behind(general: Desk, own: Desk, line: Hotline) -> Iterator[_Delay]:
    missing = []
    for agents in line.desks:
        ways = accesses(line, own, [agents])
        for theirs in accesses(line, general, [agents]):
            if not ways:
                missing.append(agents)
            elif any(way.is_as_soon_as(theirs) for way in ways):
                continue
            elif own.overflow_after > theirs.waited:
                yield _Delay(
                    ("desks", own.name, "overflow_after"),
                    f'Callers of "{own.name}" have a priority, but wait {own.overflow_after:g}s for agents of '
                    f'"{agents}" whom callers of "{general.name}" get after {theirs.waited:g}s.',
                    f"Delete this overflow_after: agents of {own.name} are rung before others in any case.",
                    (
                        f"“{own.name}”的客户有优先级，却要等{own.overflow_after:g}秒才能由“{agents}”的座席接听，"
                        f"“{general.name}”的客户只等{theirs.waited:g}秒。",
                        f"删去这里的 overflow_after；{own.name} 的座席总是先被呼叫",
                    ),
                )
            else:
                yield _Delay(
                    ("desks", agents, "reserved"),
                    f'Agents of "{agents}" are reserved for its callers, so callers of "{own.name}", who have a '
                    "priority, wait longer than these.",
                    f"Delete this key, or give everyone else another desk than {agents}.",
                    (
                        f"“{agents}”的座席只留给自己的客户，“{own.name}”的客户有优先级，反而等得更久。",
                        f"删去这一项，或让其他客户使用 {agents} 以外的坐席组",
                    ),
                )
    if missing:
        overflow = [other.name for other in own.overflow]
        yield _Delay(
            ("desks", own.name, "overflow"),
            f'Callers of "{own.name}" have a priority, but agents of {", ".join(missing)} serve callers of '
            f'"{general.name}" and not them.',
            f"Write overflow: [{', '.join([*overflow, *missing])}] at the desk {own.name}.",
            (
                f"“{own.name}”的客户有优先级，但{'、'.join(missing)}的座席只接“{general.name}”的客户。",
                f"在 {own.name} 下写 overflow: [{', '.join([*overflow, *missing])}]",
            ),
        )


def _desks_of_everyone(line: Hotline) -> Iterator[Desk]:
    names = [line.desk, *(line.desk_of(segment) for segment in line.segments.values() if segment.when is None)]
    return (line.desks[name] for name in dict.fromkeys(names) if name in line.desks)


_SAMPLE = """\
steps:
  hello:
    transfer: segment
    next: bye
    otherwise: bye
# file: line
lines: {default: sample}
desks:
  general: "+861085550100"
  elderly:
    number: "+861085550165"
    overflow: general
"""

RULE = Rule(
    "waits-longer",
    "Callers with a priority may wait longer than everyone else.",
    flow=check_steps,
    line=check,
    at_load=False,
    manual=RuleManual(
        why="A head start helps only with agents whom both may get: older callers of a desk that few agents serve wait "
        "behind everyone else.",
        chinese="优先级只在同一批座席之间有用。有优先级的客户若不能由普通客户的座席接听，反而等得更久。",
        wrong=f"""{_SAMPLE}\
    overflow_after: 60s  # here
desk: general
segments:
  elderly: {{when: caller.age >= 65, desk: elderly, priority: elderly}}
""",
        right=f"""{_SAMPLE}\
desk: general
segments:
  elderly: {{when: caller.age >= 65, desk: elderly, priority: elderly}}
""",
        source="NFRA 2024-11-14 and Guobanfa [2020] 45: the service for older callers is no worse than that for others",
    ),
)
