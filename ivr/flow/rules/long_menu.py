"""Check how long a menu speaks, by its recordings or by the duration model."""

from __future__ import annotations

from collections.abc import Iterator

from ivr.diagnostics.problem import Problem
from ivr.flow.model import Flow

from ._limits import above, limits_of
from ._menus import menus
from ._rule import Parts, Rule, RuleManual


def check(flow: Flow, parts: Parts) -> Iterator[Problem]:
    """Check every menu in every language of the flow; the worst language is reported."""
    if parts.line is None:
        return
    bounds = limits_of(flow.profile).menu_seconds
    for step in menus(flow):
        lengths = {}
        for language in flow.languages:
            heard = parts.hear(flow, parts.line, step, language)
            lengths[language] = sum(text.pause + text.seconds for text in heard)
        language = max(lengths, key=lambda tag: lengths[tag])
        if level := above(lengths[language], bounds):
            seconds = lengths[language]
            message = f"This menu speaks for {seconds:.0f} s in {language}; callers listen for {bounds[0]:g} s."
            cure = "Shorten labels and prompt, or move rare options into a submenu."
            chinese = (
                f"这个菜单（{language}）要播{seconds:.0f}秒，客户最多听{bounds[0]:g}秒。",
                "缩短选项和提示，或把少用的移到下一级。",
            )
            yield Problem(
                step.place,
                RULE.id,
                message,
                cure,
                level,
                measured=f"{seconds:.1f} s",
                allowed=f"{bounds[0]:g} s",
                chinese=chinese,
            )


RULE = Rule(
    "long-menu",
    "A menu speaks longer than callers listen (warning; error when it is far too long).",
    flow=check,
    at_load=False,
    manual=RuleManual(
        why="Every second of a menu loses callers and is forgotten while the rest is spoken.",
        chinese="菜单每长一秒，就多一些客户挂机，前面的选项也忘了。",
        wrong="""\
profile: elderly
steps:
  hello:  # here
    prompt: 您好。这里是示范银行。感谢您打来电话。我们全天为您服务。请您慢慢听完。听完再按键。
    menu:
      - {label: 卡里还有多少钱, goto: bye}
      - {label: 银行卡丢了, goto: bye}
    on_no_input: agent
globals:
  - {key: star, do: back}
  - {key: "9", do: repeat}
""",
        right="""\
profile: elderly
steps:
  hello:
    menu:
      - {label: 卡里还有多少钱, goto: bye}
      - {label: 银行卡丢了, goto: bye}
    on_no_input: agent
globals:
  - {key: star, do: back}
  - {key: "9", do: repeat}
""",
        source="ISO/IEC 13714:1995 and W3C COGA (short prompts); the figures are our own",
    ),
)
