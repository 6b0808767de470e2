"""Check that texts give each key the meaning that it has."""

from __future__ import annotations

from collections.abc import Iterator

from ivr.diagnostics.problem import Problem
from ivr.flow.model import Choice, Flow, Step

from ._named_keys import NamedKey, choice_of, named_keys, sounds_like_no
from ._rule import Parts, Rule, RuleManual
from ._texts import prompts


def check(flow: Flow, parts: Parts) -> Iterator[Problem]:
    """Check the prompts of menus that name keys themselves, and how the keys of a yes and a no are explained."""
    for text in prompts(flow, parts):
        if text.step is None or not text.step.listens:
            continue
        for named in named_keys(text):
            other = _other_meaning(named, text.step, flow, text.language)
            if other:
                message = f'This text says "{named.purpose}" for key {named.key}, which means "{other}".'
                chinese = (
                    f"文字说「{named.purpose}」按{named.key}，可{named.key}的作用是「{other}」。",
                    "对调文字里的按键。",
                )
                yield Problem(text.place, RULE.id, message, "Exchange the keys in the text.", chinese=chinese)
                break


def _other_meaning(named: NamedKey, step: Step, flow: Flow, language: str) -> str:
    """Return what the key does if the words tell another choice, else an empty text."""
    if step.affirms:
        return "yes" if named.key == "1" and sounds_like_no(named.purpose) else ""
    there = choice_of(step, flow, named.key)
    if there is None or not named.purpose or _names(there, named.purpose, language):
        return ""
    others = [choice for choice in step.own_choices() if choice.key != named.key]
    named_other = next((choice for choice in others if _names(choice, named.purpose, language)), None)
    return (_label(there, language) or there.do or there.key) if named_other else ""


def _names(choice: Choice, purpose: str, language: str) -> bool:
    label = _label(choice, language)
    return bool(label) and (label in purpose or purpose in label)


def _label(choice: Choice, language: str) -> str:
    return (choice.label.template(language).fixed or "") if choice.label else ""


RULE = Rule(
    "reversed-keys",
    "A text gives a key the meaning of another.",
    flow=check,
    at_load=False,
    manual=RuleManual(
        why="A caller who wants to go back would lock the card, and never know why.",
        chinese="本想返回，却把卡锁了；客户不会知道为什么。",
        wrong="""\
steps:
  hello:
    confirm: 现在为您锁住这张卡。
    options: 返回，请按1；确认，请按2。  # here
    yes: bye
    no: bye
""",
        right="""\
steps:
  hello:
    confirm: 现在为您锁住这张卡。
    options: 确认，请按1；返回，请按2。
    yes: bye
    no: bye
""",
        source="ISO/IEC 13714:1995 (yes 1, no 2)",
    ),
)
