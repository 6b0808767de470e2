"""Check that a caller whose card is lost hears so early: in the first menus, two keys at the most."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from ivr.diagnostics.problem import Place, Problem
from ivr.flow.line_graph import StepNode
from ivr.flow.model import Choice, Flow, Step

from ._keys_to import keys_to
from ._menus import menus
from ._rule import Parts, Rule, RuleManual

_WORDS = ("挂失", "掛失", "丢了", "丢卡", "锁卡", "lost card", "lost or stolen", "report a lost")
_MOST_KEYS = 2


def check(parts: Parts) -> Iterator[Problem]:
    """Check the flows of called numbers, if any flow of the folder offers it at all."""
    offering = {
        StepNode(flow.name, step.name) for flow in parts.flows.values() for step in menus(flow) if _offers(step)
    }
    # A line that offers it nowhere is none of a bank, such as a clinic's.
    for flow in parts.graph.called_flows() if offering else ():
        before = keys_to(parts, flow.name)
        keys = min((keys for node, keys in before.items() if node._replace(run=False) in offering), default=99) + 1
        if keys > _MOST_KEYS:
            message = f"A caller whose card is lost needs {keys if keys < 99 else 'more than two'} keys to say so."
            cure = "Offer it in the first menu."
            chinese = ("卡丢了的客户要按两次以上才找得到挂失。", "放进第一级菜单。")
            place = _place(flow, before)
            yield Problem(place, RULE.id, message, cure, "warning", allowed=f"{_MOST_KEYS} keys", chinese=chinese)


def _offers(step: Step) -> bool:
    return any(_is_loss(choice) for choice in step.own_choices())


def _is_loss(choice: Choice) -> bool:
    labels = [template.fixed or "" for template in choice.label.by_language.values()] if choice.label else []
    return any(word in label.casefold() for label in labels for word in _WORDS)


def _place(flow: Flow, before: Mapping[StepNode, int]) -> Place:
    first = next((step for step in menus(flow) if before.get(StepNode(flow.name, step.name)) == 0), None)
    return first.place if first else flow.place


RULE = Rule(
    "no-lost-card-choice",
    "A caller needs more than two keys to report a lost card (warning).",
    parts=check,
    at_load=False,
    manual=RuleManual(
        why="Each minute costs money while a thief has the card. It must be offered first, at any hour.",
        chinese="卡在别人手里，每一分钟都可能丢钱。挂失要放在最前面。",
        wrong="""\
steps:
  hello:  # here
    menu:
      - {label: 服务, goto: second}
  second:
    menu:
      - {label: 其他服务, goto: third}
  third:
    menu:
      - {label: 银行卡挂失, goto: bye}
globals:
  - {key: star, do: back}
  - {key: pound, do: repeat}
""",
        right="""\
steps:
  hello:
    menu:
      - {label: 余额, goto: bye}
      - {label: 银行卡挂失, goto: bye}
globals:
  - {key: star, do: back}
  - {key: pound, do: repeat}
""",
        source="special cases of bank hotlines: lost cards around the clock; the figure is our own",
    ),
)
