"""Check that the languages of a text speak the same values."""

from __future__ import annotations

import re
from collections.abc import Iterator

from ivr.diagnostics.problem import Problem
from ivr.flow.model import Flow
from ivr.flow.parts_within import within
from ivr.flow.text import Template, Text

from ._rule import Parts, Rule, RuleManual

_OF_A_LANGUAGE = re.compile(r"_(en|zh|hk|tw)$")


def check(flow: Flow, parts: Parts) -> Iterator[Problem]:
    """Compare the values of each language with those of the flow's own, in messages, too."""
    del parts
    for text in within([flow.globals, *flow.written_steps()], Text):
        first, *others = text.by_language.items()
        for language, template in others:
            if missing := sorted(_values(first[1]) - _values(template)):
                message = f"This text in {language} does not speak {', '.join(missing)}, which it does in {first[0]}."
                chinese = (f"{first[0]}里有{'、'.join(missing)}，{language}里没有。", "两种语言说同样的内容。")
                cure = "Speak the same values in every language."
                yield Problem(template.place, RULE.id, message, cure, "warning", chinese=chinese)
            # One finding for each language: a slot with a misspelt name is missing here and too much there.
            elif more := sorted(_values(template) - _values(first[1])):
                message = f"This text in {first[0]} does not speak {', '.join(more)}, which it does in {language}."
                chinese = (f"{language}里有{'、'.join(more)}，{first[0]}里没有。", "两种语言说同样的内容。")
                cure = "Speak the same values in every language."
                yield Problem(first[1].place, RULE.id, message, cure, "warning", chinese=chinese)


def _values(template: Template) -> set[str]:
    """Return the values of a text; parts that back ends give per language, as in text and text_en, are the same."""
    return {_OF_A_LANGUAGE.sub("", ".".join(slot.path)) for slot in template.slots()}


RULE = Rule(
    "unequal-values",
    "A text speaks a value in one language and not in another (warning).",
    flow=check,
    at_load=False,
    manual=RuleManual(
        why="Callers of each language must learn the same, amounts and times above all.",
        chinese="说哪种语言的客户，都要听到同样的金额和时间。",
        wrong="""\
steps:
  hello:
    say:
      zh-CN: 今天是{call.date|date}。
      en-US: Welcome to the bank.  # here
    next: bye
""",
        right="""\
steps:
  hello:
    say:
      zh-CN: 今天是{call.date|date}。
      en-US: Today is {call.date|date}.
    next: bye
""",
        source="one set of prompts per language",
    ),
)
