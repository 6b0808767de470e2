"""Prove that no secret is given to a person, a ticket, a message or a call back, through any flow."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import fields

from ivr.diagnostics.problem import Problem
from ivr.flow.expressions import Expression
from ivr.flow.model import Choice, Flow, Step, Way
from ivr.flow.parts_within import within

from ._rule import Parts, Rule, RuleManual
from ._values import reads_secret, secrets_of


def check(flow: Flow, parts: Parts) -> Iterator[Problem]:
    """Check the values of steps that hand something over. Conditions, lookups and flows may read secrets."""
    secrets = secrets_of(flow, parts)
    for step in flow.written_steps() if secrets else ():
        for expression in _handed_over(step):
            for path in expression.paths():
                if reads_secret(path, secrets):
                    message = f'"{path[0]}" is secret, and this step hands it over.'
                    chinese = (f"「{path[0]}」是密码类信息，这一步会把它交出去。", "删去它；它只能用于比较或查询。")
                    cure = "Leave it out; a secret can only be compared, or given to a lookup that takes one."
                    yield Problem(expression.place, RULE.id, message, cure, chinese=chinese)


def _handed_over(step: Step) -> Iterator[Expression]:
    """Yield the values of a step, except conditions and what a lookup, another flow or a variable takes."""
    asked, nested = step.asks(), step.nested()
    inside = [*step.assigns().values(), *(nested.values.values() if nested else ())]
    inside += [*(asked.fields.values() if asked else ())]
    inside += [way.when for way in within(step, Way) if way.when] + [c.when for c in within(step, Choice) if c.when]
    # By identity: an equal expression at another key of the step is handed over, though this one is not.
    usual = set(map(id, inside))
    for spec in fields(step):
        for expression in within(getattr(step, spec.name), Expression):
            if id(expression) not in usual:
                yield expression


RULE = Rule(
    "secret-handed-over",
    "A value that was collected as a secret is given to a person, a ticket or a call back.",
    flow=check,
    whole=True,
    at_load=False,
    manual=RuleManual(
        why="Staff never need a PIN. What is handed over stands on screens and in files.",
        chinese="工作人员不需要客户的密码。交出去的内容会留在屏幕和记录里。",
        wrong="""\
steps:
  hello:
    collect: pin
    as: code
    prompt: 请输入密码。
    next: call_back
  call_back:
    callback: {desk: general, message: code}  # here
    as: promise
    next: bye
    on_error: bye
""",
        right="""\
steps:
  hello:
    collect: pin
    as: code
    prompt: 请输入密码。
    next: call_back
  call_back:
    callback: general
    as: promise
    next: bye
    on_error: bye
""",
        source="PCI DSS 3.3.1; JR/T 0171 (C3); proof over all flows",
    ),
)
